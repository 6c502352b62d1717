import { idOf, type RecordedCall, type RecordedStep, type TapeEntry } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import type { MatchRules } from "../matching/rules.ts";
import type { Decision, MatchState } from "../options/decide.ts";
import type { Mode, Pacing } from "../options/options.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { Ancestry } from "./ancestry.ts";
import type { Happened } from "./happened.ts";
import { currentParent, innermostParent, type ParentScope } from "./parent-scope.ts";

/** What a timeline needs from the session that it belongs to. */
export interface TimelineHost {
  /** The cassette file, as messages show it. */
  readonly shownFile: string;
  readonly label: string | undefined;
  readonly mode: Mode;
  readonly pacing: Pacing;
  readonly redactor: Redactor;
  readonly rules: MatchRules;
  /** Whether everything is recorded. */
  readonly recordsAll: boolean;
  /** Decides what a call, step or checkpoint meets, as for a request. */
  decide(match: MatchState, candidate: boolean): Decision;
  /** Called before something is recorded. Returns when the tape began. */
  beginRecording(startedAt: number): number;
  /** Adds to what the test is told at its end. */
  addError(error: Error): void;
  warn(message: string): void;
  /** Returns the shell command that re-records the cassette. */
  recordCommand(): string;
}

/** An entry that is being recorded. */
export interface Recording {
  /** The entry as it is by now, without secrets; `undefined` if there is none to write. */
  entry(): TapeEntry | undefined;
  readonly isDone: boolean;
}

/** A new entry, and when it began. */
export interface StartedAddition {
  readonly entry: TapeEntry;
  readonly after: TapeEntry | undefined;
  readonly startedAt: number;
}

interface Started {
  readonly recording: Recording;
  readonly after: TapeEntry | undefined;
  readonly startedAt: number;
}

/** A call or step that runs: what happens in it names it as its parent. */
export interface RunningParent {
  readonly scope: ParentScope;
  /** The id to write with it; `undefined` if its name will do. */
  id(): string | undefined;
}

/** What one session has played and recorded besides requests, and where in the run it is. */
export class Timeline {
  readonly host: TimelineHost;
  /** Everything on the tape that may be played. */
  readonly entries: readonly TapeEntry[];
  readonly ancestry: Ancestry;
  /** The entry that was played last, of any kind. */
  last: TapeEntry | undefined;
  /** Set behind the checkpoint of `liveAfter`: nothing is played from then on. */
  isLive = false;
  isClosed = false;
  /** What this run did, in order, whether it was played or not. */
  readonly happened: Happened[] = [];
  readonly #played = new Map<TapeEntry, number>();
  readonly #started: Started[] = [];
  readonly #ids = new Set<string>();
  /** The next number to try, by name. */
  readonly #numbers = new Map<string, number>();

  constructor(entries: readonly TapeEntry[], ancestry: Ancestry, host: TimelineHost) {
    this.entries = entries;
    this.host = host;
    this.ancestry = ancestry;
    for (const entry of entries) {
      const id = this.isOwn(entry) ? idOf(entry) : undefined;
      if (id !== undefined) this.#ids.add(id);
    }
  }

  /** Whether an entry belongs to the test that plays. */
  readonly isOwn = ({ test }: TapeEntry): boolean =>
    this.host.label === undefined || test === undefined || test === this.host.label;

  play(entry: TapeEntry): void {
    this.#played.set(entry, this.played(entry) + 1);
    this.last = entry;
  }

  /** Returns how often an entry was played. */
  played(entry: TapeEntry): number {
    return this.#played.get(entry) ?? 0;
  }

  /** Returns how often anything but a request was played. */
  get timesPlayed(): number {
    return [...this.#played.values()].reduce((sum, times) => sum + times, 0);
  }

  /** Whether anything happened on it in this run. */
  get isUsed(): boolean {
    return this.#played.size > 0 || this.#started.length > 0;
  }

  /** How entries that begin now name the call or step that they happen in. */
  get parent(): string | undefined {
    return currentParent(this)?.refer();
  }

  /** Starts a recording. Returns when it began, in milliseconds since the tape began. */
  start(startedAt: number, recording: Recording): number {
    const began = this.host.beginRecording(startedAt);
    this.#started.push({ recording, startedAt, after: this.last });
    return Math.max(0, startedAt - began);
  }

  /** Returns what was recorded by now, in the order in which it began. */
  finished(): readonly StartedAddition[] {
    return this.#started.flatMap(({ recording, after, startedAt }) => {
      const entry = recording.isDone ? recording.entry() : undefined;
      return entry === undefined ? [] : [{ entry, after, startedAt }];
    });
  }

  /**
   * Makes a parent of a call or step that runs.
   *
   * @param recorded its recording, if it is on the tape: what is added happens in that one
   */
  running(name: string, recorded?: RecordedCall | RecordedStep): RunningParent {
    const own = recorded === undefined ? this.#newId(name) : (idOf(recorded) as string);
    let isNamed = false;
    const refer = (): string => {
      isNamed = true;
      return own;
    };
    return {
      scope: { owner: this, name, refer, outer: innermostParent() },
      id: () => (isNamed && own !== name ? own : undefined),
    };
  }

  now(): number {
    return now();
  }

  #newId(name: string): string {
    let number = this.#numbers.get(name) ?? 1;
    let id = number === 1 ? name : `${name} ${number}`;
    while (this.#ids.has(id)) id = `${name} ${++number}`;
    this.#numbers.set(name, number + 1);
    this.#ids.add(id);
    return id;
  }
}
