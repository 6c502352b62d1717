import type { Container, JsonLeaf } from "./json-leaves.ts";
import { JoinedView, type View } from "./view.ts";

interface Segment {
  readonly view: View;
  readonly name: string;
  readonly path: string;
  /** The path, with positions in arrays and what among its neighbours tells streams apart. */
  readonly marked: string;
  /** Ids among its neighbours; empty where there are none. */
  readonly ids: string;
}

/**
 * The strings of a stream, joined over its events as a client joins them: the pieces of an answer, of a
 * tool's arguments, of reasoning. Which pieces belong together is every provider's own affair, so all that
 * could be are tried: those of one name, of one path, of one path and index, of one id besides.
 */
export class Channels {
  readonly #segments: Segment[] = [];
  #events = 0;

  beginEvent(): void {
    this.#events++;
  }

  add(leaf: JsonLeaf, view: View): void {
    if (view.text === "") return;
    const { marks, ids } = neighbours(leaf.container);
    const path = String(leaf.path.id);
    const position = leaf.position < 0 ? "" : `[${leaf.position}]`;
    this.#segments.push({ view, name: leaf.name, path, marked: `${path}${position} ${marks}`, ids });
  }

  /** An event that is plain text. */
  addText(view: View): void {
    this.#events++;
    this.#segments.push({ view, name: "", path: "", marked: "", ids: "" });
  }

  /** One text for each way in which pieces may belong together. */
  joined(): readonly View[] {
    if (this.#events < 2 && this.#segments.length < 2) return [];
    const seen = new Set<string>();
    const views: View[] = [];
    const indexed = this.#segments.map((segment, index) => ({ segment, index }));
    const ways: ((segment: Segment) => string)[] = [
      ({ name }) => name,
      ({ path }) => path,
      ({ marked }) => marked,
      ({ marked, ids }) => `${marked} ${ids}`,
    ];
    for (const way of ways) {
      const fresh: View[] = [];
      for (const group of Map.groupBy(indexed, ({ segment }) => way(segment)).values()) {
        const first = group[0]?.segment.view.text;
        const key = `${group[0]?.index} ${group.length}`;
        // Finer ways split the groups of coarser ones: the same first and the same size is the same group.
        if (group.length < 2 || seen.has(key)) continue;
        seen.add(key);
        // A name that every event repeats is no piece of anything.
        if (group.every(({ segment }) => segment.view.text === first)) continue;
        fresh.push(new JoinedView(group.map(({ segment }) => segment.view)));
      }
      if (fresh.length > 0) views.push(new JoinedView(fresh, "\0"));
    }
    return views;
  }

  /** What each stream says as a whole: the pieces of one path and index, or of one id where all have one. */
  texts(): readonly View[] {
    const views: View[] = [];
    for (const group of Map.groupBy(this.#segments, ({ marked }) => marked).values()) {
      for (const part of byIds(group)) {
        if (part.length > 1) views.push(new JoinedView(part.map(({ view }) => view)));
      }
    }
    return views;
  }
}

function byIds(group: readonly Segment[]): readonly (readonly Segment[])[] {
  if (group.some(({ ids }) => ids === "")) return [group];
  const parts = [...Map.groupBy(group, ({ ids }) => ids).values()];
  // An id that is new in every event tells nothing apart.
  return parts.some((part) => part.length > 1) ? parts : [group];
}

function neighbours(container: Container | undefined): { readonly marks: string; readonly ids: string } {
  let marks = "";
  let ids = "";
  for (let at = container; at !== undefined; at = at.parent) {
    marks += at.marks === "" ? "|" : `${at.marks}|`;
    ids += at.ids;
  }
  return { marks, ids };
}
