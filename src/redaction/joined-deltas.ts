import type { JsonPlace } from "./json-container.ts";
import { firstAfter, type Place } from "./nested-text.ts";
import type { TextStrings } from "./text-strings.ts";

/** The strings at one place of all events. */
interface Channel {
  readonly name: string;
  /** Whether they differ: a name that every event repeats is not a piece of a text. */
  varies: boolean;
  /** Whether each begins with the one before: then each event repeats the whole text so far. */
  grows: boolean;
  last: string;
  readonly deltas: number[];
}

/** A shorter string says too little of a secret. */
const LONGER = 10;

/** Texts of a stream, joined in order. */
export class JoinedText {
  readonly text: string;
  /** The numbers of the strings. */
  readonly deltas: readonly number[];
  readonly #strings: TextStrings;
  readonly #ends: number[] = [];

  constructor(strings: TextStrings, texts: readonly string[], groups: readonly (readonly number[])[]) {
    this.#strings = strings;
    this.deltas = groups.flat();
    this.text = groups.map((deltas) => deltas.map((delta) => texts[delta]).join("")).join("\0");
    let end = -1;
    for (const deltas of groups) {
      end++;
      for (const delta of deltas) {
        end += (texts[delta] as string).length;
        this.#ends.push(end);
      }
    }
  }

  /** The parts of the strings that make up a stretch. */
  places(start: number, end: number): readonly Place[] {
    const places: Place[] = [];
    let from = start;
    for (let at = this.#at(start); at < this.#ends.length && from < end; at++) {
      const node = this.#strings.node(this.deltas[at] as number);
      const stop = this.#ends[at] as number;
      const shift = stop - node.text.length;
      // Between two groups is a NUL.
      from = Math.max(from, shift);
      if (from < end) places.push({ node, start: from - shift, end: Math.min(end, stop) - shift });
      from = stop;
    }
    return places;
  }

  /** Where the character at `offset` is in the text that the strings are from. */
  origin(offset: number): number {
    const at = this.#at(offset);
    const delta = this.deltas[at];
    if (delta === undefined) return 0;
    const start = (this.#ends[at] as number) - this.#strings.text(delta).length;
    return (this.#strings.starts[delta] as number) + offset - start;
  }

  #at(offset: number): number {
    return firstAfter(this.#ends.length, (at) => this.#ends[at] as number, offset);
  }
}

/**
 * The strings of a stream, joined over its events as a client joins them: the pieces of an answer, of a tool's
 * arguments, of reasoning. Every provider has its own rules for which pieces belong together, so all that could be are
 * tried: those of one name, of one place, of one place and index, of one id besides.
 */
export class JoinedDeltas {
  readonly #strings: TextStrings;
  readonly #texts: string[] = [];
  readonly #channels = new Map<JsonPlace, Channel>();
  #parts: readonly (readonly (readonly number[])[])[] | undefined;

  constructor(strings: TextStrings) {
    this.#strings = strings;
    for (let delta = 0; delta < strings.count; delta++) {
      const text = strings.kind(delta) === "scalar" ? "" : strings.text(delta);
      this.#texts.push(text === "" ? "" : this.#add(delta, text));
    }
  }

  /** Returns the text, as the same object if it is the same as the last one: it needs no more memory. */
  #add(delta: number, text: string): string {
    const place = this.#strings.place(delta);
    const channel = this.#channels.get(place);
    if (channel === undefined) {
      const varies = this.#strings.kind(delta) === "event";
      this.#channels.set(place, { name: place.name, varies, grows: !varies, last: text, deltas: [delta] });
      return text;
    }
    channel.deltas.push(delta);
    if (text === channel.last) return channel.last;
    channel.varies = true;
    channel.grows &&= text.startsWith(channel.last);
    channel.last = text;
    return text;
  }

  /** One text for each way in which pieces may belong together, with all that they come to in it. */
  ways(): readonly JoinedText[] {
    const ofPlaces = this.#varying().map(({ deltas }) => deltas);
    const ofMarks = this.#ofMarks();
    const ofIds = ofMarks.flatMap((parts) => parts.map((part) => split(part, this.#idsOf)));
    const ways = [
      this.#ofNames(),
      ofPlaces,
      // A finer grouping adds nothing if it does not split a group.
      ofMarks.filter(({ length }) => length > 1).flat(),
      ofIds.filter(({ length }) => length > 1).flat(),
    ];
    return ways.flatMap((groups) => {
      const several = groups.filter(({ length }) => length > 1);
      return several.length === 0 ? [] : [new JoinedText(this.#strings, this.#texts, several)];
    });
  }

  /** What each stream says as a whole: the pieces of one place and index, or of one id if all have one. */
  texts(): readonly JoinedText[] {
    return this.#ofMarks()
      .flat()
      .flatMap((deltas) => {
        if (deltas.some((delta) => this.#idsOf(delta) === "")) return [deltas];
        const parts = split(deltas, this.#idsOf);
        // An id that is new in every event tells nothing apart.
        return parts.some(({ length }) => length > 1) ? parts : [deltas];
      })
      .filter(({ length }) => length > 1)
      .map((deltas) => new JoinedText(this.#strings, this.#texts, [deltas]));
  }

  /** Strings that may end inside a secret: some providers repeat the whole text so far in every event. */
  longer(): readonly number[] {
    // A stream may break off after its first event.
    return [...this.#channels.values()]
      .filter(({ varies, deltas }) => varies || deltas.length === 1)
      .flatMap(({ deltas }) => deltas.filter((delta) => (this.#texts[delta] as string).length >= LONGER));
  }

  /** Channels whose strings are pieces. */
  #varying(): readonly Channel[] {
    return [...this.#channels.values()].filter(({ varies, grows }) => varies && !grows);
  }

  /** The strings of each place, by what keeps one stream apart from another. */
  #ofMarks(): readonly (readonly (readonly number[])[])[] {
    this.#parts ??= this.#varying().map(({ deltas }) => split(deltas, this.#marksOf));
    return this.#parts;
  }

  /** The strings of one name at several places: a block's first piece is often not where its others are. */
  #ofNames(): readonly (readonly number[])[] {
    const channels = [...this.#channels.values()].filter(
      ({ varies, grows, deltas }) => (varies && !grows) || deltas.length === 1,
    );
    return [...Map.groupBy(channels, ({ name }) => name).values()]
      .filter(({ length }) => length > 1)
      .map((same) => same.flatMap(({ deltas }) => deltas).sort((a, b) => a - b));
  }

  readonly #marksOf = (delta: number): string => {
    const marks = this.#strings.container(delta)?.neighbors.marks ?? "";
    const position = this.#strings.position(delta);
    return position < 0 ? marks : `${marks}[${position}]`;
  };

  readonly #idsOf = (delta: number): string => this.#strings.container(delta)?.neighbors.ids ?? "";
}

function split<T>(items: readonly T[], by: (item: T) => string): readonly (readonly T[])[] {
  return [...Map.groupBy(items, by).values()];
}
