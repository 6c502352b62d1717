import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type ClientRequest as Outgoing,
} from "node:http";
import { request as httpsRequest, Agent as SecureAgent } from "node:https";
import { Readable } from "node:stream";
import type { Client, ClientRequest, ClientResult } from "./client.ts";
import { readNodeStream } from "./read-body.ts";
import { Recorder } from "./recorder.ts";
import { definedHeaders, headerLines, plainBody, withType } from "./request-body.ts";

async function sendNode(request: ClientRequest, agent?: Agent): Promise<ClientResult> {
  const recorder = new Recorder(request);
  const { body, type } = await plainBody(request.body);
  const length =
    body instanceof Readable || body === undefined ? {} : { "content-length": String(body.length) };
  const send = request.url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const fail = (error: unknown): void => resolve(recorder.result(false, error));
    try {
      const outgoing: Outgoing = send(request.url, {
        method: request.method ?? "POST",
        headers: { ...length, ...withType(request.headers, type) },
        signal: recorder.signal,
        ...(agent === undefined ? {} : { agent }),
        ...(request.ca === undefined ? {} : { ca: request.ca }),
      });
      let answered = false;
      outgoing.on("response", (message: IncomingMessage) => {
        answered = true;
        recorder.headers({
          status: message.statusCode ?? 0,
          statusText: message.statusMessage ?? "",
          headers: definedHeaders(message.headers),
          rawHeaders: headerLines(message.rawHeaders),
        });
        resolve(readNodeStream(message, recorder));
      });
      // After the response the same failure reaches the message, which tells more.
      outgoing.on("error", (error) => {
        if (!answered) fail(error);
      });
      if (body instanceof Readable) body.pipe(outgoing);
      else outgoing.end(body);
      recorder.sent();
    } catch (error) {
      fail(error);
    }
  });
}

const TRAITS = { reads: "stream", decodes: false, follows: false, globalFetch: false } as const;

/** `node:http` and, for an `https:` URL, `node:https`, on the global agent. */
export const nodeHttpClient: Client = { name: "node:http", ...TRAITS, send: (request) => sendNode(request) };

export const nodeHttpsClient: Client = {
  name: "node:https",
  ...TRAITS,
  send: (request) => sendNode(request),
};

/** An agent with a connection of its own that is given up after the request. */
export const nodeHttpOwnAgentClient: Client = {
  name: "node:http, own agent",
  ...TRAITS,
  async send(request) {
    const options = { keepAlive: true, maxSockets: 1 };
    const agent = request.url.startsWith("https:") ? new SecureAgent(options) : new Agent(options);
    try {
      return await sendNode(request, agent);
    } finally {
      agent.destroy();
    }
  },
};
