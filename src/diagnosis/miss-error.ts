import { CassetteError } from "../cassette/errors.ts";
import { explainMiss, summariseMiss } from "./explain.ts";
import type { MissFacts } from "./miss.ts";
import type { MissReason } from "./miss-reason.ts";

/**
 * Requests of one test that had no recording to play: the first told in full, the rest in a line each.
 * `actual` is the live request and `expected` the nearest recording, as texts that a test runner can diff.
 */
export class CassetteMissError extends CassetteError {
  override readonly name = "CassetteMissError";
  /** The live request; `undefined` where there is nothing to hold it against. Writable, since Vitest writes to it. */
  actual: string | undefined;
  /** The nearest recording. */
  expected: string | undefined;
  readonly #misses: readonly [MissFacts, ...MissFacts[]];

  /** @param misses - as `describeMiss` gives them, in the order in which they happened */
  constructor(misses: readonly [MissFacts, ...MissFacts[]]) {
    super("CASSETTE_MISS", message(misses));
    this.#misses = misses;
    // Where the end of the test is judged tells its author nothing; whoever knows who sent the request sets more.
    this.stack = `${this.name}: ${this.message}`;
    this.actual = misses[0].diff?.live;
    this.expected = misses[0].diff?.recorded;
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

  /** What reporters get: the message says it all, so the facts are not printed a second time below it. */
  toJSON(): object {
    const { name, code, message, stack, actual, expected } = this;
    return { name, code, message, stack, actual, expected, diff: (this as { diff?: unknown }).diff };
  }
}

/** So many different further misses are listed. */
const MOST_LISTED = 20;

function message(misses: readonly [MissFacts, ...MissFacts[]]): string {
  const [first, ...others] = misses;
  const told = explainMiss(first);
  if (others.length === 0) return told;
  const heading = `${others.length} more request${others.length === 1 ? "" : "s"} of this test had no recording to play:`;
  // A loop that tries again and again says the same each time.
  const times = Map.groupBy(others.map(summariseMiss), (line) => line);
  const lines = [...times].map(([line, { length }]) => `  ${line}${length > 1 ? ` (${length} times)` : ""}`);
  const more = lines.length - MOST_LISTED;
  return [
    told,
    [heading, ...lines.slice(0, MOST_LISTED), ...(more > 0 ? [`  and ${more} more`] : [])].join("\n"),
  ].join("\n\n");
}
