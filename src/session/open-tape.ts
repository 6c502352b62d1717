import type { Frozen, Tape, TapeEntry } from "../cassette/model.ts";
import { withInteractions } from "../format/index.ts";
import { freshFrozen, frozenOf } from "../freeze/freeze-seed.ts";
import { wallClock } from "../http/real-clock.ts";
import type { BodyWriter } from "../storage/body-writer.ts";
import { mergeAll } from "./merge-recordings.ts";
import { OneWriter, type TapeFile } from "./one-writer.ts";
import { type Contribution, keptEntries, type Saved, saveTape, type Unfinished } from "./save-tape.ts";
import type { TapeNote } from "./tape-note.ts";

export interface OpenTapeSettings extends TapeFile {
  /** Whether recordings replace the tape, and are not added to it. */
  readonly replaces: boolean;
  /** Removes secrets from the messages of a tape that cannot be read. */
  readonly redact: (text: string) => string;
  /** Called when nobody uses the tape any more, and it is saved. */
  readonly onReleased: () => void;
}

/**
 * One tape while tests play it and record into it. It has one writer, this: it is read once, and written once, when
 * the last user releases it.
 */
export class OpenTape {
  readonly file: string;
  readonly shownFile: string;
  /** Whether recordings replace the tape. */
  replaces: boolean;
  /** The old recordings of these tests must not get lost. */
  unfinished: Unfinished = { failed: new Set(), notRun: new Set() };
  /** What the summary of the run says about it. */
  note: TapeNote = {};
  readonly #settings: OpenTapeSettings;
  readonly #oneWriter: OneWriter;
  /** Whether there was a file. */
  readonly #existed: boolean;
  readonly #startedAt = wallClock();
  #wasToRecord = false;
  #old: { readonly tape: Tape | undefined } | undefined;
  /** By contributor. */
  readonly #contributions = new Map<string, Contribution>();
  /** Everything to play; `undefined` if it has to be merged again. */
  #merged: readonly TapeEntry[] | undefined;
  #fresh: Frozen | undefined;
  /** When the first request was sent, by the clock of exchanges. */
  #began: number | undefined;
  /** The bodies of recordings that are in files of their own. */
  readonly #bodies: BodyWriter[] = [];
  #users = 0;
  #saves = 0;
  #saving: Promise<unknown> = Promise.resolve();

  /** @throws StorageError if something else than a file has that name */
  static open(settings: OpenTapeSettings): OpenTape {
    const { store, file } = settings;
    const existed = store.files.exists(file);
    return new OpenTape(settings, new OneWriter(settings, store.files.version(file)), existed);
  }

  private constructor(settings: OpenTapeSettings, oneWriter: OneWriter, existed: boolean) {
    this.#settings = settings;
    this.file = settings.file;
    this.shownFile = settings.shownFile;
    this.#oneWriter = oneWriter;
    this.#existed = existed;
    this.replaces = settings.replaces;
  }

  /** Whether there is something to play: a file, or what an earlier test has recorded. */
  get exists(): boolean {
    return this.#existed || this.isRecorded;
  }

  /**
   * The tape as it is on disk.
   *
   * @throws TapeError, StorageError for one that cannot be read
   */
  get old(): Tape | undefined {
    const { store, file, shownFile, redact } = this.#settings;
    this.#old ??= { tape: this.#existed ? store.read(file, shownFile, redact) : undefined };
    return this.#old.tape;
  }

