import { basename, dirname, posix } from "node:path";
import { CassetteError } from "../cassette/errors.ts";
import type { Frozen, Interaction, Tape } from "../cassette/model.ts";
import { parseTape, renderTape, withInteractions } from "../format/index.ts";
import type { Environment } from "../modes/environment.ts";
import { decideAge, formatAge } from "../modes/max-age.ts";
import type { ResolvedOptions } from "../modes/options.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { CassetteStore } from "../storage/cassette-store.ts";
import { describeInteraction } from "./describe-interaction.ts";
import { type Addition, mergeRecordings } from "./merge.ts";
import { VERSION } from "./version.ts";

/** A tape as a session finds it. */
export interface OpenedTape {
  /** `undefined` where there is no file, and where the old one is about to be replaced unread. */
  readonly tape: Tape | undefined;
  readonly exists: boolean;
  /** The tape is too old, and `stale: 'record'` wants it recorded anew. */
  readonly recordAnew: boolean;
  readonly warnings: readonly string[];
}

/** Which tape is opened, and what decides whether it may be played. */
export interface OpenRequest {
  /** Absolute path. */
  readonly file: string;
  readonly shownFile: string;
  readonly options: Pick<ResolvedOptions, "maxAge" | "stale">;
  readonly environment: Environment;
  readonly recordCommand: string;
}

/** What one session has recorded. */
export interface Recording {
  readonly file: string;
  readonly shownFile: string;
  /** Who recorded it; a later recording of the same owner takes the place of this one. */
  readonly owner: string;
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
  /** Where it was written. */
  readonly kept: "in-place" | "beside" | "first-of-a-failed-test";
  /** As messages show it. */
  readonly shownFile: string;
}

/** The tapes of one worker: read once, written whole. */
export class TapeShelf {
  readonly #store: CassetteStore;
  /** Milliseconds since the epoch. */
  readonly #runStarted: number;
  /** What each owner has recorded into each file in this run, in the order of their first recording. */
  readonly #recorded = new Map<string, Map<string, readonly Interaction[]>>();
  /** Of each file that several tests record into: what all of them are frozen at. */
  readonly #frozen = new Map<string, Frozen>();

  readonly #maxTapeBytes: number;

  constructor(store: CassetteStore, run: { readonly runStarted: number; readonly maxTapeBytes: number }) {
    this.#store = store;
    this.#runStarted = run.runStarted;
    this.#maxTapeBytes = run.maxTapeBytes;
  }

  /**
   * @throws TapeError for a tape that cannot be read, CassetteError `CASSETTE_STALE` for one that is too old
   */
  open({ file, shownFile, options, environment, recordCommand }: OpenRequest): OpenedTape {
    const exists = this.#store.exists(file);
    // A tape that is replaced as a whole may be broken: that may be why it is recorded anew.
    if (!exists || environment.record === "all") {
      return { tape: undefined, exists, recordAnew: false, warnings: [] };
    }
    const tape = this.#load(file, shownFile);
    const decision = decideAge({
      recordedAt: tape?.recorded?.at,
      now: realTime(),
      maxAge: options.maxAge,
      stale: options.stale,
      recordingRefused: environment.recordingRefused,
    });
    switch (decision.kind) {
      case "fresh":
        return { tape, exists, recordAnew: false, warnings: [] };
      case "record":
        return { tape, exists, recordAnew: true, warnings: [] };
      case "warn":
      case "error": {
        const message = `Cassette ${shownFile} is ${formatAge(decision.age)} old, and maxAge allows ${formatAge(decision.maxAge)}. Record it anew: ${recordCommand}`;
        if (decision.kind === "error") throw new CassetteError("CASSETTE_STALE", message);
        return { tape, exists, recordAnew: false, warnings: [message] };
      }
    }
  }

