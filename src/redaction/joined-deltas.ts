import type { JsonPlace } from "./json-container.ts";
import type { JsonString } from "./json-strings.ts";
import { Joined, type View } from "./view.ts";

/** A string of one event, or a whole event that is plain text. */
interface Delta {
  readonly order: number;
  readonly string: JsonString | undefined;
  /** Views of JSON strings are made only if they are needed. */
  view(): View;
}

/** The strings at one place of all events. */
interface Channel {
  readonly name: string;
  /** The first of them, as written. */
  readonly first: string;
  /** Whether they differ: a name that every event repeats is not a piece of a text. */
  varies: boolean;
  /** Whether each begins with the one before: then each event repeats the whole text so far. */
  grows: boolean;
  readonly deltas: Delta[];
}

/** A shorter string says too little of a secret. */
const LONGER = 10;

/**
 * The strings of a stream, joined over its events as a client joins them: the pieces of an answer, of a tool's
 * arguments, of reasoning. Every provider has its own rules for which pieces belong together, so all that could be are
 * tried: those of one name, of one place, of one place and index, of one id besides.
 */
export class JoinedDeltas {
  readonly #channels = new Map<JsonPlace | "text", Channel>();
  #count = 0;

  add(string: JsonString): void {
    if (string.start === string.end) return;
    const delta: Delta = { order: this.#count++, string, view: () => string.content };
    const channel = this.#channels.get(string.place);
    if (channel === undefined) {
      const { name, written } = string;
      this.#channels.set(string.place, { name, first: written, varies: false, grows: true, deltas: [delta] });
      return;
    }
    channel.varies ||= !string.isWritten(channel.first);
    channel.grows &&= string.written.startsWith(channel.deltas.at(-1)?.string?.written ?? "");
    channel.deltas.push(delta);
  }

  /** Adds an event that is plain text. */
  addText(view: View): void {
    const delta: Delta = { order: this.#count++, string: undefined, view: () => view };
    const channel = this.#channels.get("text");
    if (channel === undefined) {
      this.#channels.set("text", { name: "", first: "", varies: true, grows: false, deltas: [delta] });
    } else channel.deltas.push(delta);
  }

  /** One text for each way in which pieces may belong together, with all that they come to in it. */
  ways(): readonly View[] {
    const ofPlaces = this.#varying().map(({ deltas }) => deltas);
    const ofMarks = ofPlaces.map((deltas) => split(deltas, marksOf));
    const ofIds = ofMarks.flatMap((parts) => parts.map((part) => split(part, idsOf)));
    const ways: (readonly (readonly Delta[])[])[] = [
      this.#ofNames(),
      ofPlaces,
      // A finer grouping adds nothing if it does not split a group.
      ofMarks.filter(({ length }) => length > 1).flat(),
      ofIds.filter(({ length }) => length > 1).flat(),
    ];
    return ways.flatMap((groups) => {
      const several = groups.filter(({ length }) => length > 1);
      return several.length === 0 ? [] : [new Joined(several.map(join), "\0")];
    });
  }

  /** What each stream says as a whole: the pieces of one place and index, or of one id if all have one. */
  texts(): readonly View[] {
    return this.#varying()
      .flatMap(({ deltas }) => split(deltas, marksOf))
      .flatMap((deltas) => {
        if (deltas.some((delta) => idsOf(delta) === "")) return [deltas];
        const parts = split(deltas, idsOf);
        // An id that is new in every event tells nothing apart.
        return parts.some(({ length }) => length > 1) ? parts : [deltas];
      })
      .filter(({ length }) => length > 1)
      .map(join);
  }

  /** Strings long enough to end inside a secret: some providers repeat the whole text so far in every event. */
  longer(): readonly View[] {
    // A stream may break off after its first event.
    const mayBreak = [...this.#channels.values()].filter(
      ({ varies, deltas }) => varies || deltas.length === 1,
    );
    const views = mayBreak.flatMap(({ deltas }) =>
      deltas
        .filter(({ string }) => string !== undefined && string.end - string.start >= LONGER)
        .map((delta) => delta.view()),
    );
    return views.length === 0 ? [] : [new Joined(views, "\0")];
  }

  /** Channels whose strings are pieces. */
  #varying(): readonly Channel[] {
    return [...this.#channels.values()].filter(({ varies, grows }) => varies && !grows);
  }

  /** The strings of one name at several places: a block's first piece is often not where its others are. */
  #ofNames(): readonly (readonly Delta[])[] {
    const channels = [...this.#channels.values()].filter(
      ({ varies, grows, deltas }) => (varies && !grows) || deltas.length === 1,
    );
    return [...Map.groupBy(channels, ({ name }) => name).values()]
      .filter(({ length }) => length > 1)
      .map((same) => same.flatMap(({ deltas }) => deltas).sort((a, b) => a.order - b.order));
  }
}

function split(deltas: readonly Delta[], by: (delta: Delta) => string): readonly (readonly Delta[])[] {
  return [...Map.groupBy(deltas, by).values()];
}

function marksOf({ string }: Delta): string {
  const marks = string?.container?.neighbors.marks ?? "";
  return string === undefined || string.position < 0 ? marks : `${marks}[${string.position}]`;
}

function idsOf({ string }: Delta): string {
  return string?.container?.neighbors.ids ?? "";
}

function join(deltas: readonly Delta[]): View {
  return new Joined(deltas.map((delta) => delta.view()));
}
