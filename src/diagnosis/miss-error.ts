import { count } from "../cassette/count.ts";
import { CassetteError } from "../cassette/errors.ts";
import { explainMiss, summarizeMiss } from "./explain-miss.ts";
import type { MissFacts, MissReason } from "./miss-facts.ts";
import { diffValues } from "./show-difference.ts";

/**
 * Requests of one test that had no recording to play: the first in full, the others in one line each. `actual` and
 * `expected` hold the fields in which the first differs from the nearest recording: test runners print a diff of
 * them.
 */
export class CassetteMissError extends CassetteError {
  override readonly name = "CassetteMissError";
  /** The fields of the live request that differ, by path; `undefined` if nothing was compared. Vitest replaces it by text. */
  actual: unknown;
  /** The same fields of the nearest recording. */
  expected: unknown;
  readonly #misses: readonly [MissFacts, ...MissFacts[]];

  /** @param misses - from `describeMiss`, in the order in which they happened */
  constructor(misses: readonly [MissFacts, ...MissFacts[]]) {
    super("CASSETTE_MISS", message(misses));
    this.#misses = misses;
    // Our own frames say nothing to the author of the test. `atSender` adds those of the request.
    this.stack = `${this.name}: ${this.message}`;
    const { nearest } = misses[0];
    // A diff of secrets would show two placeholders.
    if (nearest !== undefined && nearest.differences.length > 0 && !nearest.otherSecret) {
      Object.assign(this, diffValues(nearest.differences));
    }
  }

  /** All misses, in the order in which they happened. */
  get misses(): readonly MissFacts[] {
    return this.#misses;
  }

  /** Why the first request had no recording to play. */
  get reason(): MissReason {
    return this.#misses[0].reason;
  }

  /** The cassette file, as messages show it. */
  get cassette(): string {
    return this.#misses[0].cassette;
  }

  get mode(): string {
    return this.#misses[0].mode;
  }

  /** The first request. */
  get request(): MissFacts["request"] {
    return this.#misses[0].request;
  }

  /** The recording that differs least from the first request. */
  get nearest(): MissFacts["nearest"] {
    return this.#misses[0].nearest;
  }

  /** For reporters: without the facts, which the message already has. */
  toJSON(): object {
    const { name, code, message, stack, actual, expected } = this;
    return { name, code, message, stack, actual, expected, diff: (this as { diff?: unknown }).diff };
  }
}

/** How many different further misses are listed. */
const MAX_LISTED = 20;

function message(misses: readonly [MissFacts, ...MissFacts[]]): string {
  const [first, ...others] = misses;
  const explained = explainMiss(first);
  if (others.length === 0) return explained;
  const heading = `${count(others.length, "more request")} of this test had no recording to play:`;
  // A retry loop repeats the same line.
  const times = Map.groupBy(others.map(summarizeMiss), (line) => line);
  const lines = [...times].map(([line, { length }]) => `  ${line}${length > 1 ? ` (${length} times)` : ""}`);
  const more = lines.length - MAX_LISTED;
  return [
    explained,
    [heading, ...lines.slice(0, MAX_LISTED), ...(more > 0 ? [`  and ${more} more`] : [])].join("\n"),
  ].join("\n\n");
}
