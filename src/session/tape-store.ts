import { CassetteError } from "../cassette/errors.ts";
import type { Tape } from "../cassette/model.ts";
import { type OpenBody, parseTape, placesIn, renderTape, withInteractions } from "../format/index.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { BodyWriter } from "../storage/body-writer.ts";
import type { FileStore } from "../storage/file-store.ts";
import { describeEntry } from "./describe-entry.ts";
import { checkStreamedBodies, storeBodies } from "./store-bodies.ts";

export interface TapeStoreOptions {
  readonly maxTapeBytes: number;
  /** Larger binary bodies are in files of their own. */
  readonly maxInlineBytes: number;
  /** When the run began, in milliseconds since the epoch. */
  readonly runStarted: number;
}

/** Reads and writes the tapes of one folder. */
export class TapeStore {
  readonly files: FileStore;
  readonly #options: TapeStoreOptions;

  constructor(files: FileStore, options: TapeStoreOptions) {
    this.files = files;
    this.#options = options;
  }

  /** @throws TapeError for a tape that cannot be read; StorageError for a file that cannot be read */
  read(file: string, shownFile: string, redact?: (text: string) => string): Tape | undefined {
    const text = this.files.read(file);
    if (text === undefined) return undefined;
    const limits = { maxLength: this.#options.maxTapeBytes };
    const openBody: OpenBody = (...body) => this.files.openBody(file, ...body);
    const tape = parseTape(text, { file: shownFile, limits, redact, openBody });
    // Tests get this very list, and later ones play from it.
    Object.freeze(tape.interactions);
    return tape;
  }

  /** Reads a tape; `undefined` also for one that cannot be read. */
  tryRead(file: string, shownFile: string): Tape | undefined {
    try {
      return this.read(file, shownFile);
    } catch (error) {
      if (error instanceof CassetteError) return undefined;
      throw error;
    }
  }

  /** Reads another tape if its text contains `mention`; `undefined` also for one that cannot be read. */
  peek(file: string, mention: string): Tape | undefined {
    try {
      const text = this.files.read(file);
      return text?.includes(mention) === true ? parseTape(text, { file }) : undefined;
    } catch {
      // The test that plays it gets the error.
      return undefined;
    }
  }

  wasWrittenInThisRun(file: string): boolean {
    return (this.files.writtenAt(file) ?? 0) >= this.#options.runStarted;
  }

  /**
   * Renders a tape, and writes its large binary bodies.
   *
   * @param begin begins a file for a body
   * @throws CassetteError if a redactor finds a secret in it
   */
  async render(
    tape: Tape,
    shownFile: string,
    redactors: readonly Redactor[],
    begin: () => BodyWriter,
  ): Promise<string> {
    const redact = (text: string): string => redactors.reduce((rest, each) => each.redactText(rest), text);
    // A test may have set keys after it opened its cassette.
    const refreshed = redactors.filter((redactor) => redactor.refresh());
    const clean = tape.interactions.map((each) =>
      refreshed.reduce((rest, redactor) => redactor.redactEntry(rest), each),
    );
    await checkStreamedBodies(clean, shownFile, redactors);
    const { maxInlineBytes } = this.#options;
    const entries = storeBodies(clean, { maxInlineBytes, redactors, begin });
    const isSame = entries.every((entry, index) => entry === tape.interactions[index]);
    const text = renderTape(isSame ? tape : withInteractions(tape, entries), {
      describe: (each, index) => describeEntry(each, index, redact),
    });
    for (const redactor of redactors) redactor.assertClean(text, shownFile, placesIn, entries);
    return text;
  }
}
