import { type Embedding, Source, type View } from "./view.ts";

/** The texts of one body that edits are made on: those of its bytes, and those that stand encoded within. */
export class Sources {
  readonly all: Source[] = [];
  /** What of each was opened: its places, and where they begin. */
  readonly #opened = new Map<Source, { readonly places: Set<string>; readonly starts: Set<number> }>();

  open(text: string, rank = 0, embedding?: Embedding): Source {
    const source = new Source(text, rank, embedding);
    this.all.push(source);
    return source;
  }

  /** Opens `text`, which stands encoded in `view`; `undefined` where that was done before. */
  embed(
    view: View,
    start: number,
    end: number,
    text: string,
    encode: (text: string) => string,
  ): Source | undefined {
    const pieces = view.locate(start, end);
    const first = pieces[0];
    if (first === undefined) return undefined;
    // What is put together of pieces that were opened one by one is no text of its own.
    const isOpened = (piece: (typeof pieces)[number]): boolean =>
      this.#opened.get(piece.source)?.starts.has(piece.start) === true;
    if (pieces.length > 1 && pieces.some(isOpened)) return undefined;
    const { source: parent } = first;
    const opened = this.#opened.get(parent) ?? { places: new Set(), starts: new Set() };
    this.#opened.set(parent, opened);
    const place = `${first.start} ${pieces.at(-1)?.end}`;
    if (opened.places.has(place)) return undefined;
    opened.places.add(place);
    opened.starts.add(first.start);
    const rank = parent.rank + (parent.embedding === undefined ? first.start : 0);
    return this.open(text, rank, { view, start, end, encode });
  }
}
