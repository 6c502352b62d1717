import { hash } from "node:crypto";
import { basename, dirname, posix } from "node:path";
import { CassetteError } from "../cassette/errors.ts";
import type { Frozen, Interaction, Tape } from "../cassette/model.ts";
import { placesIn, renderTape, withInteractions } from "../format/index.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { CassetteStore } from "../storage/cassette-store.ts";
import { failedFile } from "../storage/names.ts";
import { describeInteraction } from "./describe-interaction.ts";
import { type Addition, mergeRecordings } from "./merge.ts";
import { VERSION } from "./version.ts";

/** What one session has recorded. */
export interface Recording {
  readonly file: string;
  readonly shownFile: string;
  /** Who recorded it; a later recording of the same owner takes the place of this one. */
  readonly owner: string;
  /** Whether an interaction that another worker has put onto the tape in this run is of the same test. */
  readonly isOwn: (interaction: Interaction) => boolean;
  /** `replace`: the tape is made anew; `add`: what is on it stays. */
  readonly how: "replace" | "add";
  readonly additions: readonly Addition[];
  /** The tape that was open, for `add`. */
  readonly base: Tape | undefined;
  readonly playedAny: boolean;
  /** ISO 8601 instant at which the recording began. */
  readonly startedAt: string;
  readonly frozen: Frozen | undefined;
  /** The test failed: an old tape is left alone, and this is kept beside it. */
  readonly failed: boolean;
  readonly redactor: Redactor;
}

export interface Saved {
  /**
   * Where it was written; `beside-with-others`: beside, since another test failed that recorded into the same
   * tape.
   */
  readonly kept: "in-place" | "beside" | "beside-with-others" | "first-of-a-failed-test";
  /** As messages show it. */
  readonly shownFile: string;
}

/** What of the disk a {@link TapeRun} needs. */
export interface TapeDisk {
  readonly store: CassetteStore;
  /** @throws TapeError for a tape that cannot be read */
  load(file: string, shownFile: string): Tape | undefined;
  /** `undefined` too for a tape that cannot be read. */
  readOrNothing(file: string, shownFile: string): Tape | undefined;
  /** The tape, if it was recorded in this very run. */
  ofThisRun(tape: Tape | undefined): Tape | undefined;
}

interface Own {
  readonly interactions: readonly Interaction[];
  readonly failed: boolean;
}

/**
 * One tape as the tests of one worker record into it in one run. While one of them has failed, the old tape
 * stays as it was before the run, and what all of them recorded is kept beside it.
 */
export class TapeRun {
  readonly #disk: TapeDisk;
  /** What each owner has recorded, in the order of their first recording. */
  readonly #own = new Map<string, Own>();
  /** By owner, the digest of the tape's text when their recording began. */
  readonly #begun = new Map<string, string | undefined>();
  /** What owners have recorded who then began anew, since they had failed or replace the tape. */
  readonly #superseded = new Set<string>();
  /** What all of them are frozen at: a tape has room for one clock. */
  frozen: Frozen | undefined;
  /** Whether the tape was too old, and is being recorded anew for that. */
  wasStale = false;
  /** Whether there was a tape when the first of them was done. */
  #hadOld: boolean | undefined;
  #oldText: string | undefined;
  /** What was put in the old one's place. */
  #writtenText: string | undefined;

  constructor(disk: TapeDisk) {
    this.#disk = disk;
  }

  /** Takes note of what is there when a recording begins: if that changes until its end, somebody else records too. */
  begin(file: string, owner: string): void {
    this.#begun.set(owner, digest(readText(this.#disk.store, file)));
  }

  /** The tape without what a failed attempt of `owner` put onto it, since each attempt starts anew. */
  withoutFailedAttempt(tape: Tape, owner: string): Tape {
    const own = this.#own.get(owner);
    if (own?.failed !== true) return tape;
    const mine = new Set(own.interactions.map(signature));
    return withInteractions(
      tape,
      tape.interactions.filter((each) => !mine.has(signature(each))),
    );
  }

