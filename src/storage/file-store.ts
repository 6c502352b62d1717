import { Buffer } from "node:buffer";
import { readFileSync, type Stats } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TextDecoder } from "node:util";
import type { BodyReference, StoredBody } from "../cassette/stored-body.ts";
import { removeAbandoned, type WhileAlone, writeAtomically, writeError } from "./atomic-write.ts";
import { BodyFile } from "./body-file.ts";
import { BodyWriter } from "./body-writer.ts";
import { placeOf } from "./file-place.ts";
import { failedFile } from "./names.ts";
import { StorageError, shownPath, systemCode, systemReason } from "./storage-error.ts";
import { removeUnusedBodies } from "./unused-bodies.ts";

export interface FileStoreOptions {
  /** Absolute path of the folder of cassettes. Nothing outside it is read or written. */
  readonly folder: string;
  /**
   * Larger files are not read.
   *
   * @defaultValue 64 MiB
   */
  readonly maxFileBytes?: number | undefined;
}

const MIB = 1024 * 1024;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads and writes cassette files: absolute paths inside the folder of cassettes. A missing file is `undefined` or
 * `false`, never an error.
 */
export class FileStore {
  readonly #folder: string;
  readonly #maxFileBytes: number;
  /** Folders that this store has already cleared of temporary files. */
  readonly #cleared = new Set<string>();

  constructor(options: FileStoreOptions) {
    this.#folder = options.folder;
    this.#maxFileBytes = options.maxFileBytes ?? 64 * MIB;
  }

  /** @throws StorageError if something else than a file has that name */
  exists(file: string): boolean {
    const { found } = placeOf(this.#folder, file);
    assertFile(file, found);
    return found !== undefined;
  }

  /** Reads the whole text. */
  read(file: string): string | undefined {
    const { path, found } = placeOf(this.#folder, file);
    assertFile(file, found);
    if (found === undefined) return undefined;
    if (found.size > this.#maxFileBytes) throw this.#tooLarge("read", file, found.size);
    try {
      return decode(file, readFileSync(path));
    } catch (error) {
      if (systemCode(error) === "ENOENT") return undefined;
      if (error instanceof StorageError) throw error;
      throw readError(file, `${systemReason(error)}.\nGrant permission to read it.`, error);
    }
  }

  /** Identifies the present state of the file: it changes whenever somebody writes the file. */
  version(file: string): string | undefined {
    const { found } = placeOf(this.#folder, file);
    return found && `${found.mtimeMs} ${found.ctimeMs} ${found.size} ${found.ino}`;
  }

  /** When the file was written, in milliseconds since the epoch. */
  writtenAt(file: string): number | undefined {
    return placeOf(this.#folder, file).found?.mtimeMs;
  }

  /**
   * Replaces the file as a whole, or leaves it as it was. Removes body files to which no tape refers any more.
   *
   * @param bodies those to which the text refers become part of the tape
   * @param whileAlone what to do just before and after, while no other process replaces the file
   */
  async write(
    file: string,
    text: string,
    bodies: readonly BodyWriter[] = [],
    whileAlone?: WhileAlone,
  ): Promise<void> {
    const size = Buffer.byteLength(text);
    // Nobody could read it again.
    if (size > this.#maxFileBytes) throw this.#tooLarge("write", file, size);
    const { path } = placeOf(this.#folder, file);
    const folder = dirname(path);
    if (!this.#cleared.has(folder)) {
      this.#cleared.add(folder);
      await removeAbandoned(folder);
    }
    try {
      // A tape never refers to a file that is not there.
      for (const each of bodies) {
        if (each.body !== undefined && text.includes(each.body.sha256)) await each.place();
      }
      await writeAtomically(path, text, whileAlone);
    } finally {
      await removeUnusedBodies(path).catch(() => {
        // The tape is what it should be; `check` reports what is left.
      });
    }
  }

  /** Writes `<name>.failed.yaml` beside the file, and returns its path. */
  async writeFailed(file: string, text: string, bodies?: readonly BodyWriter[]): Promise<string> {
    const beside = failedFile(file);
    await this.write(beside, text, bodies);
    return beside;
  }

  /**
   * Begins to write a body of this tape into a file of its own, and adds it to `bodies`.
   *
   * @throws StorageError `CASSETTE_WRITE_FAILED`
   */
  storeBody(file: string, bodies: BodyWriter[]): BodyWriter {
    const body = new BodyWriter(placeOf(this.#folder, file).path);
    bodies.push(body);
    return body;
  }

  /** Returns a body of this tape that is in a file of its own, without reading it. */
  openBody(file: string, reference: BodyReference, lengths: readonly number[]): StoredBody {
    return new BodyFile(reference, lengths, () => {
      const tape = placeOf(this.#folder, file).path;
      return placeOf(this.#folder, join(dirname(tape), reference.name)).path;
    });
  }

  async removeFailed(file: string): Promise<void> {
    const { path } = placeOf(this.#folder, failedFile(file));
    await rm(path, { force: true }).catch((error: unknown) => {
      throw writeError(path, error);
    });
    await removeUnusedBodies(path);
  }

  #tooLarge(verb: "read" | "write", file: string, size: number): StorageError {
    return new StorageError(
      "CASSETTE_FILE_TOO_LARGE",
      file,
      `Failed to ${verb} ${shownPath(file)}: it is ${mebibytes(size)}, and maxTapeBytes allows ${mebibytes(this.#maxFileBytes)}.\n` +
        "Split the test into smaller ones, lower maxBytes to record less of each body, or raise maxTapeBytes in the plugin.",
    );
  }
}

function mebibytes(bytes: number): string {
  return `${Math.round((bytes / MIB) * 10) / 10} MiB`;
}

/** A missing file is no error: its tape is not recorded yet. */
function assertFile(file: string, found: Stats | undefined): void {
  if (found === undefined || found.isFile()) return;
  const what = found.isDirectory() ? "it is a folder" : "it is no regular file";
  throw readError(file, `${what}.\nMove it away, and record the cassette with RECORD=1.`);
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const why = utf16 ? "it is in UTF-16" : "it is not in UTF-8";
    throw readError(file, `${why}.\nSave it as UTF-8, or re-record it with RECORD=1.`, error);
  }
}

function readError(file: string, why: string, cause?: unknown): StorageError {
  const options = cause === undefined ? undefined : { cause };
  return new StorageError("CASSETTE_READ_FAILED", file, `Failed to read ${shownPath(file)}: ${why}`, options);
}
