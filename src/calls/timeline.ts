import { defined } from "../cassette/defined.ts";
import { type Addition, idOf, type RecordedCheckpoint, type TapeEntry } from "../cassette/model.ts";
import type { EntryMiss, Miss } from "../diagnosis/miss-facts.ts";
import { now } from "../http/real-clock.ts";
import type { Decision, MatchState } from "../options/decide.ts";
import { CassetteRecordingRefusedError } from "../options/environment.ts";
import { CancellableDelay } from "../replay/cancellable-delay.ts";
import { createPacer, type Pacer } from "../replay/pacing.ts";
import { Ancestry } from "./ancestry.ts";
import type { CassetteCallMissError } from "./call-errors.ts";
import type { Tally } from "./entry-kind.ts";
import type { Happened } from "./happened.ts";
import { currentParent, ParentIds } from "./parent-scope.ts";
import { RunEvents } from "./run-events.ts";
import type { Recording, StartedRecording, TimelineHost } from "./timeline-host.ts";

/** Behind the checkpoint of `liveAfter`, only what a concurrent branch has left before it is played. */
const LIVE = { kind: "record", because: "live" } as const;
const LEFT = { kind: "play" } as const;

/** What one session has played, recorded and missed, of every kind, and where in the run it is. */
export class Timeline {
  readonly host: TimelineHost;
  /** Everything on the tape that may be played. */
  readonly entries: readonly TapeEntry[];
  readonly ancestry: Ancestry;
  /** Names the calls and steps that run. */
  readonly parents: ParentIds;
  readonly events: RunEvents;
  readonly tally: Tally = { asked: 0, played: 0, recorded: 0, missed: 0, substituted: 0 };
  /** What had no recording. */
  readonly misses: Miss[] = [];
  /** The entry that was played last: what is recorded next goes behind it. */
  last: TapeEntry | undefined;
  #isLive = false;
  #isClosed = false;
  /** Old recordings that stay with another content, under `RECORD=update`. */
  readonly revised = new Map<TapeEntry, TapeEntry>();
  /** What this run did, in order, whether it was played or not. */
  readonly happened: Happened[] = [];
  readonly #played = new Map<TapeEntry, number>();
  readonly #started: StartedRecording[] = [];
  readonly #delays: CancellableDelay[] = [];

  constructor(entries: readonly TapeEntry[], host: TimelineHost) {
    this.entries = entries;
    this.host = host;
    this.ancestry = new Ancestry(entries);
    this.events = new RunEvents(host.bus, this, host.redactor);
    const own = entries.filter(this.isOwn);
    this.parents = new ParentIds(
      this,
      own.flatMap((entry) => idOf(entry) ?? []),
    );
  }

  /** Whether an entry belongs to the test that plays. */
  readonly isOwn = ({ test }: TapeEntry): boolean =>
    this.host.label === undefined || test === undefined || test === this.host.label;

  /** Decides what something that the run asks for meets, and counts it. */
  meet(match: MatchState, candidate: boolean): Exclude<Decision, { kind: "refuse" }> {
    const decision = this.#isLive
      ? match === "none" || match === "used-up"
        ? LIVE
        : LEFT
      : this.host.decide(match, candidate);
    this.tally.asked++;
    switch (decision.kind) {
      case "play":
      case "repeat":
        this.tally.played++;
        break;
      case "record":
        if (this.host.records) this.host.tape.assertOwn();
        this.tally.recorded++;
        break;
      case "substitute":
        this.tally.substituted++;
        break;
      case "miss":
        this.tally.missed++;
        break;
      case "refuse":
        throw new CassetteRecordingRefusedError();
    }
    return decision;
  }

  /**
   * Reports what had no recording.
   *
   * @param runsAnyway whether it does no harm, so that a warning will do in warn mode
   */
  miss(kind: EntryMiss["kind"], error: CassetteCallMissError, runsAnyway = false): void {
    const { host } = this;
    const summary = error.message.split("\n", 1)[0] as string;
    this.misses.push({ kind, reason: error.reason, cassette: host.tape.shownFile, summary });
    this.events.miss(error.message);
    if (runsAnyway && host.options.mode === "warn") host.errors.warn(error.message);
    else host.errors.add(error);
  }

