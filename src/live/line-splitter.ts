import { Buffer } from "node:buffer";

const LINE_FEED = 10;

/**
 * Splits bytes into lines. Each is a text of its own: a piece of a long text would keep all of it in memory, and lines are
 * kept for those who connect late.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #rest: Uint8Array[] = [];
  /** Bytes of the line that has not ended. */
  waiting = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(data: Buffer): void {
    let start = 0;
    for (let end = data.indexOf(LINE_FEED); end !== -1; end = data.indexOf(LINE_FEED, start)) {
      const piece = data.subarray(start, end);
      if (this.#rest.length === 0) this.#onLine(piece.toString());
      else {
        this.#onLine(Buffer.concat([...this.#rest, piece]).toString());
        this.#rest = [];
        this.waiting = 0;
      }
      start = end + 1;
    }
    if (start === data.length) return;
    this.#rest.push(data.subarray(start));
    this.waiting += data.length - start;
  }
}
