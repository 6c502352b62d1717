import type { Interaction } from "../cassette/model.ts";
import type { CassetteUnplayedError } from "../diagnosis/unplayed-error.ts";
import type { MatchRules } from "../matching/rules.ts";
import type { Environment } from "../options/environment.ts";
import type { ResolvedOptions } from "../options/options.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { TapeShelf } from "./tape-store.ts";

/** All that a session needs to know; none of it changes while it is open. */
export interface SessionSettings {
  readonly name: string;
  /** The name that was asked for; `undefined` where it was made from the test's. */
  readonly named: string | undefined;
  /** Absolute path of the tape. */
  readonly file: string;
  /** The tape's path as messages show it: relative to the project, with `/`. */
  readonly shownFile: string;
  readonly options: ResolvedOptions;
  readonly environment: Environment;
  readonly redactor: Redactor;
  readonly rules: MatchRules;
  readonly shelf: TapeShelf;
  /** The command that records this cassette, for messages. */
  readonly recordCommand: string;
  /** The same where other tests, given by their labels, have recorded into it too: it replaces theirs as well. */
  readonly recordTogether?: ((labels: readonly string[]) => string) | undefined;
  /** Who records: what one owner has recorded is replaced by its next attempt, others' is kept. */
  readonly owner: string;
  /**
   * Set where several tests may record into the tape: what each has recorded carries its label, is played by it
   * first, and is missed by it alone.
   */
  readonly label?: string | undefined;
  /** Judges recordings without a label that were left unplayed, where several tests may play them. */
  readonly judgeUnlabelled?: ((session: UnplayedTape) => readonly Error[]) | undefined;
}

/** What of a closed session is needed to judge what it left together with others on the same tape. */
export interface UnplayedTape {
  readonly settings: SessionSettings;
  readonly unplayed: readonly Interaction[];
  /** Whether another recording of the same request was played. */
  repeats(interaction: Interaction): boolean;
  unplayedError(unplayed: readonly Interaction[], openedBy?: readonly string[]): CassetteUnplayedError;
  warn(message: string): void;
}
