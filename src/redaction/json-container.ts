import type { JsonPlaces, PathNode } from "./json-places.ts";

const NO_NEIGHBOURS = { marks: "", ids: "" };
const MAX_NOTED = 200;
const PLACEHOLDER = "<redacted:";

/** An object or array while it is read, and after. What its fields tell of each other grows as they are met. */
export class JsonContainer {
  readonly parent: JsonContainer | undefined;
  readonly isArray: boolean;
  readonly path: PathNode;
  /** The name under which it stands; that of the nearest named ancestor where it is in an array. */
  readonly name: string;
  /** Its position in the array that it is in, or -1. */
  readonly position: number;
  /** `name` of a `{ name, value }` pair. */
  label = "";
  /** A `token` in here is a piece of text. */
  hasProbability = false;
  /** Elements met so far. */
  count = 0;
  /** Where the numbers of a list called `bytes` stand. */
  readonly numbers: (readonly [start: number, end: number])[] = [];
  /** The field that is being read. */
  key = "";
  #marks: string;
  #ids = "";
  #neighbours: { readonly marks: string; readonly ids: string } | undefined;

  constructor(
    parent: JsonContainer | undefined,
    isArray: boolean,
    path: PathNode,
    name: string,
    position: number,
  ) {
    this.parent = parent;
    this.isArray = isArray;
    this.path = path;
    this.name = name;
    this.position = position;
    this.#marks = position < 0 ? "" : `[${position}]`;
  }

  /** Takes note of the value of the field that is being read, in `text` from `start` to `end`. */
  note(places: JsonPlaces, text: string, start: number, end: number): void {
    if (this.isArray || end - start > MAX_NOTED) return;
    const role = places.roleOf(this.key);
    if (role === "none") return;
    // In JSON that is broken the inside of a placeholder may be taken for a value.
    if (text.startsWith(PLACEHOLDER, start - PLACEHOLDER.length)) return;
    const value = text.slice(start, end);
    if (role === "mark") this.#marks += `${this.key}=${value};`;
    else if (role === "probability") this.hasProbability = true;
    if (role === "id" || role === "id and label") this.#ids += `${value};`;
    if (role === "label" || role === "id and label") this.label = value;
  }

  /** What tells the stream that a piece in here belongs to from others. To be asked when its event is over. */
  get neighbours(): { readonly marks: string; readonly ids: string } {
    if (this.#neighbours === undefined) {
      const { marks, ids } = this.parent?.neighbours ?? NO_NEIGHBOURS;
      this.#neighbours = { marks: `${marks}|${this.#marks}`, ids: ids + this.#ids };
    }
    return this.#neighbours;
  }
}
