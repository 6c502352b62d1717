import { dirname } from "node:path";
import { interactionsOf } from "../../cassette/model.ts";
import { DEFAULT_TAPE_SIZES } from "../../options/resolve-options.ts";
import { traceInteraction } from "../../providers/decode-stream.ts";
import { tapeStore } from "../../session/worker-tapes.ts";
import type { FileReport } from "./meta.ts";
import type { CassetteTotals } from "./run-report.ts";

/** What was played, and what the provider took to answer it when it was recorded. */
export type Spared = Pick<CassetteTotals, "requests" | "streams" | "time" | "tokens">;

const STREAMS: readonly string[] = ["sse", "ndjson", "json-array", "aws-eventstream"];

/**
 * Adds up what was played while a test file ran. Of a cassette that the run has changed, or that cannot be read, only the requests
 * are counted: it no longer says where each recording was.
 */
export function countPlayed({ tapes, tests }: FileReport): Spared {
  let [requests, streams, time, input, output] = [0, 0, 0, 0, 0];
  const outside = Object.entries(tapes).map(([file, { played }]) => ({
    file,
    positions: played?.requests ?? [],
  }));
  for (const { file, positions } of [...Object.values(tests).flat(), ...outside]) {
    requests += positions.length;
    const store = tapeStore(dirname(file), DEFAULT_TAPE_SIZES);
    const isKnown = positions.length > 0 && tapes[file]?.saved === undefined;
    const tape = isKnown ? store.tryRead(file, file) : undefined;
    const recordings = tape === undefined ? [] : interactionsOf(tape);
    for (const recording of positions.flatMap((position) => recordings[position] ?? [])) {
      const { framing, events, usage, timing } = traceInteraction(recording);
      if (framing !== undefined && STREAMS.includes(framing) && events.length > 1) streams++;
      time += timing.duration ?? timing.headers ?? 0;
      input += usage?.inputTokens ?? 0;
      output += usage?.outputTokens ?? 0;
    }
  }
  return { requests, streams, time, tokens: { input, output } };
}
