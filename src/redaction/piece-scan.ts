import { Buffer, isUtf8 } from "node:buffer";
import { isWholeOnly } from "./decoded-bytes.ts";
import type { LocatedFinding } from "./gate.ts";
import { isBinary } from "./redact-text.ts";

/** Bytes that are searched at once. */
const WINDOW = 256 * 1024;
/** Bytes that are searched again with what follows them. A secret is shorter, with the name of its field. */
const OVERLAP = 64 * 1024;
const LINE_FEED = 0x0a;

/** How a body is searched piece by piece. */
export type PieceKind = "text" | "bytes";

/** Returns how a body that begins like this is searched; `undefined` if it has to be decoded as a whole. */
export function pieceKindOf(head: Uint8Array): PieceKind | undefined {
  if (isBinary(head)) return isWholeOnly(head) ? undefined : "bytes";
  // The last character may be cut.
  return [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, head.length - cut))) ? "text" : undefined;
}

/** Searches a body for secrets while it arrives, and holds back what may be the beginning of one. */
export class PieceScan {
  readonly #find: (window: Buffer) => readonly LocatedFinding[];
  /** Always the same memory: a large body would leave much of it to the garbage collector. */
  #held = Buffer.allocUnsafe(WINDOW + 2 * OVERLAP);
  #length = 0;
  /** How many bytes of `#held` were returned. */
  #returned = 0;

  constructor(find: (window: Buffer) => readonly LocatedFinding[]) {
    this.#find = find;
  }

  /**
   * Takes a copy of bytes.
   *
   * @returns those that hold no secret, whatever follows them, until the next call; or the secrets that were found
   */
  push(bytes: Uint8Array): Uint8Array | readonly LocatedFinding[] {
    this.#hold(bytes);
    return this.#length < WINDOW + OVERLAP ? NOTHING : this.#search(OVERLAP);
  }

  /** The same for what is left at the end. */
  end(): Uint8Array | readonly LocatedFinding[] {
    return this.#search(0);
  }

  #hold(bytes: Uint8Array): void {
    const rest = this.#held.subarray(this.#returned, this.#length);
    const length = rest.length + bytes.length;
    if (length > this.#held.length) this.#held = Buffer.allocUnsafe(length);
    this.#held.set(rest);
    this.#held.set(bytes, rest.length);
    this.#length = length;
    this.#returned = 0;
  }

  #search(overlap: number): Uint8Array | readonly LocatedFinding[] {
    const window = this.#held.subarray(this.#returned, this.#length);
    const found = this.#find(window);
    if (found.length > 0) return found;
    const cut = overlap === 0 ? window.length : lineBefore(window, window.length - overlap);
    this.#returned += cut;
    return window.subarray(0, cut);
  }
}

const NOTHING = new Uint8Array();

/** Events and fields are read as such if they begin a line. */
function lineBefore(window: Buffer, at: number): number {
  const start = window.lastIndexOf(LINE_FEED, at - 1) + 1;
  return start > at - OVERLAP ? start : at;
}
