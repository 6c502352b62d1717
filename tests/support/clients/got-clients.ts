import type { Readable } from "node:stream";
import got, { type Method, type PlainResponse } from "got";
import type { Client, ClientRequest, ClientResult } from "./client.ts";
import { readNodeStream } from "./read-body.ts";
import { Recorder } from "./recorder.ts";
import { definedHeaders, headerLines, plainBody, withType } from "./request-body.ts";

const COMMON = { retry: { limit: 0 }, throwHttpErrors: false } as const;

function takeHead(response: PlainResponse, recorder: Recorder): void {
  recorder.headers({
    status: response.statusCode,
    statusText: response.statusMessage ?? "",
    headers: definedHeaders(response.headers),
    rawHeaders: headerLines(response.rawHeaders),
  });
}

export const gotStreamClient: Client = {
  name: "got stream",
  reads: "stream",
  decodes: true,
  follows: true,
  globalFetch: false,
  async send(request: ClientRequest): Promise<ClientResult> {
    const recorder = new Recorder(request);
    const { body, type } = await plainBody(request.body);
    const stream = got.stream(request.url, {
      ...COMMON,
      method: (request.method ?? "POST") as Method,
      headers: withType(request.headers, type),
      signal: recorder.signal,
      ...(body === undefined ? {} : { body: body as Buffer<ArrayBuffer> | Readable }),
    });
    recorder.sent();
    return new Promise((resolve) => {
      let answered = false;
      stream.once("response", (response: PlainResponse) => {
        answered = true;
        takeHead(response, recorder);
        resolve(readNodeStream(stream, recorder));
      });
      stream.once("error", (error) => {
        if (!answered) resolve(recorder.result(false, error));
      });
      // A stream without a request body waits for `end`.
      if (body === undefined) stream.end();
    });
  },
};

export const gotWholeClient: Client = {
  name: "got",
  reads: "whole",
  decodes: true,
  follows: true,
  globalFetch: false,
  async send(request) {
    const recorder = new Recorder(request);
    try {
      const { body, type } = await plainBody(request.body);
      const pending = got(request.url, {
        ...COMMON,
        method: (request.method ?? "POST") as Method,
        headers: withType(request.headers, type),
        signal: recorder.signal,
        responseType: "buffer",
        ...(body === undefined ? {} : { body: body as Buffer<ArrayBuffer> | Readable }),
      });
      recorder.sent();
      const response = await pending;
      takeHead(response, recorder);
      if (response.body.length > 0) await recorder.chunk(response.body);
      return recorder.result(true);
    } catch (error) {
      return recorder.result(false, error);
    }
  },
};
