import type { StreamTrace } from "../../../streams/stream-trace.ts";

/** Why what a stream says is not known; `undefined` where it is. */
export function unreadable({ events }: StreamTrace): string | undefined {
  if (events.length === 0) return "the stream has no events";
  if (events.some(({ decoded }) => decoded.length > 0)) return undefined;
  return "no provider profile can read this stream";
}

/** Why a stream has no times; `undefined` where it has. */
export function untimed({ chunks }: StreamTrace): string | undefined {
  if (chunks.length === 0) return "the stream has no chunks";
  if (chunks.every(({ at }) => at !== undefined)) return undefined;
  return "the stream bears no times, as a tape without `timing` does not";
}