  /**
   * Writes a recording; to be called by one writer at a time.
   *
   * @throws CassetteError where it cannot or may not be written; the old tape is whole then
   */
  async save(recording: Recording): Promise<Saved> {
    const { file, owner, shownFile, failed, additions } = recording;
    const { store } = this.#disk;
    const isFirst = !store.exists(file);
    this.#hadOld ??= !isFirst;
    const before = this.#own.get(owner);
    const startsAnew = before?.failed === true || recording.how === "replace";
    if (startsAnew) for (const each of before?.interactions ?? []) this.#superseded.add(signature(each));
    this.#own.set(owner, { interactions: additions.map(({ interaction }) => interaction), failed });
    try {
      const { base, how } = recording;
      const beside =
        how === "add" && base !== undefined
          ? await this.#add(recording, base)
          : await this.#replace(recording);
      if (beside !== undefined) {
        const shown = posix.join(dirname(shownFile), basename(beside));
        return { kept: failed ? "beside" : "beside-with-others", shownFile: shown };
      }
      return { kept: failed && isFirst ? "first-of-a-failed-test" : "in-place", shownFile };
    } catch (error) {
      // What is not on the disk is not to turn up with the next one's.
      if (before === undefined) this.#own.delete(owner);
      else this.#own.set(owner, before);
      throw error;
    }
  }

