import { basename, dirname, posix } from "node:path";
import { CassetteError } from "../cassette/errors.ts";
import type { Frozen, Tape, TapeEntry } from "../cassette/model.ts";
import { withInteractions } from "../format/index.ts";
import { freshFrozen, frozenOf } from "../freeze/freeze-seed.ts";
import { wallClock } from "../http/real-clock.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { type Addition, mergeRecordings } from "./merge-recordings.ts";
import type { TapeStore } from "./tape-store.ts";
import { fileOfLabel } from "./test-label.ts";
import { VERSION } from "./version.ts";

export interface OpenTapeSettings {
  /** Absolute path. */
  readonly file: string;
  /** Path for messages: relative to the project, with `/`. */
  readonly shownFile: string;
  readonly store: TapeStore;
  /** Whether recordings replace the tape, and are not added to it. */
  readonly replaces: boolean;
  /** Removes secrets from the messages of a tape that cannot be read. */
  readonly redact: (text: string) => string;
  readonly writer: TapeWriter;
  /** Called when nobody uses the tape any more, and it is saved. */
  readonly onReleased: () => void;
}

/**
 * Whose tape it is: that of one test, of the tests of one file, or of whoever in this process asks for it by name.
 */
export type TapeWriter =
  | { readonly kind: "test" }
  | { readonly kind: "process" }
  | { readonly kind: "file"; readonly testFile: string };

/** What one test has recorded. */
export interface Contribution {
  readonly additions: readonly Addition[];
  /** Whether any recording on the tape was played. */
  readonly playedAny: boolean;
  /** The test failed: an old tape stays as it is, and this is kept beside it. */
  readonly failed: boolean;
  readonly redactor: Redactor;
  /** The same for all tests with the same options of redaction. */
  readonly rules: object;
}

/** Where the recordings went. */
export type Saved =
  | { readonly kind: "nothing" | "old-stays" | "in-place" | "first-of-failed-test" }
  /** Beside the old tape: a test failed, or `unkept`, whose old recordings have another frozen clock, did not run. */
  | { readonly kind: "beside"; readonly shownFile: string; readonly unkept: string | undefined };

/** The tests of a file that did not pass, by their labels. */
export interface Unfinished {
  readonly failed: ReadonlySet<string>;
  /** Left out, skipped, or not reached. */
  readonly notRun: ReadonlySet<string>;
}

/**
 * One tape while tests play it and record into it. It has one writer, this: it is read once, and written once, when
 * the last user releases it.
 */
export class OpenTape {
  readonly #settings: OpenTapeSettings;
  /** Whether there was a file. */
  readonly #existed: boolean;
  #version: string | undefined;
  #saving: Promise<unknown> = Promise.resolve();
  #saves = 0;
  #wasToRecord = false;
  readonly #startedAt = wallClock();
  #replaces: boolean;
  #users = 0;
  #old: { readonly tape: Tape | undefined } | undefined;
  /** By contributor. */
  readonly #contributions = new Map<string, Contribution>();
  /** Everything to play; `undefined` if it has to be merged again. */
  #merged: readonly TapeEntry[] | undefined;
  #fresh: Frozen | undefined;
  #assertedOwn = false;
  /** When the first request was sent, by the clock of exchanges. */
  #began: number | undefined;
  /** The old recordings of these tests must not get lost. */
  unfinished: Unfinished = { failed: new Set(), notRun: new Set() };

  /** @throws StorageError if something else than a file has that name */
  static open(settings: OpenTapeSettings): OpenTape {
    const { store, file } = settings;
    return new OpenTape(settings, store.files.exists(file) ? store.files.version(file) : undefined);
  }

  private constructor(settings: OpenTapeSettings, version: string | undefined) {
    this.#settings = settings;
    this.#replaces = settings.replaces;
    this.#version = version;
    this.#existed = version !== undefined;
  }

  get file(): string {
    return this.#settings.file;
  }

  get shownFile(): string {
    return this.#settings.shownFile;
  }

  /** Whether recordings replace the tape. */
  get replaces(): boolean {
    return this.#replaces;
  }