  play(entry: TapeEntry): void {
    this.#played.set(entry, this.played(entry) + 1);
    // What is recorded live comes behind the checkpoint, whatever is played beside it. What a call sent comes with it.
    if (!this.#isLive)
      this.last = (entry.kind === "call" ? this.ancestry.inside(entry).at(-1) : undefined) ?? entry;
    // What a server sent was not asked for by the code that runs now.
    const isAsked = entry.kind !== "mcp" || entry.from === "client";
    if (this.host.updates && isAsked && this.parent !== entry.parent)
      this.revised.set(entry, { ...entry, parent: this.parent });
  }

  /** Replaces the content of an old recording. Its place on the tape stays. */
  revise<Entry extends TapeEntry>(old: Entry, entry: Entry): void {
    const { at, parent, test } = this.revised.get(old) ?? old;
    this.revised.set(old, { ...entry, at, parent, test, ...("id" in old ? { id: old.id } : {}) });
  }

  /** The shell command that records what is missing. */
  get recordCommand(): string {
    return this.host.messages.recordCommand(this.tally.played > 0);
  }

  /** Whether the run is behind the checkpoint of `liveAfter`. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Goes live behind a checkpoint that was played. What is recorded has the times that follow it. */
  goLive({ at }: RecordedCheckpoint): void {
    this.#isLive = true;
    this.host.tape.begin(now() - at);
  }

  /** Returns the first of these entries that was not played; the last one if all were. */
  nextOf<Entry extends TapeEntry>(entries: readonly Entry[]): Entry | undefined {
    return entries.find((entry) => this.played(entry) === 0) ?? entries.at(-1);
  }

  /** Whether nothing may be asked for any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Ends all waiting for recorded times, now and from now on. */
  close(): void {
    this.#isClosed = true;
    for (const delay of this.#delays) delay.cancel();
  }

  /** Paces what begins to be played now, until the timeline is closed. */
  pacer(): Pacer {
    const delay = new CancellableDelay();
    if (this.host.options.pacing !== "instant") this.#delays.push(delay);
    if (this.#isClosed) delay.cancel();
    return createPacer(this.host.options.pacing, delay);
  }

  /** Returns how often an entry was played. */
  played(entry: TapeEntry): number {
    return this.#played.get(entry) ?? 0;
  }

  /** How entries that begin now name the call or step that they happen in. */
  get parent(): string | undefined {
    return currentParent(this)?.refer();
  }

  /** Starts a recording. `parent` is how it names the call or step that it happens in. */
  record<Entry extends TapeEntry>(
    startedAt: number,
    parent: string | undefined,
    recording: Recording<Entry>,
  ): void {
    const at = Math.max(0, startedAt - this.host.tape.begin(startedAt));
    const { last: after } = this;
    let clean: Entry | undefined;
    this.add({
      startedAt,
      after,
      get isDone() {
        return recording.isDone;
      },
      entry: () => {
        if (recording.isVoid === true) return undefined;
        clean ??= defined(this.host.redactor.redactEntry(recording.entry({ at, parent }))) as Entry;
        const id = recording.id?.();
        return id === undefined ? clean : { ...clean, id };
      },
    });
  }

  /** Adds a recording that knows its place. */
  add(recording: StartedRecording): void {
    this.#started.push(recording);
  }

  /** Returns what was recorded by now, in the order in which it began; of two at once, a call before its request. */
  finished(): readonly Addition[] {
    return this.#started
      .filter(({ isDone }) => isDone)
      .sort((a, b) => a.startedAt - b.startedAt)
      .flatMap((recording) => {
        const entry = recording.entry();
        return entry === undefined ? [] : [{ entry, after: recording.after ?? this.#first }];
      });
  }

  /**
   * The place of what began before anything was played. If nothing ever was, it is unknown: the end keeps the diff small, on
   * a tape of several tests that of the test's own part.
   */
  get #first(): Addition["after"] {
    const { label } = this.host;
    if (this.last !== undefined) return "start";
    return this.entries.findLast(({ test }) => test !== undefined && test === label) ?? "end";
  }
}
