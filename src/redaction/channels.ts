import type { JsonLeaf } from "./json-leaf.ts";
import { JoinedView, type View } from "./view.ts";

/** A string of one event. Views of JSON strings are made only where they are needed. */
interface Segment {
  readonly order: number;
  readonly piece: JsonLeaf | View;
  readonly leaf: JsonLeaf | undefined;
}

/** The strings at one path of all events. */
interface Place {
  readonly name: string;
  /** The first of them, as written. */
  readonly first: string;
  /** Whether they differ: a name that every event repeats is no piece of anything. */
  varies: boolean;
  /** Whether each begins with the one before: then all that was said so far is sent every time. */
  grows: boolean;
  readonly segments: Segment[];
}

const PLAIN = -1;
const LONGER = 10;

/**
 * The strings of a stream, joined over its events as a client joins them: the pieces of an answer, of a
 * tool's arguments, of reasoning. Which pieces belong together is every provider's own affair, so all that
 * could be are tried: those of one name, of one path, of one path and index, of one id besides.
 */
export class Channels {
  readonly #places = new Map<number, Place>();
  #count = 0;

  add(leaf: JsonLeaf): void {
    if (leaf.start === leaf.end) return;
    const segment = { order: this.#count++, piece: leaf, leaf };
    const place = this.#places.get(leaf.path.id);
    if (place === undefined) {
      const { name, written } = leaf;
      const segments = [segment];
      this.#places.set(leaf.path.id, { name, first: written, varies: false, grows: true, segments });
      return;
    }
    place.varies ||= !leaf.isWritten(place.first);
    place.grows &&= leaf.written.startsWith(place.segments.at(-1)?.leaf?.written ?? "");
    place.segments.push(segment);
  }

  /** An event that is plain text. */
  addText(view: View): void {
    const place = this.#places.get(PLAIN) ?? {
      name: "",
      first: "",
      varies: true,
      grows: false,
      segments: [],
    };
    this.#places.set(PLAIN, place);
    place.segments.push({ order: this.#count++, piece: view, leaf: undefined });
  }

  /** One text for each way in which pieces may belong together, with all that they come to in it. */
  joined(): readonly View[] {
    const ofPaths = this.#varying().map(({ segments }) => segments);
    const ofMarks = ofPaths.map((segments) => split(segments, marksOf));
    const ofIds = ofMarks.flatMap((parts) => parts.map((part) => split(part, idsOf)));
    const ways: (readonly (readonly Segment[])[])[] = [
      this.#ofNames(),
      ofPaths,
      // A group that a finer way does not split has been there before.
      ofMarks.filter(({ length }) => length > 1).flat(),
      ofIds.filter(({ length }) => length > 1).flat(),
    ];
    return ways.flatMap((groups) => {
      const several = groups.filter(({ length }) => length > 1);
      return several.length === 0 ? [] : [new JoinedView(several.map(join), "\0")];
    });
  }

  /** What each stream says as a whole: the pieces of one path and index, or of one id where all have one. */
  texts(): readonly View[] {
    return this.#varying()
      .flatMap(({ segments }) => split(segments, marksOf))
      .flatMap((segments) => {
        if (segments.some((segment) => idsOf(segment) === "")) return [segments];
        const parts = split(segments, idsOf);
        // An id that is new in every event tells nothing apart.
        return parts.some(({ length }) => length > 1) ? parts : [segments];
      })
      .filter(({ length }) => length > 1)
      .map(join);
  }

  /**
   * Strings that are long enough to end within a secret: some providers send all that was said so far with
   * every event.
   */
  longer(): readonly View[] {
    // A stream may break off after its first event.
    const mayBreak = [...this.#places.values()].filter(
      ({ varies, segments }) => varies || segments.length === 1,
    );
    const views = mayBreak.flatMap(({ segments }) =>
      segments.filter(({ leaf }) => leaf !== undefined && leaf.end - leaf.start >= LONGER).map(viewOf),
    );
    return views.length === 0 ? [] : [new JoinedView(views, "\0")];
  }

  /** Places whose strings are pieces. */
  #varying(): readonly Place[] {
    return [...this.#places.values()].filter(({ varies, grows }) => varies && !grows);
  }

  /** The strings of one name that stand at several paths: a block's first piece is often not where its others are. */
  #ofNames(): readonly (readonly Segment[])[] {
    const places = [...this.#places.values()].filter(
      ({ varies, grows, segments }) => (varies && !grows) || segments.length === 1,
    );
    return [...Map.groupBy(places, ({ name }) => name).values()]
      .filter(({ length }) => length > 1)
      .map((same) => same.flatMap(({ segments }) => segments).sort((a, b) => a.order - b.order));
  }
}

function split(
  segments: readonly Segment[],
  by: (segment: Segment) => string,
): readonly (readonly Segment[])[] {
  return [...Map.groupBy(segments, by).values()];
}

function marksOf({ leaf }: Segment): string {
  const marks = leaf?.container?.neighbours.marks ?? "";
  return leaf === undefined || leaf.position < 0 ? marks : `${marks}[${leaf.position}]`;
}

function idsOf({ leaf }: Segment): string {
  return leaf?.container?.neighbours.ids ?? "";
}

function join(segments: readonly Segment[]): View {
  return new JoinedView(segments.map(viewOf));
}

function viewOf({ piece }: Segment): View {
  return "content" in piece ? piece.content : piece;
}
