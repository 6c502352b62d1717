import type { StreamTrace } from "../../streams/stream-trace.ts";

/** Says why the meaning of the events of a stream is unknown; `undefined` if a decoder read them. */
export function undecoded({ events }: StreamTrace): string | undefined {
  if (events.length === 0) return "the stream has no events";
  if (events.some(({ decoded }) => decoded.length > 0)) return undefined;
  return "no provider profile can decode this stream";
}

/** Says why a stream has no timing; `undefined` if it has. */
export function untimed({ chunks }: StreamTrace): string | undefined {
  if (chunks.length === 0) return "the stream has no chunks";
  if (chunks.every(({ at }) => at !== undefined)) return undefined;
  return "the stream has no timing; a cassette without `timing` has none";
}