  /** Whether a test has recorded into it in this run. */
  get isRecorded(): boolean {
    return [...this.#contributions.values()].some(({ additions }) => additions.length > 0);
  }

  /** What the tape will hold: the recordings of this run, and the old ones unless it replaces them. */
  get interactions(): readonly TapeEntry[] {
    const old = this.replaces ? undefined : this.old;
    const additions = [...this.#contributions.values()].map((each) => each.additions);
    this.#merged ??= Object.freeze(mergeAll(old?.interactions ?? [], additions));
    return this.#merged;
  }

  /** What a cassette plays that never records: under `RECORD=1` what was just recorded, if anything was. */
  get playOnlyInteractions(): readonly TapeEntry[] {
    if (!this.replaces || this.isRecorded) return this.interactions;
    return this.old?.interactions ?? [];
  }

  /** Replaces the tape from now on, because it is too old. */
  startOver(): void {
    if (this.isRecorded) return;
    this.replaces = true;
    this.#merged = undefined;
  }

  /** Keeps the tape up to this entry: recordings are added behind it, and replace the rest. */
  keepUntil(last: TapeEntry): void {
    const old = this.old as Tape;
    const kept = old.interactions.slice(0, old.interactions.indexOf(last) + 1);
    this.replaces = false;
    this.#merged = undefined;
    this.#old = { tape: withInteractions(old, Object.freeze(kept)) };
  }

  /** Returns at what a test is frozen that records into the tape, or plays what was recorded in this run. */
  frozenForRecording(): Frozen | undefined {
    const save = { old: this.#readable(), replaces: this.replaces, unfinished: this.unfinished };
    const isNew = save.old === undefined || (this.replaces && keptEntries(save).length === 0);
    if (!isNew) return frozenOf(save.old as Tape);
    // A tape has room for one clock: the first test sets it.
    this.#fresh ??= freshFrozen(this.#startedAt);
    return this.#fresh;
  }

  /** Returns when the tape began, by the clock of exchanges: at `sentAt` if this is the first request. */
  begin(sentAt: number): number {
    this.#began ??= sentAt;
    return this.#began;
  }

  /** @throws CassetteError `CASSETTE_TAKEN` if another test file has recorded into the tape in this run */
  assertOwn(): void {
    const rival = this.#oneWriter.rival(this.replaces ? undefined : this.old);
    if (rival !== undefined) throw this.#oneWriter.taken(rival);
  }

  /** Keeps the tape open until the next {@link release}. `toRecord` if every request is to be recorded. */
  use(toRecord = false): void {
    this.#users++;
    this.#wasToRecord ||= toRecord;
  }

  /** Takes back what an earlier attempt of a test has recorded. */
  forget(contributor: string): void {
    if (this.#contributions.delete(contributor)) this.#merged = undefined;
  }

  /** Appends what a test has recorded. */
  append(contributor: string, contribution: Contribution): void {
    const { additions, failed, update } = contribution;
    // A failed test may have failed for it: nobody wants to play a refused connection from now on.
    const kept = failed ? additions.filter(({ entry }) => !isRefusedConnection(entry)) : additions;
    if (kept.length === 0 && update === undefined) return;
    this.#contributions.set(contributor, { ...contribution, additions: kept });
    this.#merged = undefined;
  }

  /** Begins a file for a body. @throws StorageError `CASSETTE_WRITE_FAILED` */
  readonly beginBody = (): BodyWriter => {
    const { store, file } = this.#settings;
    return store.files.storeBody(file, this.#bodies);
  };

  /** Whether somebody uses the tape, or it is being saved. */
  get inUse(): boolean {
    return this.#users > 0 || this.#saves > 0;
  }

  /**
   * Ends a use. The last one saves.
   *
   * @returns where the recordings went; `undefined` while others use the tape
   * @throws CassetteError if it cannot be written; the old tape is intact then
   */
  async release(): Promise<Saved | undefined> {
    this.#users--;
    if (this.#users > 0) return undefined;
    this.#saves++;
    // Somebody may use it again, and let go, while it is being saved.
    const saving = this.#saving.then(() => this.#save());
    this.#saving = saving.catch(() => {
      // Whoever let go gets the error.
    });
    try {
      return await saving;
    } finally {
      this.#saves--;
      if (!this.inUse) this.#settings.onReleased();
    }
  }

  async #save(): Promise<Saved> {
    try {
      return await this.#write();
    } finally {
      // The tape does not refer to those that have no name yet.
      for (const body of this.#bodies.splice(0)) body.discard();
    }
  }

  async #write(): Promise<Saved> {
    if (this.#contributions.size === 0) {
      const stays = this.replaces && this.#existed && this.#wasToRecord;
      return { kind: stays ? "old-stays" : "nothing" };
    }
    return saveTape({
      tape: this.#settings,
      bodies: this.#bodies,
      beginBody: this.beginBody,
      oneWriter: this.#oneWriter,
      old: this.#readable(),
      existed: this.#existed,
      note: this.note,
      replaces: this.replaces,
      contributions: [...this.#contributions.values()],
      unfinished: this.unfinished,
      fresh: this.#fresh,
      startedAt: this.#startedAt,
    });
  }

  /** The old tape. One that is replaced need not be readable. */
  #readable(): Tape | undefined {
    const { store, file, shownFile } = this.#settings;
    if (!this.replaces) return this.old;
    return this.#existed ? store.tryRead(file, shownFile) : undefined;
  }
}

function isRefusedConnection(entry: TapeEntry): boolean {
  return entry.kind === "request" && entry.response.status === 0 && entry.response.error !== undefined;
}
