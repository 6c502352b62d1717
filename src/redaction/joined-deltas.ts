import { JsonString } from "./json-strings.ts";
import { firstEndingAfter, type NestedText, type Place } from "./nested-text.ts";

/** The strings at one place of all events. */
interface Channel {
  readonly name: string;
  /** Whether they differ: a name that every event repeats is not a piece of a text. */
  varies: boolean;
  /** Whether each begins with the one before: then each event repeats the whole text so far. */
  grows: boolean;
  readonly deltas: NestedText[];
}

/** A shorter string says too little of a secret. */
const LONGER = 10;

/** Texts of a stream, joined in order. */
export class JoinedText {
  readonly text: string;
  readonly #groups: readonly (readonly NestedText[])[];
  #pieces: readonly Place[] | undefined;

  constructor(groups: readonly (readonly NestedText[])[]) {
    this.text = groups.map((pieces) => pieces.map(({ text }) => text).join("")).join("\0");
    this.#groups = groups;
  }

  /** Where each is. Most hold no secret, and are not asked. */
  get pieces(): readonly Place[] {
    let end = -1;
    this.#pieces ??= this.#groups.flatMap((pieces) => {
      end++;
      return pieces.map((node) => {
        end += node.text.length;
        return { node, start: end - node.text.length, end };
      });
    });
    return this.#pieces;
  }

  /** Marks the texts as pieces of this one. */
  mark(): void {
    for (const pieces of this.#groups) for (const piece of pieces) piece.isPiece = true;
  }

  /** The parts of the pieces that make up a stretch. */
  places(start: number, end: number): readonly Place[] {
    const places: Place[] = [];
    for (let index = firstEndingAfter(this.pieces, start); index < this.pieces.length; index++) {
      const piece = this.pieces[index] as Place;
      if (piece.start >= end) break;
      const from = Math.max(start, piece.start) - piece.start;
      places.push({ node: piece.node, start: from, end: Math.min(end, piece.end) - piece.start });
    }
    return places;
  }

  /** Where the character at `offset` is in the text that the pieces are from. */
  origin(offset: number): number {
    const piece = this.pieces[firstEndingAfter(this.pieces, offset)];
    return piece === undefined ? 0 : piece.node.offset + offset - piece.start;
  }
}

/**
 * The strings of a stream, joined over its events as a client joins them: the pieces of an answer, of a tool's
 * arguments, of reasoning. Every provider has its own rules for which pieces belong together, so all that could be are
 * tried: those of one name, of one place, of one place and index, of one id besides.
 */
export class JoinedDeltas {
  readonly #channels: readonly Channel[];
  #parts: readonly (readonly (readonly NestedText[])[])[] | undefined;

  /** @param texts the strings of all events, and events that are plain text */
  constructor(texts: readonly NestedText[]) {
    const channels = new Map<unknown, Channel>();
    for (const delta of texts) {
      const json = delta instanceof JsonString ? delta : undefined;
      if (json?.isScalar || delta.start === delta.end) continue;
      const place = json?.place;
      const channel = channels.get(place);
      if (channel === undefined) {
        const varies = json === undefined;
        channels.set(place, { name: place?.name ?? "", varies, grows: !varies, deltas: [delta] });
        continue;
      }
      const last = (channel.deltas.at(-1) as NestedText).text;
      channel.varies ||= delta.text !== last;
      channel.grows &&= delta.text.startsWith(last);
      channel.deltas.push(delta);
    }
    this.#channels = [...channels.values()];
  }

  /** One text for each way in which pieces may belong together, with all that they come to in it. */
  ways(): readonly JoinedText[] {
    const ofPlaces = this.#varying().map(({ deltas }) => deltas);
    const ofMarks = this.#ofMarks();
    const ofIds = ofMarks.flatMap((parts) => parts.map((part) => split(part, idsOf)));
    const ways = [
      this.#ofNames(),
      ofPlaces,
      // A finer grouping adds nothing if it does not split a group.
      ofMarks.filter(({ length }) => length > 1).flat(),
      ofIds.filter(({ length }) => length > 1).flat(),
    ];
    return ways.flatMap((groups) => {
      const several = groups.filter(({ length }) => length > 1);
      return several.length === 0 ? [] : [new JoinedText(several)];
    });
  }

  /** What each stream says as a whole: the pieces of one place and index, or of one id if all have one. */
  texts(): readonly JoinedText[] {
    return this.#ofMarks()
      .flat()
      .flatMap((deltas) => {
        if (deltas.some((delta) => idsOf(delta) === "")) return [deltas];
        const parts = split(deltas, idsOf);
        // An id that is new in every event tells nothing apart.
        return parts.some(({ length }) => length > 1) ? parts : [deltas];
      })
      .filter(({ length }) => length > 1)
      .map((deltas) => new JoinedText([deltas]));
  }

  /** Strings that may end inside a secret: some providers repeat the whole text so far in every event. */
  longer(): readonly NestedText[] {
    // A stream may break off after its first event.
    return this.#channels
      .filter(({ varies, deltas }) => varies || deltas.length === 1)
      .flatMap(({ deltas }) => deltas.filter(({ text }) => text.length >= LONGER));
  }

  /** Channels whose strings are pieces. */
  #varying(): readonly Channel[] {
    return this.#channels.filter(({ varies, grows }) => varies && !grows);
  }

  /** The strings of each place, by what keeps one stream apart from another. */
  #ofMarks(): readonly (readonly (readonly NestedText[])[])[] {
    this.#parts ??= this.#varying().map(({ deltas }) => split(deltas, marksOf));
    return this.#parts;
  }

  /** The strings of one name at several places: a block's first piece is often not where its others are. */
  #ofNames(): readonly (readonly NestedText[])[] {
    const channels = this.#channels.filter(
      ({ varies, grows, deltas }) => (varies && !grows) || deltas.length === 1,
    );
    return [...Map.groupBy(channels, ({ name }) => name).values()]
      .filter(({ length }) => length > 1)
      .map((same) => same.flatMap(({ deltas }) => deltas).sort((a, b) => a.start - b.start));
  }
}

function marksOf(delta: NestedText): string {
  if (!(delta instanceof JsonString)) return "";
  const marks = delta.container?.neighbors.marks ?? "";
  return delta.position < 0 ? marks : `${marks}[${delta.position}]`;
}

function idsOf(delta: NestedText): string {
  return (delta instanceof JsonString && delta.container?.neighbors.ids) || "";
}

function split<T>(items: readonly T[], by: (item: T) => string): readonly (readonly T[])[] {
  return [...Map.groupBy(items, by).values()];
}
