import type { ServerResponse } from "node:http";
import type { HeaderLines } from "../cassette/model.ts";
import type { Framed } from "../streams/framing.ts";
import type { StreamReader } from "../streams/stream-trace.ts";
import { contentTypeOf } from "./decode-stream.ts";
import { Observation } from "./observation.ts";

type Written = string | Uint8Array;

/** Whether `source` is a response that a server of Node writes: checked by its shape, since frameworks wrap it. */
export function isServerResponse(source: unknown): source is ServerResponse {
  const { writeHead, write, end, getHeader } = (source ?? {}) as Partial<ServerResponse>;
  return [writeHead, write, end, getHeader].every((method) => typeof method === "function");
}

/** Observes what is written to a response from now on. */
export function observeServerResponse(
  response: ServerResponse,
  readerOf: (status: number, headers: HeaderLines) => (framed: Framed) => StreamReader,
  since: number | undefined,
): Observation {
  const headers = (): [string, string][] =>
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
  const observation = new Observation((framed) => readerOf(response.statusCode, headers())(framed), {
    side: "socket_write",
    since,
    // The headers are known once the body is written.
    get contentType() {
      return contentTypeOf(headers(), response.statusCode);
    },
    get contentEncoding() {
      const encoding = response.getHeader("content-encoding");
      return encoding === undefined ? undefined : String(encoding);
    },
  });
  const see = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === "string" && typeof encoding === "string")
      observation.see(Buffer.from(chunk, encoding as BufferEncoding));
    else if (chunk !== null && chunk !== undefined && typeof chunk !== "function")
      observation.see(chunk as Written);
  };
  const { write, end } = response;
  response.write = function (this: ServerResponse, ...args: unknown[]) {
    see(args[0], args[1]);
    return Reflect.apply(write, this, args) as boolean;
  } as ServerResponse["write"];
  response.end = function (this: ServerResponse, ...args: unknown[]) {
    // `end` may call `write` itself.
    response.write = write;
    see(args[0], args[1]);
    observation.finish(undefined);
    return Reflect.apply(end, this, args) as ServerResponse;
  } as ServerResponse["end"];
  response.once("close", () => observation.finish("aborted"));
  return observation;
}