  /** Whether there is something to play: a file, or what an earlier test has recorded. */
  get exists(): boolean {
    return this.#existed || this.recorded.length > 0;
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

  /** What tests have recorded in this run. */
  get recorded(): readonly TapeEntry[] {
    return [...this.#contributions.values()].flatMap(({ additions }) => additions.map(({ entry }) => entry));
  }

  /** What the tape will hold: the recordings of this run, and the old ones unless it replaces them. */
  get interactions(): readonly TapeEntry[] {
    this.#merged ??= this.#merge([...this.#contributions.values()]);
    return this.#merged;
  }

  /** What a cassette plays that never records: under `RECORD=1` what was just recorded, if anything was. */
  get playOnlyInteractions(): readonly TapeEntry[] {
    if (!this.#replaces || this.#contributions.size > 0) return this.interactions;
    return this.old?.interactions ?? NOTHING;
  }

  /** Replaces the tape from now on, because it is too old. */
  startOver(): void {
    if (this.#contributions.size > 0) return;
    this.#replaces = true;
    this.#merged = undefined;
  }

  /**
   * Keeps the tape up to the first entry that `isLast` accepts: recordings are added behind it, and replace the rest.
   * Returns whether there is one.
   */
  keepUntil(isLast: (entry: TapeEntry) => boolean): boolean {
    const { old } = this;
    const last = old?.interactions.findIndex(isLast) ?? -1;
    if (old === undefined || last === -1) return false;
    this.#replaces = false;
    this.#merged = undefined;
    this.#old = { tape: withInteractions(old, Object.freeze(old.interactions.slice(0, last + 1))) };
    return true;
  }

  /** Returns at what a test is frozen that records into the tape, or plays what was recorded in this run. */
  frozenForRecording(): Frozen | undefined {
    const old = this.#replaces ? this.#kept()?.tape : this.old;
    if (old !== undefined) return frozenOf(old);
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
    const { store, file, shownFile, writer } = this.#settings;
    if (this.#assertedOwn || writer.kind !== "file" || !this.#replaces || !this.#existed) return;
    const tape = store.tryRead(file, shownFile);
    if (tape !== undefined && store.wasRecordedInThisRun(tape)) {
      const rival = otherFileOn(tape, writer.testFile);
      if (rival !== undefined) throw taken(shownFile, rival);
    }
    this.#assertedOwn = true;
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
    const { additions, failed } = contribution;
    // A failed test may have failed for it: nobody wants to play a refused connection from now on.
    const kept = failed ? additions.filter(({ entry }) => !isRefusedConnection(entry)) : additions;
    if (kept.length === 0) return;
    this.#contributions.set(contributor, { ...contribution, additions: kept });
    this.#merged = undefined;
  }

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
    // Somebody may use the tape again, and release it, while it is being saved.
    const saving = this.#saving.then(() => this.#save());
    this.#saving = saving.catch(() => {
      // Whoever released the tape gets the error.
    });
    try {
      return await saving;
    } finally {
      this.#saves--;
      if (!this.inUse) this.#settings.onReleased();
    }
  }

  async #save(): Promise<Saved> {
    const all = [...this.#contributions.values()];
    if (all.length === 0) {
      const stays = this.#replaces && this.#existed && this.#wasToRecord;
      return { kind: stays ? "old-stays" : "nothing" };
    }
    const { store, file } = this.#settings;
    const passed = all.filter(({ failed }) => !failed);
    if (!this.#existed) {
      await this.#writeInPlace(all);
      return { kind: passed.length < all.length ? "first-of-failed-test" : "in-place" };
    }
    const kept = this.#kept();
    // A tape has room for one clock.
    const unkept = kept !== undefined && this.#fresh !== undefined ? kept.entries[0]?.test : undefined;
    const allPassed = passed.length === all.length && !(this.#replaces && this.#oldHasFailed());
    if (allPassed && unkept === undefined) {
      await this.#writeInPlace(all, kept);
      await store.files.removeFailed(file);
      return { kind: "in-place" };
    }
    if (!this.#replaces && passed.length > 0) await this.#writeInPlace(passed);
    const beside = await this.#writeBeside(all, unkept === undefined ? kept : undefined);
    return { kind: "beside", shownFile: beside, unkept: allPassed ? unkept : undefined };
  }

  /** Writes the tape. If somebody else has written it since it was opened, keeps all recordings beside it. */
  async #writeInPlace(contributions: readonly Contribution[], kept?: Kept): Promise<void> {
    const { store, file, shownFile } = this.#settings;
    let rival: string | undefined;
    try {
      await store.files.write(file, await this.#render(contributions, kept), () => {
        rival = this.#findRival();
        if (rival !== undefined) throw taken(shownFile, rival);
      });
    } catch (error) {
      if (rival === undefined) throw error;
      const all = [...this.#contributions.values()];
      throw taken(shownFile, rival, await this.#writeBeside(all, kept));
    }
    this.#version = store.files.version(file);
  }

  async #writeBeside(contributions: readonly Contribution[], kept?: Kept): Promise<string> {
    const { store, file, shownFile } = this.#settings;
    const beside = await store.files.writeFailed(file, await this.#render(contributions, kept));
    return posix.join(dirname(shownFile), basename(beside));
  }

  /** Who has written the tape since it was opened. */
  #findRival(): string | undefined {
    const { store, file, shownFile, writer } = this.#settings;
    if (writer.kind === "test" || store.files.version(file) === this.#version) return undefined;
    if (writer.kind === "process") return "another process";
    return otherFileOn(store.tryRead(file, shownFile), writer.testFile, this.#old?.tape);
  }

  /** What stays of a tape that is replaced: the recordings of tests that did not run; `undefined` if there are none. */
  #kept(): Kept | undefined {
    const { notRun } = this.unfinished;
    const tape = this.#replaces && notRun.size > 0 ? this.#tryOld() : undefined;
    const entries = tape?.interactions.filter(({ test }) => test !== undefined && notRun.has(test)) ?? [];
    return tape === undefined || entries.length === 0 ? undefined : { tape, entries };
  }

  #oldHasFailed(): boolean {
    const { failed } = this.unfinished;
    if (failed.size === 0) return false;
    return this.#tryOld()?.interactions.some(({ test }) => test !== undefined && failed.has(test)) ?? false;
  }

  #tryOld(): Tape | undefined {
    const { store, file, shownFile } = this.#settings;
    return this.#existed ? store.tryRead(file, shownFile) : undefined;
  }

  #merge(contributions: readonly Contribution[]): readonly TapeEntry[] {
    let merged = this.#replaces ? NOTHING : (this.old?.interactions ?? NOTHING);
    for (const { additions, playedAny } of contributions) {
      merged = mergeRecordings(merged, additions, playedAny);
    }
    return Object.freeze(merged);
  }

  #render(contributions: readonly Contribution[], kept: Kept | undefined): Promise<string> {
    const { store, shownFile } = this.#settings;
    const recorded = this.#merge(contributions);
    const interactions = kept === undefined ? recorded : replaceRecordings(kept, recorded);
    const old = this.#replaces ? kept?.tape : this.old;
    const tape: Tape =
      old === undefined
        ? {
            version: 1,
            recorded: { at: new Date(this.#startedAt).toISOString(), with: `vitest-cassette ${VERSION}` },
            ...(this.#fresh === undefined ? {} : { frozen: this.#fresh }),
            interactions,
          }
        : withInteractions(old, interactions);
    const redactors = new Map(contributions.map(({ rules, redactor }) => [rules, redactor]));
    return store.render(tape, shownFile, [...redactors.values()]);
  }
}

const NOTHING: readonly TapeEntry[] = Object.freeze([]);

/** Old recordings that stay, and the tape that they are on. */
interface Kept {
  readonly tape: Tape;
  readonly entries: readonly TapeEntry[];
}

/** Puts what each test has recorded in place of its old recordings, and what is new at the end. */
function replaceRecordings({ tape, entries }: Kept, recorded: readonly TapeEntry[]): readonly TapeEntry[] {
  const kept = new Set(entries);
  const byTest = Map.groupBy(recorded, ({ test }) => test);
  const replaced = tape.interactions.flatMap((entry) => {
    if (kept.has(entry)) return [entry];
    const own = byTest.get(entry.test) ?? [];
    byTest.delete(entry.test);
    return own;
  });
  return [...replaced, ...[...byTest.values()].flat()];
}

function isRefusedConnection(entry: TapeEntry): boolean {
  return entry.kind === "request" && entry.response.status === 0 && entry.response.error !== undefined;
}

/** Another test file that has recorded into a tape what was not on it before. */
function otherFileOn(tape: Tape | undefined, testFile: string, before?: Tape): string | undefined {
  const files = ({ interactions }: Tape): readonly string[] =>
    interactions.flatMap(({ test }) => (test === undefined ? [] : [fileOfLabel(test)]));
  const known = new Set(before === undefined ? [] : files(before)).add(testFile);
  return tape && files(tape).find((file) => !known.has(file));
}

function taken(shownFile: string, rival: string, keptIn?: string): CassetteError {
  const kept = keptIn === undefined ? "" : `\nThe recordings of this file were kept in ${keptIn}.`;
  return new CassetteError(
    "CASSETTE_TAKEN",
    `Failed to record cassette ${shownFile}: ${rival} has recorded it in this run, too, and only one may.${kept}\n` +
      "Give one of them a cassette of its own name, or record with RECORD=new, one after the other, to add to it.",
  );
}
