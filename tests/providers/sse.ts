import { decodeStream } from "../../src/providers/decode-stream.ts";
import type { StreamTrace } from "../../src/streams/stream-trace.ts";
import { encodeText } from "../../src/streams/text.ts";

/** Formats `payloads` as SSE: objects as JSON, text unchanged, a pair as an event name and its payload. */
export function sse(
  ...payloads: readonly (object | string | readonly [event: string, payload: unknown])[]
): string {
  return payloads
    .map((each) => {
      const [event, payload] = Array.isArray(each) ? (each as [string, unknown]) : [undefined, each];
      const data = typeof payload === "string" ? payload : JSON.stringify(payload);
      return `${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`;
    })
    .join("");
}

/** Decodes `body` as one chunk. */
export function decode(body: string | Uint8Array, url?: string, type?: string, status?: number): StreamTrace {
  const bytes = typeof body === "string" ? encodeText(body) : body;
  return decodeStream({
    url,
    status,
    headers: type === undefined ? {} : { "content-type": type },
    chunks: [{ at: 1, bytes }],
  });
}
