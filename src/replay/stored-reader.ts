import { Buffer } from "node:buffer";
import type { StoredBody } from "../cassette/stored-body.ts";
import { type BodyReader, ConnectionFailure } from "../interception/exchange.ts";

/** A larger body is read piece by piece while it is played: 16 MiB. */
const MAX_READ_BYTES = 16 * 1024 * 1024;

/** Files that were read to the end and found to hold what their tapes say. */
const verified = new WeakSet<StoredBody>();

/** Whether a body is too large to be read as a whole. */
export function isPlayedInPieces({ bytes }: StoredBody): boolean {
  return bytes > MAX_READ_BYTES;
}

/**
 * Checks a body before the client gets any of it.
 *
 * @throws CassetteError if its file is missing, or holds another body
 */
export async function verifyStored(body: StoredBody): Promise<void> {
  if (verified.has(body)) return;
  for await (const _ of body.pieces());
  verified.add(body);
}

/** Plays a body from its file, with the pace and the end of another body that has as many chunks. */
export class StoredReader implements BodyReader {
  readonly #pace: BodyReader;
  readonly #lengths: readonly number[];
  readonly #pieces: AsyncIterator<Uint8Array>;
  #next = 0;
  #rest: Uint8Array = new Uint8Array();

  constructor(body: StoredBody, pace: BodyReader) {
    this.#pace = pace;
    this.#lengths = body.lengths;
    this.#pieces = body.pieces()[Symbol.asyncIterator]();
  }

  async read(): Promise<Uint8Array | undefined> {
    if ((await this.#pace.read()) === undefined) return undefined;
    const length = this.#lengths[this.#next++] ?? 0;
    try {
      return await this.#take(length);
    } catch (error) {
      // Somebody has changed the file since it was checked.
      throw new ConnectionFailure({ message: (error as Error).message }, error);
    }
  }

  cancel(reason?: unknown): void {
    this.#pace.cancel(reason);
    void this.#pieces.return?.();
  }

  /** The next `length` bytes. */
  async #take(length: number): Promise<Uint8Array> {
    const parts = [this.#rest];
    let bytes = this.#rest.length;
    while (bytes < length) {
      const { value, done } = await this.#pieces.next();
      if (done === true) break;
      parts.push(value);
      bytes += value.length;
    }
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts);
    this.#rest = all.subarray(length);
    // The client may take the buffer away.
    return all.slice(0, length);
  }
}
