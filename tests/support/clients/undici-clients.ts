import { type Dispatcher, Pool, request as undiciRequest } from "undici";
import type { Client, ClientRequest, ClientResult } from "./client.ts";
import { readNodeStream } from "./read-body.ts";
import { Recorder } from "./recorder.ts";
import { definedHeaders, plainBody, withType } from "./request-body.ts";

type Send = (
  url: URL,
  options: Omit<Dispatcher.RequestOptions, "path" | "origin">,
) => Promise<Dispatcher.ResponseData>;

async function sendUndici(send: Send, request: ClientRequest): Promise<ClientResult> {
  const recorder = new Recorder(request);
  try {
    const { body, type } = await plainBody(request.body);
    const pending = send(new URL(request.url), {
      method: (request.method ?? "POST") as Dispatcher.HttpMethod,
      headers: withType(request.headers, type),
      body: body ?? null,
      signal: recorder.signal,
    });
    recorder.sent();
    const response = await pending;
    recorder.headers({
      status: response.statusCode,
      statusText: response.statusText,
      headers: definedHeaders(response.headers),
    });
    return await readNodeStream(response.body, recorder);
  } catch (error) {
    return recorder.result(false, error);
  }
}

const TRAITS = { reads: "stream", decodes: false, follows: false, globalFetch: false } as const;

export const undiciRequestClient: Client = {
  name: "undici request",
  ...TRAITS,
  send: (request) => sendUndici((url, options) => undiciRequest(url, options), request),
};

/** A Pool for each request, closed after it. */
export const undiciPoolClient: Client = {
  name: "undici Pool",
  ...TRAITS,
  async send(request) {
    const pool = new Pool(new URL(request.url).origin, { connections: 2 });
    try {
      return await sendUndici(
        (url, options) => pool.request({ ...options, path: `${url.pathname}${url.search}` }),
        request,
      );
    } finally {
      await pool.destroy();
    }
  },
};
