import { readLogLine } from "../../events/log/log-line.ts";

/** The sides of the wire, in the order in which a piece passes them. */
export const SIDES = ["chunk", "emit", "socket_write"] as const;
export type Side = (typeof SIDES)[number];

/** One piece of a stream in a log. */
export interface LoggedPiece {
  readonly index: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly sha1: string;
  readonly bytes: number;
}

/** One stream on one side. */
export interface LoggedStream {
  readonly session: string;
  readonly side: Side;
  /** Identifies it in its session. */
  readonly id: string;
  readonly pieces: readonly LoggedPiece[];
  /** Whether the log says that it ended. */
  readonly isDone: boolean;
}

/** Collects the streams of a log, session by session. Lines that are not of the log are ignored. */
export function logStreams(text: string): readonly LoggedStream[] {
  const streams = new Map<string, LoggedStream & { readonly pieces: LoggedPiece[]; isDone: boolean }>();
  for (const line of text.split("\n")) {
    const read = readLogLine(line);
    if (read === undefined) continue;
    const { session = "", id = "", index = "", sha1 = "", bytes = "", done } = read.fields;
    const side =
      SIDES.find((each) => each === read.type) ?? (read.type === "llm_result" ? "chunk" : undefined);
    if (side === undefined) continue;
    const key = `${session}\n${side}\n${id}`;
    const stream = streams.get(key) ?? { session, side, id, pieces: [], isDone: false };
    if (read.type === "llm_result") {
      stream.isDone = true;
      continue;
    }
    streams.set(key, stream);
    if (done === "true") stream.isDone = true;
    else stream.pieces.push({ index: Number(index), time: read.time, sha1, bytes: Number(bytes) });
  }
  return [...streams.values()];
}
