import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { removeAbandoned, writeAtomically, writeError } from "./atomic-write.ts";
import type { CassetteStore } from "./cassette-store.ts";
import { placeOf } from "./file-place.ts";
import { type LockOptions, withLock } from "./lock.ts";
import { Memo } from "./memo.ts";
import { failedFile } from "./names.ts";
import { StorageError, shownPath, systemCode, systemReason } from "./storage-error.ts";

export interface FileStoreOptions {
  /** Absolute path of the folder of cassettes. Nothing outside it is read or written. */
  readonly folder: string;
  /**
   * Bytes of a file beyond which it is not read.
   *
   * @defaultValue 64 MiB
   */
  readonly maxFileBytes?: number | undefined;
  /**
   * Bytes of files of which `load` keeps what was made.
   *
   * @defaultValue 64 MiB
   */
  readonly maxKeptBytes?: number | undefined;
  readonly lock?: LockOptions | undefined;
}

const MIB = 1024 * 1024;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Cassettes as files in a folder. */
export class FileStore implements CassetteStore {
  readonly #folder: string;
  readonly #maxFileBytes: number;
  readonly #memo: Memo;
  readonly #lock: LockOptions;
  /** Folders that were cleared of what dead processes left. */
  readonly #cleared = new Set<string>();

  constructor(options: FileStoreOptions) {
    this.#folder = options.folder;
    this.#maxFileBytes = options.maxFileBytes ?? 64 * MIB;
    this.#memo = new Memo(options.maxKeptBytes ?? 64 * MIB);
    this.#lock = options.lock ?? {};
  }

  exists(file: string): boolean {
    const { found } = placeOf(this.#folder, file);
    assertFile(file, found);
    return found !== undefined;
  }

  read(file: string): string | undefined {
    return this.#open(file, (_path, descriptor) => decode(file, readFileSync(descriptor)));
  }

  load<T>(file: string, parse: (text: string) => T): T | undefined {
    return this.#open(file, (path, descriptor) => {
      const { mtimeNs, size, ino } = fstatSync(descriptor, { bigint: true });
      const state = { modified: mtimeNs, size: Number(size), inode: ino };
      return this.#memo.get(path, state, () => parse(decode(file, readFileSync(descriptor))));
    });
  }

  async write(file: string, text: string): Promise<void> {
    const size = Buffer.byteLength(text);
    // It could not be read again.
    if (size > this.#maxFileBytes) throw this.#tooLarge("write", file, size);
    const { path } = placeOf(this.#folder, file);
    const folder = dirname(path);
    if (!this.#cleared.has(folder)) {
      this.#cleared.add(folder);
      await removeAbandoned(folder);
    }
    await writeAtomically(path, text);
  }

  async writeFailed(file: string, text: string): Promise<string> {
    const beside = failedFile(file);
    await this.write(beside, text);
    return beside;
  }

  async removeFailed(file: string): Promise<void> {
    const { path } = placeOf(this.#folder, failedFile(file));
    await rm(path, { force: true }).catch((error: unknown) => {
      throw writeError(path, error);
    });
  }

  async move(from: string, to: string): Promise<void> {
    const source = placeOf(this.#folder, from).path;
    const target = placeOf(this.#folder, to).path;
    try {
      await mkdir(dirname(target), { recursive: true });
      await rename(source, target);
    } catch (error) {
      throw writeError(target, error);
    }
  }

  exclusively<T>(file: string, work: () => Promise<T>): Promise<T> {
    return withLock(placeOf(this.#folder, file).path, work, this.#lock);
  }

  /** Opens a regular file of an acceptable size; `undefined` where there is nothing. */
  #open<T>(file: string, use: (path: string, descriptor: number) => T): T | undefined {
    const { path, found } = placeOf(this.#folder, file);
    assertFile(file, found);
    if (found === undefined) return undefined;
    if (found.size > this.#maxFileBytes) throw this.#tooLarge("read", file, found.size);
    let descriptor: number;
    try {
      descriptor = openSync(path, constants.O_RDONLY);
    } catch (error) {
      if (systemCode(error) === "ENOENT") return undefined;
      throw readError(file, `${systemReason(error)}.\nGive permission to read it.`, error);
    }
    try {
      return use(path, descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #tooLarge(verb: "read" | "write", file: string, size: number): StorageError {
    return new StorageError(
      "CASSETTE_FILE_TOO_LARGE",
      file,
      `Failed to ${verb} ${shownPath(file)}: it has ${mebibytes(size)}, more than the ${mebibytes(this.#maxFileBytes)} that maxTapeBytes allows.\n` +
        "Split the test so that each tape holds less, record less of each body with maxBytes, or raise maxTapeBytes in the plugin.",
    );
  }
}

function mebibytes(bytes: number): string {
  return `${Math.round((bytes / MIB) * 10) / 10} MiB`;
}

/** Nothing there is no error: the tape is yet to be recorded. */
function assertFile(file: string, found: Stats | undefined): void {
  if (found === undefined || found.isFile()) return;
  const what = found.isDirectory() ? "it is a folder" : "it is no regular file";
  throw readError(file, `${what}.\nMove it away, and record the tape with RECORD=1.`);
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const why = utf16 ? "it is in UTF-16" : "it is not in UTF-8";
    throw readError(file, `${why}.\nSave it as UTF-8, or record it anew with RECORD=1.`, error);
  }
}

function readError(file: string, why: string, cause?: unknown): StorageError {
  const options = cause === undefined ? undefined : { cause };
  return new StorageError("CASSETTE_READ_FAILED", file, `Failed to read ${shownPath(file)}: ${why}`, options);
}
