import type { EntryPlace, TapeEntry } from "../cassette/model.ts";
import type { EventBus } from "../events/bus.ts";
import type { MatchRules } from "../matching/rules.ts";
import type { Decision, MatchState } from "../options/decide.ts";
import type { ResolvedOptions } from "../options/options.ts";
import type { Redactor } from "../redaction/redactor.ts";

/** What the entries of a run need to know of their session. */
export interface TimelineHost {
  readonly tape: {
    /** The cassette file, as messages show it. */
    readonly shownFile: string;
    /** @throws CassetteError if this session may not record into the tape */
    assertOwn(): void;
    /** Returns when the tape began: at `startedAt` if this is its first entry. */
    begin(startedAt: number): number;
  };
  readonly label?: string | undefined;
  readonly options: Pick<ResolvedOptions, "mode" | "pacing">;
  readonly redactor: Redactor;
  readonly rules: MatchRules;
  readonly bus: EventBus;
  readonly errors: {
    /** Adds an error that the test reports at its end. */
    add(error: Error): void;
    warn(message: string): void;
  };
  readonly messages: {
    /**
     * Returns the shell command that records what is missing.
     *
     * @param someMatch whether some recordings still match, so that only the others have to be recorded
     */
    recordCommand(someMatch: boolean): string;
    /** Returns the shell command that records everything again, also what was played. */
    rerecordCommand(): string;
  };
  /** Whether anything is put onto the tape. */
  readonly records: boolean;
  /** Whether everything is recorded. */
  readonly recordsAll: boolean;
  /** Whether old recordings are brought up to date (`RECORD=update`). */
  readonly updates: boolean;
  /** Decides what something that the run asks for meets. */
  decide(match: MatchState, candidate: boolean): Decision;
}

/** An entry that is being recorded. */
export interface Recording<Entry extends TapeEntry> {
  readonly isDone: boolean;
  /** Whether there is nothing to write. */
  readonly isVoid?: boolean;
  /** Returns the entry, with its secrets, once it is done. */
  entry(place: EntryPlace): Entry;
  /** Returns the id to write with it; `undefined` if nothing has happened in it, or its name will do. */
  id?(): string | undefined;
}

/** A recording that has its place on the timeline. */
export interface StartedRecording {
  /** What was played last before it began. */
  readonly after: TapeEntry | undefined;
  readonly startedAt: number;
  readonly isDone: boolean;
  /** The entry without secrets; `undefined` if there is none to write. */
  entry(): TapeEntry | undefined;
}
