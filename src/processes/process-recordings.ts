import { EntryQueue } from "../calls/entry-queue.ts";
import type { Timeline } from "../calls/timeline.ts";
import type { RecordedProcess } from "../cassette/model.ts";
import type { MatchState } from "../options/decide.ts";
import { type ComparedProcess, keyOfProcess } from "./compared-process.ts";

export interface FoundProcesses {
  readonly key: string;
  readonly state: MatchState;
  /** Those that may be played, in order; the last one again if all were. */
  readonly recordings: readonly RecordedProcess[];
}

/** The recorded processes of one session. */
export class ProcessRecordings {
  readonly #timeline: Timeline;
  readonly #all: readonly RecordedProcess[];
  readonly #queue: EntryQueue<RecordedProcess>;
  /** How many processes have started that do not have a recording yet. */
  readonly #undecided = new Map<string, number>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    this.#all = timeline.entries.filter((entry) => entry.kind === "process");
    this.#queue = new EntryQueue(timeline, this.#all, (entry) => this.#keyOf(entry));
  }

  find(process: ComparedProcess): FoundProcesses {
    const key = this.#keyOf(process);
    const left = this.left(key);
    if (left.length > (this.#undecided.get(key) ?? 0)) return { key, state: "next", recordings: left };
    const { recording: last } = this.#queue.find(key);
    return last === undefined
      ? { key, state: "none", recordings: [] }
      : { key, state: "used-up", recordings: [last] };
  }

  wasAsked(entry: RecordedProcess): boolean {
    return this.#queue.wasAsked(entry);
  }

  /** Returns what was not played, in order. */
  left(key: string): readonly RecordedProcess[] {
    return this.#queue.left(key);
  }

  /** Keeps one of the recordings for a process that will choose it by its input. Returns a function that ends this. */
  reserve(key: string): () => void {
    this.#undecided.set(key, (this.#undecided.get(key) ?? 0) + 1);
    return () => void this.#undecided.set(key, (this.#undecided.get(key) ?? 1) - 1);
  }

  /** A secret in an argument may be another one on another machine. */
  #keyOf({ command, args, shell, cwd, env }: ComparedProcess): string {
    const { redactor, rules } = this.#timeline.host;
    const compared = { kind: "process", at: 0, command, args, shell, cwd, env, io: [] } as const;
    return keyOfProcess(redactor.redactEntry<RecordedProcess>(compared), rules);
  }

  /** Returns a recording of the same program: the next one, or the last one if all were played. */
  nearest(command: string): RecordedProcess | undefined {
    return this.#timeline.nextOf(this.#all.filter((entry) => entry.command === command));
  }
}
