import type { OtherTapes } from "../diagnosis/find-in-other-tapes.ts";
import type { MatchRules } from "../matching/rules.ts";
import type { Environment } from "../options/environment.ts";
import type { ResolvedOptions } from "../options/options.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { OpenTape } from "./open-tape.ts";

/** Names a test to people. */
export interface TestIdentity {
  /** `suite › test`, without secrets; the name of the cassette if there is no test. */
  readonly name: string;
  /** Relative to the root; `undefined` without Vitest. */
  readonly file?: string | undefined;
  /** The Vitest project, if there are several. */
  readonly project?: string | undefined;
}

/** Everything that a session needs to know. None of it changes while the session is open. */
export interface SessionSettings {
  readonly name: string;
  /** When the opening began, on the clock of `now()`. */
  readonly openedAt: number;
  /** The name that the test asked for; `undefined` if it comes from the test's own name. */
  readonly named: string | undefined;
  readonly tape: OpenTape;
  /** The test, as its events name it. */
  readonly test: TestIdentity;
  readonly options: ResolvedOptions;
  readonly environment: Environment;
  readonly redactor: Redactor;
  readonly rules: MatchRules;
  /** Where to look for requests that this tape lacks. */
  readonly otherTapes: OtherTapes;
  /**
   * Returns the command that records this cassette.
   *
   * @param others other tests that record into it, by their labels
   * @param record `update` to record only what is missing. @defaultValue `'1'`
   */
  readonly recordCommand: (others: readonly string[], record?: "1" | "update") => string;
  /** Who records: the next attempt of the same test replaces what this one records. */
  readonly contributor: string;
  /**
   * Set if several tests may record into the tape: the recordings of a test carry its label, are played by it first,
   * and only it has to play them.
   */
  readonly label?: string | undefined;
}