  /** Another tape, for a look, if `mention` stands in its text; `undefined` too where it cannot be read. */
  peek(file: string, mention: string): Tape | undefined {
    try {
      if (this.#store.read(file)?.includes(mention) !== true) return undefined;
      return this.#store.load(file, (text) => parseTape(text, { file }));
    } catch {
      // Whoever plays it is told what is wrong with it.
      return undefined;
    }
  }

  /**
   * What a test is frozen at that records into a tape together with others: a tape has room for one clock, so
   * whoever comes first in this run sets it.
   */
  frozenAt({ file, shownFile }: Pick<OpenRequest, "file" | "shownFile">, fresh: Frozen): Frozen {
    const frozen =
      this.#frozen.get(file) ?? this.#ofThisRun(this.#readOrNothing({ file, shownFile }))?.frozen ?? fresh;
    this.#frozen.set(file, frozen);
    return frozen;
  }

  /**
   * Writes what was recorded, whole and at once, one writer at a time.
   *
   * @throws CassetteError where it cannot or may not be written; the old tape is whole then
   */
  async save(recording: Recording): Promise<Saved> {
    const { file, owner, redactor } = recording;
    return this.#store.exclusively(file, async () => {
      const own = this.#recorded.get(file) ?? new Map<string, readonly Interaction[]>();
      const onDisk = this.#store.exists(file);
      const text = this.#text(recording, own, onDisk);
      redactor.assertClean(text, recording.shownFile);
      const beside = recording.failed && onDisk && !own.has(owner);
      if (beside) {
        const failed = await this.#store.writeFailed(file, text);
        const shownFile = posix.join(dirname(recording.shownFile), basename(failed));
        return { kept: "beside", shownFile };
      }
      await this.#store.write(file, text);
      await this.#store.removeFailed(file);
      own.set(
        owner,
        recording.additions.map(({ interaction }) => interaction),
      );
      this.#recorded.set(file, own);
      const kept = recording.failed && !onDisk ? "first-of-a-failed-test" : "in-place";
      return { kept, shownFile: recording.shownFile };
    });
  }

  #text(recording: Recording, own: ReadonlyMap<string, readonly Interaction[]>, onDisk: boolean): string {
    const { additions, base } = recording;
    const describe = describeInteraction;
    if (recording.how === "add" && base !== undefined) {
      const current = this.#load(recording.file, recording.shownFile);
      // Somebody else may have added to it meanwhile: nothing of theirs may be lost.
      const merged =
        current === base || current === undefined
          ? mergeRecordings(base.interactions, additions, recording.playedAny)
          : [...current.interactions, ...additions.map(({ interaction }) => interaction)];
      return renderTape(withInteractions(current ?? base, merged), { describe });
    }
    const mine = additions.map(({ interaction }) => interaction);
    const others = [...own]
      .filter(([name]) => name !== recording.owner)
      .map(([, interactions]) => interactions);
    const current = onDisk ? this.#ofThisRun(this.#readOrNothing(recording)) : undefined;
    const foreign = current === undefined ? [] : foreignTo(own, current);
    const interactions = [...foreign, ...others.flat(), ...mine];
    // One of the others may have been frozen, where this one was not.
    const theirs = others.length > 0 ? this.#frozen.get(recording.file) : undefined;
    const frozen = recording.frozen ?? theirs ?? (foreign.length > 0 ? current?.frozen : undefined);
    if (foreign.length > 0) assertOneClock(recording, current?.frozen);
    const tape: Tape = {
      version: 1,
      recorded: { at: recording.startedAt, with: `vitest-cassette ${VERSION}` },
      ...(frozen === undefined ? {} : { frozen }),
      interactions,
    };
    return renderTape(tape, { describe });
  }

  /**
   * The tape, if it was recorded in this very run: `RECORD=1` replaces what was there before the run, and not what
   * another worker has just recorded.
   */
  #ofThisRun(tape: Tape | undefined): Tape | undefined {
    return tape?.recorded !== undefined && Date.parse(tape.recorded.at) >= this.#runStarted
      ? tape
      : undefined;
  }

  #load(file: string, shownFile: string): Tape | undefined {
    const limits = { maxLength: this.#maxTapeBytes };
    return this.#store.load(file, (text) => parseTape(text, { file: shownFile, limits }));
  }

  #readOrNothing({ file, shownFile }: Pick<OpenRequest, "file" | "shownFile">): Tape | undefined {
    try {
      return this.#load(file, shownFile);
    } catch (error) {
      // What was unreadable before is replaced, as it was asked for.
      if (error instanceof CassetteError) return undefined;
      throw error;
    }
  }
}

/** Milliseconds since the epoch, whatever a test has made of `Date`. */
export function realTime(): number {
  return realOrigin + realNow();
}

const realOrigin = performance.timeOrigin;
const realNow = performance.now.bind(performance);

/** What other workers have put onto a tape. */
function foreignTo(
  own: ReadonlyMap<string, readonly Interaction[]>,
  { interactions }: Tape,
): readonly Interaction[] {
  const mine = new Set([...own.values()].flat().map(signature));
  return interactions.filter((interaction) => !mine.has(signature(interaction)));
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

/** Tells recordings apart: no two have the same times. */
function signature({ at, request, response }: Interaction): string {
  return JSON.stringify([at, request.method, request.url, response.timing]);
}
