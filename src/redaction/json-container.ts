/** A place in JSON values without the positions in arrays, one object for all events of a text. */
export class JsonPlace {
  readonly #children = new Map<string, JsonPlace>();

  child(key: string): JsonPlace {
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const place = new JsonPlace();
    // Keys that are data (ids as names) must not fill the memory.
    if (this.#children.size < MAX_REMEMBERED) this.#children.set(key, place);
    return place;
  }
}

const MAX_REMEMBERED = 1000;

/** Where a value is. */
export interface Position {
  readonly place: JsonPlace;
  readonly name: string;
  readonly position: number;
}

/**
 * What a field says of its neighbors. `mark`: a number or type that keeps one stream of pieces apart from another; `id`: a
 * name that does so; `label`: the name in a pair of name and value; `probability`: it stands beside a piece of text.
 */
type Role = "mark" | "id" | "id and label" | "label" | "probability" | "none";

const roles = new Map<string, Role>();

function roleOf(name: string): Role {
  let role = roles.get(name);
  if (role === undefined) {
    role = findRole(name);
    if (roles.size < MAX_REMEMBERED) roles.set(name, role);
  }
  return role;
}

function findRole(name: string): Role {
  if (/index$/i.test(name) || name === "type" || name === "event_type") return "mark";
  if (/^(?:id|item_id|call_id|tool_call_id|toolCallId|toolUseId)$/.test(name)) return "id";
  if (name === "jsonPath") return "id and label";
  if (/^(?:name|key|header)$/.test(name)) return "label";
  return /^(?:logprob|logit|probability)$/.test(name) ? "probability" : "none";
}

const NO_NEIGHBORS = { marks: "", ids: "" };
const MAX_NOTED = 200;
const PLACEHOLDER = "<redacted:";

/** An object or array while it is read, and after. What its fields say of each other grows as they are met. */
export class JsonContainer {
  readonly parent: JsonContainer | undefined;
  readonly isArray: boolean;
  readonly place: JsonPlace;
  readonly name: string;
  readonly position: number;
  /** `name` of a `{ name, value }` pair. */
  label = "";
  /** A `token` in here is a piece of text. */
  hasProbability = false;
  /** Elements met so far. */
  count = 0;
  /** The field that is being read. */
  key = "";
  #marks: string;
  #ids = "";
  #neighbors: { readonly marks: string; readonly ids: string } | undefined;

  constructor(parent: JsonContainer | undefined, isArray: boolean, { place, name, position }: Position) {
    this.parent = parent;
    this.isArray = isArray;
    this.place = place;
    this.name = name;
    this.position = position;
    this.#marks = position < 0 ? "" : `[${position}]`;
  }

  /** Notes the value of the field that is being read. */
  note(text: string, start: number, end: number): void {
    if (this.isArray || end - start > MAX_NOTED) return;
    const role = roleOf(this.key);
    if (role === "none") return;
    // In JSON that is broken the inside of a placeholder may be taken for a value.
    if (text.startsWith(PLACEHOLDER, start - PLACEHOLDER.length)) return;
    const value = text.slice(start, end);
    if (role === "mark") this.#marks += `${this.key}=${value};`;
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
