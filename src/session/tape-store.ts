import { CassetteError } from "../cassette/errors.ts";
import type { Frozen, Tape } from "../cassette/model.ts";
import { parseTape } from "../format/index.ts";
import { wallClock } from "../http/real-clock.ts";
import type { Environment } from "../options/environment.ts";
import { decideAge, formatAge } from "../options/max-age.ts";
import type { ResolvedOptions } from "../options/options.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { CassetteStore } from "../storage/cassette-store.ts";
import { type Recording, type Saved, TapeRun } from "./open-tape.ts";

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
  /** Who opens it: what a failed attempt of theirs has left on it is not there for the next that records. */
  readonly owner: string;
  readonly options: Pick<ResolvedOptions, "mode" | "maxAge" | "stale">;
  readonly environment: Environment;
  readonly recordCommand: string;
  /** For messages. */
  readonly redactor: Pick<Redactor, "redactText">;
}

/** The tapes of one worker: read once, written whole. */
export class TapeShelf {
  readonly #store: CassetteStore;
  /** Milliseconds since the epoch. */
  readonly #runStarted: number;
  /** What was recorded in this run, by file. */
  readonly #runs = new Map<string, TapeRun>();
  readonly #maxTapeBytes: number;

  constructor(store: CassetteStore, run: { readonly runStarted: number; readonly maxTapeBytes: number }) {
    this.#store = store;
    this.#runStarted = run.runStarted;
    this.#maxTapeBytes = run.maxTapeBytes;
  }

  /**
   * @throws TapeError for a tape that cannot be read, CassetteError `CASSETTE_STALE` for one that is too old
   */
  open(request: OpenRequest): OpenedTape {
    const { file, shownFile, owner, options, environment, recordCommand } = request;
    const exists = this.#store.exists(file);
    // A tape that is replaced as a whole may be broken: that may be why it is recorded anew.
    if (!exists || environment.record === "all") {
      this.#runOf(file).begin(file, owner);
      return { tape: undefined, exists, recordAnew: false, warnings: [] };
    }
    const run = this.#runs.get(file);
    const whole = this.#load(file, shownFile, (text) => request.redactor.redactText(text));
    const adds = environment.record === "new" || options.mode === "hybrid";
    const tape = adds && whole ? (run?.withoutFailedAttempt(whole, owner) ?? whole) : whole;
    if (tape?.interactions.length === 0 && tape !== whole) {
      return { tape: undefined, exists: false, recordAnew: false, warnings: [] };
    }
    // What one test has begun to record anew, the others that it belongs to must, too.
    if (run?.wasStale === true) return { tape, exists, recordAnew: true, warnings: [] };
    const decision = decideAge({
      recordedAt: tape?.recorded?.at,
      now: wallClock(),
      maxAge: options.maxAge,
      stale: options.stale,
      recordingRefused: environment.recordingRefused,
    });
    switch (decision.kind) {
      case "fresh":
        return { tape, exists, recordAnew: false, warnings: [] };
      case "record":
        this.#runOf(file).wasStale = true;
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
    const run = this.#runOf(file);
    run.frozen ??= this.#ofThisRun(this.#readOrNothing(file, shownFile))?.frozen ?? fresh;
    return run.frozen;
  }

  /**
   * Writes what was recorded, whole and at once, one writer at a time.
   *
   * @throws CassetteError where it cannot or may not be written; the old tape is whole then
   */
  save(recording: Recording): Promise<Saved> {
    const { file } = recording;
    return this.#store.exclusively(file, () => this.#runOf(file).save(recording));
  }

  #runOf(file: string): TapeRun {
    let run = this.#runs.get(file);
    if (run === undefined) {
      run = new TapeRun({
        store: this.#store,
        load: (...which) => this.#load(...which),
        readOrNothing: (...which) => this.#readOrNothing(...which),
        ofThisRun: (tape) => this.#ofThisRun(tape),
      });
      this.#runs.set(file, run);
    }
    return run;
  }

  #ofThisRun(tape: Tape | undefined): Tape | undefined {
    return tape?.recorded !== undefined && Date.parse(tape.recorded.at) >= this.#runStarted
      ? tape
      : undefined;
  }

  #load(file: string, shownFile: string, redact?: (text: string) => string): Tape | undefined {
    const limits = { maxLength: this.#maxTapeBytes };
    return this.#store.load(file, (text) => {
      const tape = parseTape(text, { file: shownFile, limits, redact });
      // Tests are given this very list, and a later one plays from it.
      Object.freeze(tape.interactions);
      return tape;
    });
  }

  #readOrNothing(file: string, shownFile: string): Tape | undefined {
    try {
      return this.#load(file, shownFile);
    } catch (error) {
      // What was unreadable before is replaced, as it was asked for.
      if (error instanceof CassetteError) return undefined;
      throw error;
    }
  }
}
