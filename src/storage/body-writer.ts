import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { syncFolder, temporaryName, writeError } from "./atomic-write.ts";
import { BodyFile } from "./body-file.ts";
import { bodiesFolder } from "./names.ts";

/** Bytes that are compressed at once: the memory that writing takes. */
const BLOCK = 256 * 1024;
/** Bytes that tell whether a block gets smaller: images and sounds do not, and trying takes most of the time. */
const SAMPLE = 16 * 1024;

/**
 * Writes one body into a temporary file beside its tape. The file is part of the tape once {@link place} has given it
 * its name, which tells its content: recording the same body again changes nothing.
 */
export class BodyWriter {
  readonly #tape: string;
  readonly #temporary: string;
  readonly #file: number;
  readonly #hash = createHash("sha256");
  readonly #block = Buffer.allocUnsafe(BLOCK);
  #blockBytes = 0;
  #bytes = 0;
  #state: "open" | "written" | "gone" = "open";
  /** The file once it has its name. */
  #placed: string | undefined;
  #body: BodyFile | undefined;

  /**
   * @param tape absolute path
   * @throws StorageError `CASSETTE_WRITE_FAILED`
   */
  constructor(tape: string) {
    this.#tape = tape;
    this.#temporary = join(dirname(tape), temporaryName(bodiesFolder(tape)));
    this.#file = this.#attempt(() => {
      mkdirSync(dirname(tape), { recursive: true });
      return openSync(this.#temporary, "wx");
    });
  }

  /** The body, once all of it is written. */
  get body(): BodyFile | undefined {
    return this.#body;
  }

  /** Adds bytes. */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + BLOCK - this.#blockBytes);
      this.#block.set(part, this.#blockBytes);
      this.#blockBytes += part.length;
      at += part.length;
      if (this.#blockBytes === BLOCK) this.#flush();
    }
  }

  /** Ends the body. @param lengths the bytes of its chunks */
  end(lengths: readonly number[]): BodyFile {
    if (this.#blockBytes > 0 || this.#bytes === 0) this.#flush();
    this.#attempt(() => closeSync(this.#file));
    this.#state = "written";
    const sha256 = this.#hash.digest("hex");
    const reference = {
      name: `${bodiesFolder(this.#tape)}/${sha256.slice(0, 16)}.gz`,
      bytes: this.#bytes,
      sha256,
    };
    this.#body = new BodyFile(reference, lengths, () => this.#placed ?? this.#temporary);
    return this.#body;
  }

  /** Gives the file its name. Keeps a file of that name that holds the same body, however it is compressed. */
  async place(): Promise<void> {
    const body = this.#body;
    if (body === undefined || this.#state !== "written") return;
    const path = join(dirname(this.#tape), body.name);
    try {
      if (await isIntact(new BodyFile(body, body.lengths, () => path))) {
        await rm(this.#temporary, { force: true });
      } else {
        await syncFile(this.#temporary);
        await mkdir(dirname(path), { recursive: true });
        await rename(this.#temporary, path);
        await syncFolder(dirname(path));
      }
    } catch (error) {
      throw writeError(path, error);
    }
    this.#placed = path;
    this.#state = "gone";
  }

  /** Removes the temporary file. Does nothing to a file that has its name. */
  discard(): void {
    if (this.#state === "gone") return;
    if (this.#state === "open") closeSync(this.#file);
    this.#state = "gone";
    rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    const plain = this.#block.subarray(0, this.#blockBytes);
    this.#blockBytes = 0;
    this.#bytes += plain.length;
    this.#hash.update(plain);
    // Members of gzip that follow each other are one file of gzip.
    const packed = gzipSync(plain, { level: getsSmaller(plain) ? 6 : 0, chunkSize: 2 * BLOCK });
    // A full disk takes a part and says so.
    for (let at = 0; at < packed.length; ) at += this.#attempt(() => writeSync(this.#file, packed, at));
  }

  #attempt<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw writeError(join(dirname(this.#tape), bodiesFolder(this.#tape)), error);
    }
  }
}

function getsSmaller(block: Buffer): boolean {
  const sample = block.subarray(0, SAMPLE);
  return gzipSync(sample, { level: 1 }).length < sample.length * 0.95;
}

/** Forces a file to the disk. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function isIntact(file: BodyFile): Promise<boolean> {
  try {
    await file.verify();
    return true;
  } catch {
    // It is written again.
    return false;
  }
}
