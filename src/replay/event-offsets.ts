import { Buffer } from "node:buffer";
import type { OpeningFraming } from "../streams/declared-framing.ts";
import { detectFraming } from "../streams/detect-framing.ts";
import { eventLengths } from "../streams/event-lengths.ts";
import { frameLength } from "../streams/event-stream-message.ts";
import { Framer } from "../streams/framer.ts";

export interface EventOffsets {
  /** `undefined` for an empty body. */
  readonly framing: OpeningFraming | "json-array" | undefined;
  /** Byte offsets at which the events end, ascending. */
  readonly ends: readonly number[];
}

/**
 * Finds where the events of a body end. Counts events as traces do: comments and blank lines are none.
 *
 * @param chunks the body without its content encoding
 */
export function eventOffsets(chunks: readonly Uint8Array[], contentType: string | undefined): EventOffsets {
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return { framing: undefined, ends: [] };
  const framing = detectFraming(bytes, contentType, true);
  switch (framing) {
    case "sse":
      return { framing, ends: sseEnds(bytes) };
    case "aws-eventstream":
      return { framing, ends: frameEnds(bytes) };
    case "json":
    case "ndjson":
      return jsonEnds(bytes, contentType, framing);
    case "text":
    case undefined:
      return { framing, ends: sums(chunks.map((chunk) => chunk.length)) };
  }
}

function sums(lengths: readonly number[]): number[] {
  let sum = 0;
  return lengths.map((length) => {
    sum += length;
    return sum;
  });
}

/** An event has data. A block without data is a comment, or only sets a field. */
function sseEnds(bytes: Buffer): readonly number[] {
  let start = 0;
  return sums(eventLengths(bytes, "sse")).filter((end) => {
    const block = bytes.toString("latin1", start, end);
    start = end;
    return /(?:^|[\r\n]|^\u00ef\u00bb\u00bf)data(?:[:\r\n]|$)/.test(block);
  });
}

function frameEnds(bytes: Buffer): readonly number[] {
  const ends: number[] = [];
  let end = 0;
  try {
    for (;;) {
      const length = frameLength(bytes, end);
      if (length === undefined || end + length > bytes.length) return ends;
      end += length;
      ends.push(end);
    }
  } catch {
    // Nobody can read past a broken frame, and neither can a client.
    return ends;
  }
}

const LF = 0x0a;
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;

/** Feeds the framer one piece for each place at which an event may end, with the offset as the time. */
function jsonEnds(bytes: Buffer, contentType: string | undefined, framing: "json" | "ndjson"): EventOffsets {
  const framer = new Framer(contentType);
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== LF && byte !== CLOSE_BRACE && byte !== CLOSE_BRACKET && at !== bytes.length - 1) continue;
    framer.push({ at: at + 1, bytes: bytes.subarray(start, at + 1) });
    start = at + 1;
  }
  const { framing: found, events } = framer.end();
  return {
    framing: found === "json-array" ? found : framing,
    ends: events.map(({ at }) => at ?? bytes.length),
  };
}
