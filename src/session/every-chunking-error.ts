import { inspect } from "node:util";
import { CassetteError } from "../cassette/errors.ts";
import type { Chunks } from "../options/options.ts";
import { firstDifference } from "./first-difference.ts";

export interface ChunkingFacts {
  readonly cassette: string;
  readonly cut: Exclude<Chunks, "recorded">;
  /** The result for the chunks as they were recorded. */
  readonly expected: unknown;
  /** What the cut came to. */
  readonly outcome: { readonly value: unknown } | { readonly thrown: unknown };
  /** Whether another run with the recorded chunks came to another result as well. */
  readonly varies: boolean;
}

/**
 * Code under test makes something else of the same bytes when they come in other pieces. `actual` is its result
 * for them, `expected` that for the chunks as they were recorded.
 */
export class EveryChunkingError extends CassetteError {
  override readonly name = "EveryChunkingError";
  /** How the answers were cut, as the option `chunks` has it. */
  readonly cut: Chunks;
  /** `undefined` where the code threw; then that is the `cause`. Writable, since Vitest writes to it. */
  actual: unknown;
  expected: unknown;

  constructor(facts: ChunkingFacts) {
    const { outcome, cut, expected } = facts;
    super("CASSETTE_CHUNKING", message(facts), "thrown" in outcome ? { cause: outcome.thrown } : {});
    this.cut = cut;
    if ("value" in outcome) {
      this.actual = outcome.value;
      this.expected = expected;
    }
  }
}

function message({ cassette, cut, expected, outcome, varies }: ChunkingFacts): string {
  const option = `chunks: ${inspect(cut)}`;
  return [
    `Failed to get the same result however the answers of cassette "${cassette}" are cut: it is another one ${words(cut)} (${option}).`,
    ...("thrown" in outcome ? thrownLines(outcome.thrown) : differenceLines(expected, outcome.value)),
    varies
      ? "It is another one with the chunks as they were recorded, too, when they are played again. Leave out of the result what varies from run to run, or freeze it: freeze: { time: true, random: true, uuid: true }."
      : `Any network may cut so. To look into it, give the cassette this option: { ${option} }.`,
  ].join("\n");
}

/** What to say where a test ended before its `everyChunking` did. */
export function unfinishedChunking(cut: Chunks): string {
  return `everyChunking had not come to its end when the test did: its function was running with answers ${words(cut)} (chunks: ${inspect(cut)}). Await everyChunking; if the test does, the function waits for ever where answers come so.`;
}

function words(cut: Chunks): string {
  if (cut === "recorded") return "as they were recorded";
  if (cut === "whole") return "where each comes whole, in one read";
  if (cut === "bytes") return "where each comes one byte a read";
  if ("size" in cut) return `where each comes ${cut.size} bytes a read`;
  return "where each is cut at random places";
}

function thrownLines(thrown: unknown): readonly string[] {
  return ["  as recorded: a result", `  cut so:      threw ${String(thrown)}`];
}

function differenceLines(expected: unknown, actual: unknown): readonly string[] {
  const { path, ...shown } = firstDifference(expected, actual);
  return [
    ...(path === "" ? [] : [`  at result${path}`]),
    `  as recorded: ${shown.expected}`,
    `  cut so:      ${shown.actual}`,
  ];
}
