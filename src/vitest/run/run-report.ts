import type { EventCounts } from "../../events/bus.ts";
import type { Mode } from "../../options/options.ts";

/** What a run did with cassettes: the content of the reporter's `json` file. */
export interface CassetteRunReport {
  /** Version of this format. It grows if a field changes its meaning or goes away, not if one is added. */
  readonly version: 1;
  /** What `RECORD` asked for. */
  readonly record: "off" | "all" | "new" | "update";
  readonly result: "passed" | "failed" | "interrupted";
  readonly totals: CassetteTotals;
  /** Every cassette that was opened, by file. */
  readonly cassettes: readonly CassetteReport[];
  /**
   * Cassettes that no test opened, relative to the root of Vitest. Left out if the run cannot know them: some test was
   * left out, skipped or failed.
   */
  readonly unused?: readonly string[] | undefined;
}

/** Sums over the run. */
export interface CassetteTotals {
  /** Cassettes that were played. */
  readonly played: number;
  /** Cassettes that are new or changed. */
  readonly recorded: number;
  /** Cassettes whose recording was kept beside the old one, because a test failed. */
  readonly failed: number;
  /** Cassettes older than `maxAge`. */
  readonly stale: number;
  /** Requests that were played. */
  readonly requests: number;
  /** How many of them were answered with a stream. */
  readonly streams: number;
  /** How long the provider took to answer them when they were recorded, in milliseconds. */
  readonly time: number;
  /** The tokens that they took, if the provider said so. */
  readonly tokens: { readonly input: number; readonly output: number };
  /** Bytes of the response bodies that tests recorded. */
  readonly bytesRecorded: number;
  /** Milliseconds that cassettes took from tests, in all workers together; see `CassetteStats`. */
  readonly overhead: number;
  /** The events of the sessions of tests. */
  readonly events: EventCounts;
}

/** One cassette in one run. */
export interface CassetteReport {
  /** Relative to the root of Vitest, with forward slashes. */
  readonly file: string;
  /**
   * Where recordings went: into a new file, into the old one, or, because a test failed, into a `.failed.yaml` file beside
   * it. Left out if nothing was recorded.
   */
  readonly saved?: "new" | "changed" | "failed" | undefined;
  /** Size of the file that was written, in bytes. */
  readonly bytes?: number | undefined;
  /** HTTP statuses of recorded responses that are often a mistake: 401, 403, 429 and from 500 on. */
  readonly errorStatuses?: readonly number[] | undefined;
  /** Whether it is older than `maxAge`. */
  readonly stale: boolean;
  /** How many entries `withCassette()` and `openCassette()` played, which belong to no test. Left out if none. */
  readonly outside?: number | undefined;
  readonly tests: readonly CassetteTest[];
}

/** How a test used a cassette. */
export interface CassetteCounts {
  readonly mode: Mode;
  /** Requests that it sent. */
  readonly requests: number;
  /** Requests, calls, steps, checkpoints and MCP messages that were played. */
  readonly played: number;
  /** How many of them went live and were recorded. */
  readonly recorded: number;
  /** How many of them had no recording. */
  readonly missed: number;
  /** Bytes of the response bodies that it recorded. */
  readonly bytesRecorded: number;
  /** Milliseconds that the cassette took from the test; see `CassetteStats`. */
  readonly overhead: number;
  /** The events of its session. */
  readonly events: EventCounts;
}

/** What one test did with a cassette. */
export interface CassetteTest extends CassetteCounts {
  /** Name of the project; left out if it has none. */
  readonly project?: string | undefined;
  /** The test file, relative to the root of Vitest. */
  readonly testFile: string;
  /** Full name of the test: `streams > tells a joke`. */
  readonly test: string;
  readonly state: "passed" | "failed" | "skipped" | "pending";
}
