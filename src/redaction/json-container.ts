const MAX_REMEMBERED = 1000;

/**
 * What a field says of its neighbors. `mark`: a number or type that keeps one stream of pieces apart from another; `id`: a
 * name that does so; `label`: the name in a pair of name and value; `probability`: it stands beside a piece of text.
 */
type Role = "mark" | "id" | "id and label" | "label" | "probability" | "none";

function roleOf(name: string): Role {
  if (/index$/i.test(name) || name === "type" || name === "event_type") return "mark";
  if (/^(?:id|item_id|call_id|tool_call_id|toolCallId|toolUseId)$/.test(name)) return "id";
  if (name === "jsonPath") return "id and label";
  if (/^(?:name|key|header)$/.test(name)) return "label";
  return /^(?:logprob|logit|probability)$/.test(name) ? "probability" : "none";
}

/** A place in JSON values without the positions in arrays, one object for all events of a text. */
export class JsonPlace {
  /** Of the field; of an element that of its array. */
  readonly name: string;
  readonly role: Role;
  /** A tool that fetches is given headers. */
  readonly isCookie: boolean;
  readonly #children = new Map<string, JsonPlace>();
  #first: JsonPlace | undefined;
  #next: JsonPlace | undefined;

  constructor(name: string) {
    this.name = name;
    this.role = roleOf(name);
    this.isCookie = /^(?:set-?)?cookies?$/i.test(name);
  }

  child(key: string, name = key): JsonPlace {
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const place = new JsonPlace(name);
    // Keys that are data (ids as names) must not fill the memory.
    if (this.#children.size < MAX_REMEMBERED) this.#children.set(key, place);
    return place;
  }

  /**
   * The child whose name is a part of a text, after the field `before`. Events are alike, so the one that was there in the
   * last event is tried first: no string has to be made to look it up.
   */
  childIn(text: string, start: number, end: number, before: JsonPlace | undefined): JsonPlace {
    const guess = before === undefined ? this.#first : before.#next;
    if (guess?.name.length === end - start && text.startsWith(guess.name, start)) return guess;
    const child = this.child(text.slice(start, end));
    if (before === undefined) this.#first = child;
    else before.#next = child;
    return child;
  }
}

const NO_NEIGHBORS = { marks: "", ids: "" };
const MAX_NOTED = 200;
const PLACEHOLDER = "<redacted:";

/** An object or array while it is read, and after. What its fields say of each other grows as they are met. */
export class JsonContainer {
  readonly parent: JsonContainer | undefined;
  readonly isArray: boolean;
  readonly place: JsonPlace;
  /** In the array that holds it; else -1. */
  readonly position: number;
  /** `name` of a `{ name, value }` pair. */
  label = "";
  /** A `token` in here is a piece of text. */
  hasProbability = false;
  /** Elements met so far. */
  count = 0;
  /** The field of an object that is being read. */
  field: JsonPlace | undefined;
  #marks: string;
  #ids = "";
  #neighbors: { readonly marks: string; readonly ids: string } | undefined;

  constructor(parent: JsonContainer | undefined, isArray: boolean, place: JsonPlace) {
    this.parent = parent;
    this.isArray = isArray;
    this.place = place;
    this.position = parent?.nextPosition ?? -1;
    this.#marks = this.position < 0 ? "" : `[${this.position}]`;
  }

  /** The place of the value that comes next. */
  get nextPlace(): JsonPlace {
    if (!this.isArray) return this.field ?? this.place.child("");
    // The elements of an outermost array are the events.
    return this.parent === undefined ? this.place : this.place.child("[]", this.place.name);
  }

  /** Its position in this array; -1 if this is none, or the array of all events. */
  get nextPosition(): number {
    return this.isArray && this.parent !== undefined ? this.count : -1;
  }

  /** Notes the value of the field that is being read. */
  note(text: string, start: number, end: number): void {
    const { field } = this;
    if (field === undefined || field.role === "none" || end - start > MAX_NOTED) return;
    const { role, name } = field;
    // In JSON that is broken the inside of a placeholder may be taken for a value.
    if (text.startsWith(PLACEHOLDER, start - PLACEHOLDER.length)) return;
    const value = text.slice(start, end);
    if (role === "mark") this.#marks += `${name}=${value};`;
    else if (role === "probability") this.hasProbability = true;
    if (role === "id" || role === "id and label") this.#ids += `${value};`;
    if (role === "label" || role === "id and label") this.label = value;
  }

  /** What keeps the stream of a piece in here apart from others. To be asked when its event is over. */
  get neighbors(): { readonly marks: string; readonly ids: string } {
    if (this.#neighbors === undefined) {
      const { marks, ids } = this.parent?.neighbors ?? NO_NEIGHBORS;
      this.#neighbors = { marks: `${marks}|${this.#marks}`, ids: ids + this.#ids };
    }
    return this.#neighbors;
  }
}
