import { ByteListView, type NumberPlaces } from "./byte-list.ts";
import { escapeJson, unescaped } from "./decode.ts";
import type { JsonContainer } from "./json-container.ts";
import type { PathNode } from "./json-places.ts";
import { SliceView, type View } from "./view.ts";

/** A string, a key, a field's number or a list of bytes in JSON. Most of a stream's are never looked at, so it only says where it is. */
export class JsonLeaf {
  readonly kind: "string" | "key" | "scalar" | "bytes";
  /** Where the content begins and ends in what was read, without quotes. */
  readonly start: number;
  readonly end: number;
  readonly isEscaped: boolean;
  readonly container: JsonContainer | undefined;
  readonly path: PathNode;
  /** The name under which it stands; that of its array where it is in one. */
  readonly name: string;
  /** Position in its array, or -1. */
  readonly position: number;
  readonly #within: View;
  #content: View | undefined;

  constructor(
    within: View,
    kind: JsonLeaf["kind"],
    [start, end]: readonly [start: number, end: number],
    isEscaped: boolean,
    container: JsonContainer | undefined,
    { path, name, position }: { readonly path: PathNode; readonly name: string; readonly position: number },
    numbers?: NumberPlaces,
  ) {
    this.#within = within;
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.isEscaped = isEscaped;
    this.container = container;
    this.path = path;
    this.name = name;
    this.position = position;
    if (numbers !== undefined) this.#content = new ByteListView(within, numbers);
  }

  /** What it says, without escapes. */
  get content(): View {
    this.#content ??= this.isEscaped
      ? unescaped(this.#within, this.start, this.end)
      : new SliceView(this.#within, this.start, this.end, this.kind === "scalar" ? undefined : escapeJson);
    return this.#content;
  }

  /** Whether it is written as `text` is. */
  isWritten(text: string): boolean {
    return this.end - this.start === text.length && this.#within.text.startsWith(text, this.start);
  }

  get written(): string {
    return this.#within.text.slice(this.start, this.end);
  }

  /** Where it stands in its document, as in `.choices[0].delta.content`; empty for the document itself. */
  get place(): string {
    let place = this.position < 0 ? step(this.container, this.name) : `[${this.position}]`;
    for (let at = this.container; at !== undefined; at = at.parent) {
      place = (at.position < 0 ? step(at.parent, at.name) : `[${at.position}]`) + place;
    }
    return place;
  }
}

function step(container: JsonContainer | undefined, name: string): string {
  return container === undefined || container.isArray ? "" : `.${name}`;
}
