import { Buffer } from "node:buffer";
import { CassetteError } from "../cassette/errors.ts";
import { asError } from "../cassette/is-error.ts";
import { type StoredBody, storedChunks } from "../cassette/stored-body.ts";
import type { LocatedFinding } from "../redaction/gate.ts";
import type { PieceScan } from "../redaction/piece-scan.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { BodyWriter } from "../storage/body-writer.ts";

/** Bytes of a binary body that are kept in memory. A longer one goes to its file while it arrives: 4 MiB. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;
/** The same for text, which is searched and changed as a whole, and stays in the tape: 16 MiB. */
const MAX_HELD_TEXT = 16 * 1024 * 1024;

/**
 * The same for bytes that seem to be compressed: 17 MiB. Some random ones pass for Brotli, until its first block has ended,
 * which is no longer than 16 MiB.
 */
const MAX_HELD_COMPRESSED = 17 * 1024 * 1024;

/** What a response says about its body. */
export interface BodyHead {
  readonly contentType: string;
  /** `content-encoding`, if the bytes are still encoded. */
  readonly contentEncoding: string | undefined;
}

/** Why a tape with this body cannot be written. */
export type Refusal =
  | { readonly kind: "secrets"; readonly found: readonly LocatedFinding[] }
  | { readonly kind: "failed"; readonly error: Error };

/** What is known about the chunks of a body that was written while it arrived. */
export interface StreamedFacts {
  readonly body: StoredBody;
  readonly refusal: Refusal | undefined;
  /** The rules by which it was searched. */
  readonly basis: object;
  /** Searches it by other rules. */
  readonly scanBy: (redactor: Redactor) => PieceScan;
}

const facts = new WeakMap<readonly Uint8Array[], StreamedFacts>();

/** `undefined` for a body that was in memory, or comes from a tape. */
export function streamedFacts(chunks: readonly Uint8Array[]): StreamedFacts | undefined {
  return facts.get(chunks);
}

export interface StreamTools {
  readonly redactor: Redactor;
  /** Begins a file for a body. @throws StorageError */
  readonly begin: () => BodyWriter;
}

/** Decides whether a body is written while it arrives: asked after each chunk. */
export class BodyStreaming {
  readonly #tools: StreamTools;
  readonly #head: BodyHead;
  #limit = MAX_HELD_BYTES;

  constructor(tools: StreamTools, head: BodyHead) {
    this.#tools = tools;
    this.#head = head;
    // Only as a whole can it be decoded and searched.
    if (head.contentEncoding !== undefined) this.#limit = Number.POSITIVE_INFINITY;
  }

  /** Returns what takes all further chunks, with those that have arrived; `undefined` while they stay in memory. */
  start(chunks: readonly Uint8Array[], bytes: number): StreamedBody | undefined {
    if (bytes <= this.#limit) return undefined;
    const { redactor, begin } = this.#tools;
    const kind = redactor.scansPieces(Buffer.concat(chunks));
    const next = kind === undefined ? this.#whenWhole(bytes) : kind === "text" ? MAX_HELD_TEXT : 0;
    if (bytes <= next) {
      this.#limit = next;
      return undefined;
    }
    const scanBy = (by: Redactor): PieceScan => by.scanPieces(kind ?? "bytes", this.#head.contentType);
    const streamed = new StreamedBody(begin, scanBy, redactor);
    for (const chunk of chunks) streamed.write(chunk);
    return streamed;
  }

  /** How much of a body to hold that seems to make sense as a whole only. */
  #whenWhole(bytes: number): number {
    return bytes <= MAX_HELD_COMPRESSED ? MAX_HELD_COMPRESSED : Number.POSITIVE_INFINITY;
  }
}

/** A body that is searched and written while it arrives. Never throws: whoever writes the tape gets to know. */
export class StreamedBody {
  readonly #scan: PieceScan;
  readonly #scanBy: StreamedFacts["scanBy"];
  readonly #basis: object;
  readonly #lengths: number[] = [];
  #file: BodyWriter | undefined;
  #refusal: Refusal | undefined;

  constructor(begin: StreamTools["begin"], scanBy: StreamedFacts["scanBy"], redactor: Redactor) {
    this.#scan = scanBy(redactor);
    this.#scanBy = scanBy;
    this.#basis = redactor.basis;
    this.#attempt(() => {
      this.#file = begin();
    });
  }

  /** Takes a copy of a chunk. */
  write(chunk: Uint8Array): void {
    this.#lengths.push(chunk.length);
    if (this.#refusal === undefined) this.#add(() => this.#scan.push(chunk));
  }

  /** Ends the body. Returns its chunks. */
  end(): readonly Uint8Array[] {
    if (this.#refusal === undefined) this.#add(() => this.#scan.end());
    this.#attempt(() => this.#file?.end(this.#lengths));
    const body = this.#file?.body ?? this.#lost();
    const chunks = storedChunks(body);
    facts.set(chunks, { body, refusal: this.#refusal, basis: this.#basis, scanBy: this.#scanBy });
    return chunks;
  }

  #add(next: () => Uint8Array | readonly LocatedFinding[]): void {
    this.#attempt(() => {
      const clean = next();
      if (clean instanceof Uint8Array) {
        if (clean.length > 0) this.#file?.write(clean);
      } else this.#refuse({ kind: "secrets", found: clean });
    });
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#refuse({ kind: "failed", error: asError(error) });
    }
  }

  #refuse(refusal: Refusal): void {
    this.#refusal ??= refusal;
    this.#file?.discard();
    this.#file = undefined;
  }

  #lost(): StoredBody {
    const read = (): never => {
      throw new CassetteError("CASSETTE_BODY_MISSING", "Failed to read a body: it could not be recorded.");
    };
    const bytes = this.#lengths.reduce((sum, length) => sum + length, 0);
    const lengths = this.#lengths;
    return { name: "", bytes, sha256: "", lengths, read, pieces: () => ({ [Symbol.asyncIterator]: read }) };
  }
}
