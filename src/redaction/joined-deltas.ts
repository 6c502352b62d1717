import type { JsonPlace } from "./json-container.ts";
import type { NestedText, Place } from "./nested-text.ts";
import { firstEndingAfter } from "./ranges.ts";

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
  /** Where each is. */
  readonly pieces: readonly Place[];

  constructor(groups: readonly (readonly NestedText[])[]) {
    this.text = groups.map((pieces) => pieces.map(({ text }) => text).join("")).join("\0");
    let end = -1;
    this.pieces = groups.flatMap((pieces) => {
      end++;
      return pieces.map((node) => {
        end += node.text.length;
        return { node, start: end - node.text.length, end };
      });
    });
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
}

/**
 * The strings of a stream, joined over its events as a client joins them: the pieces of an answer, of a tool's
 * arguments, of reasoning. Every provider has its own rules for which pieces belong together, so all that could be are
 * tried: those of one name, of one place, of one place and index, of one id besides.
 */
export class JoinedDeltas {
  readonly #channels = new Map<JsonPlace | "text", Channel>();

  /** Adds a string of an event, or an event that is plain text. */
  add(delta: NestedText): void {
    const { text, field } = delta;
    if (text === "") return;
    const key = field?.place ?? "text";
    const channel = this.#channels.get(key);
    if (channel === undefined) {
      const isText = field === undefined;
      this.#channels.set(key, { name: field?.name ?? "", varies: isText, grows: !isText, deltas: [delta] });
      return;
    }
    const last = (channel.deltas.at(-1) as NestedText).text;
    channel.varies ||= text !== last;
    channel.grows &&= text.startsWith(last);
    channel.deltas.push(delta);
  }

  /** One text for each way in which pieces may belong together, with all that they come to in it. */
  ways(): readonly JoinedText[] {
    const ofPlaces = this.#varying().map(({ deltas }) => deltas);
    const ofMarks = ofPlaces.map((deltas) => split(deltas, marksOf));
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
    return this.#varying()
      .flatMap(({ deltas }) => split(deltas, marksOf))
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
    return [...this.#channels.values()]
      .filter(({ varies, deltas }) => varies || deltas.length === 1)
      .flatMap(({ deltas }) => deltas.filter(({ text }) => text.length >= LONGER));
  }

  /** Channels whose strings are pieces. */
  #varying(): readonly Channel[] {
    return [...this.#channels.values()].filter(({ varies, grows }) => varies && !grows);
  }

  /** The strings of one name at several places: a block's first piece is often not where its others are. */
  #ofNames(): readonly (readonly NestedText[])[] {
    const channels = [...this.#channels.values()].filter(
      ({ varies, grows, deltas }) => (varies && !grows) || deltas.length === 1,
    );
    return [...Map.groupBy(channels, ({ name }) => name).values()]
      .filter(({ length }) => length > 1)
      .map((same) => same.flatMap(({ deltas }) => deltas).sort((a, b) => a.offset - b.offset));
  }
}

function split(
  deltas: readonly NestedText[],
  by: (delta: NestedText) => string,
): readonly (readonly NestedText[])[] {
  return [...Map.groupBy(deltas, by).values()];
}

function marksOf({ field }: NestedText): string {
  const marks = field?.container?.neighbors.marks ?? "";
  return field === undefined || field.position < 0 ? marks : `${marks}[${field.position}]`;
}

function idsOf({ field }: NestedText): string {
  return field?.container?.neighbors.ids ?? "";
}
