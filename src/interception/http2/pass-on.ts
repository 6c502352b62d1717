import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { ConnectionFailure } from "../exchange.ts";
import { CANCEL, NO_ERROR } from "./error-frame.ts";
import { fieldsOf, linesOf } from "./header-fields.ts";
import { sendHead } from "./send-head.ts";
import type { UpstreamStream } from "./upstream.ts";

const END_STREAM = 1;

/** Connects a client's stream to one of the real server: both directions at once, with trailers and resets. */
export function passOn(
  stream: ServerHttp2Stream,
  { stream: upstream, failure }: UpstreamStream,
  fail: (failure: ConnectionFailure) => void,
): void {
  let trailers: readonly (readonly [string, string])[] = [];
  let ownTrailers: typeof trailers = [];
  stream.on("trailers", (_headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
    ownTrailers = linesOf(raw);
  });
  upstream.on("wantTrailers", () => upstream.sendTrailers(fieldsOf(ownTrailers)));
  upstream.on("headers", (headers: IncomingHttpHeaders) => stream.additionalHeaders(headers));
  upstream.on("trailers", (_headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
    trailers = linesOf(raw);
  });
  upstream.once("response", (headers: IncomingHttpHeaders, flags: number, raw: string[]) => {
    if (stream.destroyed) return;
    const endStream = (flags & END_STREAM) !== 0;
    const fields = { ":status": headers[":status"], ...fieldsOf(linesOf(raw)) };
    sendHead(stream, fields, endStream);
    if (!endStream) upstream.pipe(stream);
  });
  stream.on("wantTrailers", () => stream.sendTrailers(fieldsOf(trailers)));
  upstream.once("close", () => {
    const failed = failure();
    if (failed !== undefined && !stream.destroyed) fail(failed);
  });
  stream.once("close", () => {
    if (!upstream.destroyed && !stream.writableFinished)
      upstream.close(stream.rstCode === NO_ERROR ? CANCEL : stream.rstCode);
  });
  if (!stream.endAfterHeaders) stream.pipe(upstream);
}
