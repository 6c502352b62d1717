import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";

/** Sends the head of a response, without the `date` that Node would add. */
export function sendHead(stream: ServerHttp2Stream, fields: OutgoingHttpHeaders, endStream: boolean): void {
  const options = { endStream, waitForTrailers: !endStream, sendDate: false };
  stream.respond(fields, options);
}
