import { isDeepStrictEqual } from "node:util";
import { CassetteError } from "../cassette/errors.ts";
import type { Tape, TapeEntry } from "../cassette/model.ts";
import { storedBodyOf } from "../cassette/stored-body.ts";
import type { TapeStore } from "./tape-store.ts";
import { fileOfLabel } from "./test-label.ts";

/**
 * Whose tape it is: that of one test, of the tests of one file, or of whoever in this process asks for it by name.
 */
export type TapeWriter =
  | { readonly kind: "test" }
  | { readonly kind: "process" }
  | { readonly kind: "file"; readonly testFile: string };

/** A tape's file, and who may write it. */
export interface TapeFile {
  /** Absolute path. */
  readonly file: string;
  /** Path for messages: relative to the project, with `/`. */
  readonly shownFile: string;
  readonly store: TapeStore;
  readonly writer: TapeWriter;
}

/** Sees to it that only one test file, or one process, records into a tape in a run. */
export class OneWriter {
  readonly #tape: TapeFile;
  /** The state of the file when it was opened, or when we last wrote or checked it. */
  #version: string | undefined;
  /** Whether nobody else had written that state in this run. */
  #isOurs: boolean;

  /** @param version the state of the file when it was opened */
  constructor(tape: TapeFile, version: string | undefined) {
    this.#tape = tape;
    this.#version = version;
    this.#isOurs = tape.writer.kind === "process";
  }

  /**
   * Returns who else has written the tape in this run; `undefined` if nobody has.
   *
   * @param added what recordings are added to: that loses nothing which was there when the tape was opened. `undefined`
   * if they replace the tape.
   */
  rival(added: Tape | undefined): string | undefined {
    const { store, file, writer } = this.#tape;
    if (writer.kind === "test") return undefined;
    const version = store.files.version(file);
    const isChanged = version !== this.#version;
    if (!isChanged && (this.#isOurs || added !== undefined)) return undefined;
    if (writer.kind === "process") return "another process";
    const isOfRun = isChanged || store.wasWrittenInThisRun(file);
    const rival = isOfRun ? this.#otherFile(writer.testFile, added) : undefined;
    if (rival === undefined) this.wrote(version);
    return rival;
  }

  /** Notes that the present state of the file is ours. */
  wrote(version = this.#tape.store.files.version(this.#tape.file)): void {
    this.#version = version;
    this.#isOurs = true;
  }

  /** The error for a tape that somebody else has written. */
  taken(rival: string, keptIn?: string): CassetteError {
    const kept = keptIn === undefined ? "" : `\nThe recordings of this file were kept in ${keptIn}.`;
    return new CassetteError(
      "CASSETTE_TAKEN",
      `Failed to record cassette ${this.#tape.shownFile}: ${rival} has recorded it in this run, too, and only one may.${kept}\n` +
        "Give one of them a cassette of its own name, or record with RECORD=update, one after the other, to keep what the other has recorded.",
    );
  }

  /** Returns another test file whose recordings on the tape are not those that were there `before`. */
  #otherFile(testFile: string, before: Tape | undefined): string | undefined {
    const { store, file, shownFile } = this.#tape;
    const others = (tape: Tape | undefined): readonly TapeEntry[] =>
      tape?.interactions.filter(({ test }) => test !== undefined && fileOfLabel(test) !== testFile) ?? [];
    const [now, then] = [others(store.tryRead(file, shownFile)), others(before)];
    if (isDeepStrictEqual(now.map(withReferences), then.map(withReferences))) return undefined;
    const [first] = now.length > 0 ? now : then;
    return fileOfLabel(first?.test as string);
  }
}

/** An entry with the reference to a body file in place of its bytes: it is compared without reading the file. */
function withReferences(entry: TapeEntry): unknown {
  if (entry.kind !== "request") return entry;
  const body = storedBodyOf(entry.response.chunks);
  if (body === undefined) return entry;
  const { sha256, lengths } = body;
  return { ...entry, response: { ...entry.response, chunks: { sha256, lengths } } };
}