  /** @returns the file beside the tape that was written, if it was that one */
  async #replace(recording: Recording): Promise<string | undefined> {
    const { file, shownFile, startedAt } = recording;
    const { store } = this.#disk;
    // RECORD=1 replaces what was there before, and not what another worker or process has just recorded.
    const current = this.#disk.readOrNothing(file, shownFile);
    const inPlace = this.#disk.ofThisRun(current) ?? (this.#isOfOthers(recording) ? current : undefined);
    const beside = this.#disk.ofThisRun(this.#disk.readOrNothing(failedFile(file), shownFile));
    const failures = this.#foreign(beside, recording);
    const foreign = distinct([...this.#foreign(inPlace, recording), ...failures]);
    const theirs = inPlace?.frozen ?? beside?.frozen;
    if (foreign.length > 0) assertOneClock(recording, theirs);
    // One of the others may have been frozen, where this one was not.
    const ours = this.#own.size > 1 ? this.frozen : undefined;
    const frozen = recording.frozen ?? ours ?? (foreign.length > 0 ? theirs : undefined);
    const text = this.#text(recording, {
      version: 1,
      recorded: { at: startedAt, with: `vitest-cassette ${VERSION}` },
      ...(frozen === undefined ? {} : { frozen }),
      interactions: [...foreign, ...[...this.#own.values()].flatMap(({ interactions }) => interactions)],
    });

    const anyFailed = failures.length > 0 || [...this.#own.values()].some(({ failed }) => failed);
    if (this.#hadOld && anyFailed) {
      const written = await store.writeFailed(file, text);
      await this.#putBack(file);
      return written;
    }
    await this.#putInPlace(file, text);
    await store.removeFailed(file);
    return undefined;
  }

  /** @returns the file beside the tape that was written, if it was that one */
  async #add(recording: Recording, base: Tape): Promise<string | undefined> {
    const { file, shownFile, additions, playedAny, owner, failed, isOwn } = recording;
    const { store } = this.#disk;
    const known = new Set(base.interactions.map(signature));
    // Somebody else may have added to it meanwhile: nothing of theirs may be lost.
    const current = this.#disk.load(file, shownFile) ?? base;
    const old = current.interactions.filter(
      (each) => known.has(signature(each)) || !(isOwn(each) || this.#superseded.has(signature(each))),
    );
    const merged = mergeRecordings(old, additions, playedAny);
    const text = this.#text(recording, withInteractions(current, merged));
    const failures = [
      ...this.#failuresElsewhere(recording, merged),
      ...[...this.#own].flatMap(([name, own]) => (name !== owner && own.failed ? own.interactions : [])),
    ];
    const withFailures = (): string =>
      failures.length === 0
        ? text
        : this.#text(recording, withInteractions(current, [...merged, ...failures]));
    if (this.#hadOld && failed) return store.writeFailed(file, withFailures());
    await this.#putInPlace(file, text);
    if (this.#hadOld && failures.length > 0) await store.writeFailed(file, withFailures());
    else await store.removeFailed(file);
    return undefined;
  }

  /** What is kept beside the tape of other tests that failed, in another worker or an earlier run. */
  #failuresElsewhere(recording: Recording, merged: readonly Interaction[]): readonly Interaction[] {
    const beside = this.#disk.readOrNothing(failedFile(recording.file), recording.shownFile);
    const here = new Set(merged.map(signature));
    return this.#foreign(beside, recording).filter(
      (each) => each.test !== undefined && !here.has(signature(each)),
    );
  }

  #text({ redactor, shownFile }: Recording, tape: Tape): string {
    const redact = (each: string): string => redactor.redactText(each);
    // A test may have set keys after its cassette was opened.
    const clean = redactor.refresh()
      ? withInteractions(
          tape,
          tape.interactions.map((each) => redactor.redactInteraction(each)),
        )
      : tape;
    const text = renderTape(clean, { describe: (entry, index) => describeInteraction(entry, index, redact) });
    redactor.assertClean(text, shownFile, placesIn);
    return text;
  }

  /** Whether what is in place was put there by somebody else since the recording began. */
  #isOfOthers({ file, owner }: Recording): boolean {
    if (!this.#begun.has(owner)) return false;
    const text = readText(this.#disk.store, file);
    return text !== this.#writtenText && digest(text) !== this.#begun.get(owner);
  }

  /** What other workers have put onto a tape. */
  #foreign(tape: Tape | undefined, { isOwn }: Recording): readonly Interaction[] {
    if (tape === undefined) return [];
    const own = [...this.#own.values()].flatMap(({ interactions }) => interactions.map(signature));
    const known = new Set([...own, ...this.#superseded]);
    return tape.interactions.filter((each) => !isOwn(each) && !known.has(signature(each)));
  }

  async #putInPlace(file: string, text: string): Promise<void> {
    const { store } = this.#disk;
    if (this.#writtenText === undefined) this.#oldText = readText(store, file);
    await store.write(file, text);
    this.#writtenText = text;
  }

  /** Undoes {@link #putInPlace}, unless somebody else has written since. */
  async #putBack(file: string): Promise<void> {
    const { store } = this.#disk;
    if (this.#writtenText === undefined || this.#oldText === undefined) return;
    if (readText(store, file) !== this.#writtenText) return;
    await store.write(file, this.#oldText);
    this.#writtenText = undefined;
  }
}

function digest(text: string | undefined): string | undefined {
  return text && hash("sha256", text, "base64url");
}

/** `undefined` too for what is no text: that is not put back. */
function readText(store: CassetteStore, file: string): string | undefined {
  try {
    return store.read(file);
  } catch (error) {
    if (error instanceof CassetteError) return undefined;
    throw error;
  }
}

/**
 * @throws CassetteError `CASSETTE_FROZEN_APART` where another worker began to record into the tape at the same
 * moment, frozen at another time
 */
function assertOneClock({ frozen, shownFile }: Recording, other: Frozen | undefined): void {
  if (frozen === undefined || other === undefined) return;
  if (frozen.time === other.time && frozen.seed === other.seed) return;
  throw new CassetteError(
    "CASSETTE_FROZEN_APART",
    `Failed to write cassette ${shownFile}: another test recorded into it at the same moment with \`freeze\`, and a tape has room for one clock. ` +
      "Give each test its own cassette, or record them one after the other: --no-file-parallelism.",
  );
}

function distinct(interactions: readonly Interaction[]): readonly Interaction[] {
  return [...new Map(interactions.map((each) => [signature(each), each])).values()];
}

/** Tells recordings apart: no two have the same times. */
function signature({ at, test, request, response }: Interaction): string {
  return JSON.stringify([at, test, request.method, request.url, response.timing]);
}
