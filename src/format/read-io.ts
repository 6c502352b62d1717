import { isOutput, type ProcessPart } from "../cassette/process-part.ts";
import type { TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";
import { outputLengths } from "./output-lengths.ts";
import { readBody } from "./read-body.ts";
import { cutBytes, spread } from "./read-chunks.ts";
import { readValue } from "./read-fields.ts";

/** One of these tells what a part of `io` is. */
const PART_KINDS = ["stdin", "stdout", "stderr", "send", "receive", "end", "kill"] as const;
export const PART_KEYS = [...PART_KINDS, "encoding", "eol", "cuts"] as const;

/** Reads one input or output of a child process. */
export function readPart(reader: NodeReader, node: TapeNode): ProcessPart {
  const nodes = reader.nodes(node, "a part of io", PART_KEYS);
  const kinds = PART_KINDS.filter((kind) => nodes[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const found = kinds.length === 0 ? "none" : kinds.join(" and ");
    throw reader.error(node, `a part of io is one of ${PART_KINDS.join(", ")}, and this one is ${found}`);
  }
  const value = nodes[kind] as TapeNode;
  const bytes = (): Uint8Array => readBody(reader, { ...nodes, body: value }) ?? new Uint8Array();
  switch (kind) {
    case "stdin":
      return { kind, bytes: bytes() };
    case "stdout":
    case "stderr": {
      const output = bytes();
      return {
        kind,
        chunks: cutBytes(reader, output, () => outputLengths(output), { ...nodes, body: value }),
      };
    }
    case "send":
    case "receive":
      return { kind, value: readValue(reader, value) };
    case "end":
      return { kind, of: reader.word(value, "what ended", ["stdin", "ipc"]) };
    case "kill":
      return { kind, signal: reader.scalar(value, "the name of a signal").text };
  }
}

/** How many times a part has on the tape: an output one for each chunk. */
export function timesIn(part: ProcessPart): number {
  return isOutput(part) ? part.chunks.length : 1;
}

/** Hands the times of a process over to its parts. Too many or too few are spread over them. */
export function withTimes(
  io: readonly ProcessPart[],
  given: readonly number[] | undefined,
): readonly ProcessPart[] {
  if (given === undefined) return io;
  const count = io.reduce((sum, part) => sum + timesIn(part), 0);
  const times = spread(given, count, 0);
  let at = 0;
  return io.map((part) => {
    const own = times.slice(at, at + timesIn(part));
    at += own.length;
    return isOutput(part) ? { ...part, times: own } : { ...part, time: own[0] };
  });
}
