import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { createGunzip, gunzipSync } from "node:zlib";
import type { BodyReference, StoredBody } from "../cassette/stored-body.ts";
import { StorageError, shownPath, systemCode, systemReason } from "./storage-error.ts";

/** A body in a compressed file. Its content is checked whenever it is read. */
export class BodyFile implements StoredBody {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly lengths: readonly number[];
  readonly #locate: () => string;

  /** @param locate returns the absolute path, or throws an error that says why the file must not be read */
  constructor({ name, bytes, sha256 }: BodyReference, lengths: readonly number[], locate: () => string) {
    this.name = name;
    this.bytes = bytes;
    this.sha256 = sha256;
    this.lengths = lengths;
    this.#locate = locate;
  }

  read(): Uint8Array {
    const path = this.#locate();
    let body: Uint8Array;
    try {
      body = gunzipSync(readFileSync(path), { maxOutputLength: this.bytes + 1 });
    } catch (error) {
      throw this.#unreadable(path, error);
    }
    this.#verify(path, body.length, createHash("sha256").update(body).digest("hex"));
    return body;
  }

  async *pieces(): AsyncGenerator<Uint8Array, void> {
    const path = this.#locate();
    const file = createReadStream(path);
    const gunzip = createGunzip();
    file.on("error", (error) => gunzip.destroy(error));
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      for await (const piece of file.pipe(gunzip) as AsyncIterable<Uint8Array>) {
        bytes += piece.length;
        hash.update(piece);
        if (bytes > this.bytes) break;
        yield piece;
      }
    } catch (error) {
      throw this.#unreadable(path, error);
    } finally {
      file.destroy();
    }
    this.#verify(path, bytes, hash.digest("hex"));
  }

  /** Reads the whole file, piece by piece. @throws StorageError if it is missing, or holds another body */
  async verify(): Promise<void> {
    for await (const _ of this.pieces());
  }

  #verify(path: string, bytes: number, sha256: string): void {
    if (bytes !== this.bytes) throw this.#changed(path, `it does not hold ${this.bytes} bytes`);
    if (sha256 !== this.sha256) throw this.#changed(path, "its content has another SHA-256");
  }

  #unreadable(path: string, error: unknown): StorageError {
    if (error instanceof StorageError) return error;
    const code = systemCode(error);
    if (code === "ENOENT") {
      return new StorageError(
        "CASSETTE_BODY_MISSING",
        path,
        `Failed to read the body file ${shownPath(path)}: it does not exist, and a cassette refers to it.\nRestore it (git checkout), or re-record the cassette with RECORD=1.`,
        { cause: error },
      );
    }
    if (code === "ERR_BUFFER_TOO_LARGE") return this.#changed(path, `it does not hold ${this.bytes} bytes`);
    if (code?.startsWith("Z_")) return this.#changed(path, `it is not whole gzip (${systemReason(error)})`);
    return new StorageError(
      "CASSETTE_READ_FAILED",
      path,
      `Failed to read the body file ${shownPath(path)}: ${systemReason(error)}.`,
      { cause: error },
    );
  }

  #changed(path: string, why: string): StorageError {
    return new StorageError(
      "CASSETTE_BODY_CHANGED",
      path,
      `Failed to read the body file ${shownPath(path)}: it is not the file that its cassette refers to, because ${why}.\nRestore it (git checkout), or re-record the cassette with RECORD=1.`,
    );
  }
}
