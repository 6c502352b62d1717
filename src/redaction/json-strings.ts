import { JSON_ESCAPES, Slice, Unescaped, type View } from "./view.ts";

/** A string in JSON, a key, or a number under a secret name. Most of a stream's are never looked at, so that it only says where it is. */
export class JsonString {
  readonly kind: "string" | "key" | "scalar";
  /** Where the content begins and ends in what was read, without quotes. */
  readonly start: number;
  readonly end: number;
  readonly isEscaped: boolean;
  readonly container: JsonContainer | undefined;
  /** The same for the same place in all events: positions in arrays are left out. */
  readonly place: JsonPlace;
  /** The name under which it stands; that of its array if it is in one. */
  readonly name: string;
  /** Position in its array, or -1. */
  readonly position: number;
  readonly #within: View;
  #content: View | undefined;

  constructor(
    within: View,
    kind: JsonString["kind"],
    [start, end, isEscaped]: readonly [start: number, end: number, isEscaped: boolean],
    container: JsonContainer | undefined,
    { place, name, position }: Position,
  ) {
    this.#within = within;
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.isEscaped = isEscaped;
    this.container = container;
    this.place = place;
    this.name = name;
    this.position = position;
  }

  /** The string without escapes. */
  get content(): View {
    const encode = this.kind === "scalar" ? undefined : JSON_ESCAPES.encode;
    this.#content ??= this.isEscaped
      ? new Unescaped(this.#within, this.start, this.end, JSON_ESCAPES)
      : new Slice(this.#within, this.start, this.end, encode);
    return this.#content;
  }

  /** The string as it is written. */
  get written(): string {
    return this.#within.text.slice(this.start, this.end);
  }

  /** Whether it is written as `text` is. */
  isWritten(text: string): boolean {
    return this.end - this.start === text.length && this.#within.text.startsWith(text, this.start);
  }

  /** The way to it in its document. */
  get path(): readonly (string | number)[] {
    const path: (string | number)[] = [];
    const add = (container: JsonContainer | undefined, name: string, position: number): void => {
      if (position >= 0) path.unshift(position);
      else if (container !== undefined && !container.isArray) path.unshift(name);
    };
    add(this.container, this.name, this.position);
    for (let at = this.container; at !== undefined; at = at.parent) add(at.parent, at.name, at.position);
    return path;
  }
}

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

interface Position {
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

export interface JsonReading {
  readonly view: View;
  /** The place of the outermost values. */
  readonly base: JsonPlace;
  /** Whether the number in a field of this name is wanted. */
  wantsScalar(name: string): boolean;
  /**
   * Called with the strings of each value of the outermost level (of an outermost array: each element). Of the keys
   * only those that are written with escapes: the others read as they are written.
   */
  event(strings: readonly JsonString[]): void;
}

/**
 * Reads the strings of the JSON in a text. Passes over what is between JSON values and asks nothing of them: the text
 * may be cut anywhere, hold several values in a row, or only look like JSON.
 */
export function readJsonStrings(reading: JsonReading): void {
  new Reader(reading).read();
}

const MAX_DEPTH = 500;

class Reader {
  readonly #reading: JsonReading;
  readonly #text: string;
  #strings: JsonString[] = [];
  #container: JsonContainer | undefined;
  #depth = 0;
  #expectsKey = false;
  /** The next one, so that strings without any need not look for it each. */
  #backslash: number;

  constructor(reading: JsonReading) {
    this.#reading = reading;
    this.#text = reading.view.text;
    this.#backslash = this.#text.indexOf("\\");
  }

  read(): void {
    const text = this.#text;
    for (let at = 0; at < text.length; ) {
      const char = text.charCodeAt(at);
      switch (char) {
        case 0x7b: // {
        case 0x5b: // [
          this.#open(char === 0x5b);
          at++;
          break;
        case 0x7d: // }
        case 0x5d: // ]
          this.#close();
          at++;
          break;
        case 0x2c: // ,
          if (this.#container?.isArray) this.#container.count++;
          else this.#expectsKey = this.#container !== undefined;
          at++;
          break;
        case 0x22: // "
          at = this.#string(at + 1);
          break;
        default:
          at = isScalar(char) ? this.#scalar(at) : at + 1;
      }
    }
    this.#flush();
  }

  #open(isArray: boolean): void {
    if (this.#depth >= MAX_DEPTH) return;
    this.#container = new JsonContainer(this.#container, isArray, this.#here());
    this.#depth++;
    this.#expectsKey = !isArray;
  }

  #close(): void {
    if (this.#container === undefined) return;
    this.#container = this.#container.parent;
    this.#depth--;
    this.#expectsKey = false;
    if (this.#container === undefined || this.#isOutermost(this.#container)) this.#flush();
  }

  #string(start: number): number {
    const text = this.#text;
    const quote = text.indexOf('"', start);
    let end = quote === -1 ? text.length : quote;
    if (this.#backslash !== -1 && this.#backslash < start) this.#backslash = text.indexOf("\\", start);
    const isEscaped = this.#backslash !== -1 && this.#backslash < end;
    if (isEscaped) end = endOfEscaped(text, this.#backslash);
    const container = this.#container;
    if (container !== undefined && !container.isArray && this.#expectsKey) {
      const key = text.slice(start, end);
      container.key = isEscaped ? key.replace(JSON_ESCAPES.pattern, JSON_ESCAPES.decode) : key;
      this.#expectsKey = false;
      if (isEscaped) this.#add("key", start, end, isEscaped);
    } else {
      this.#add("string", start, end, isEscaped);
      container?.note(text, start, end);
    }
    return end + 1;
  }

  #scalar(start: number): number {
    const end = endOfScalar(this.#text, start);
    const container = this.#container;
    if (container !== undefined && !container.isArray && !this.#expectsKey) {
      if (this.#reading.wantsScalar(container.key)) this.#add("scalar", start, end, false);
      container.note(this.#text, start, end);
    }
    return end;
  }

  #add(kind: JsonString["kind"], start: number, end: number, isEscaped: boolean): void {
    const { view } = this.#reading;
    this.#strings.push(new JsonString(view, kind, [start, end, isEscaped], this.#container, this.#here()));
  }

  #here(): Position {
    const { base } = this.#reading;
    const container = this.#container;
    if (container === undefined) return { place: base, name: "", position: -1 };
    const { place, name, key, count } = container;
    if (!container.isArray) return { place: place.child(key), name: key, position: -1 };
    if (this.#isOutermost(container)) return { place: base, name, position: -1 };
    return { place: place.child("[]"), name, position: count };
  }

  /** Whether it is the array whose elements are the events. */
  #isOutermost({ isArray, parent }: JsonContainer): boolean {
    return isArray && parent === undefined;
  }

  #flush(): void {
    if (this.#strings.length > 0) this.#reading.event(this.#strings);
    this.#strings = [];
  }
}

function endOfEscaped(text: string, backslash: number): number {
  for (let at = backslash; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x5c) at++;
    else if (char === 0x22) return at;
  }
  return text.length;
}

/** Numbers, `true`, `false`, `null`. */
function isScalar(char: number): boolean {
  return (char >= 0x30 && char <= 0x39) || char === 0x2d || (char >= 0x61 && char <= 0x7a);
}

function endOfScalar(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const char = text.charCodeAt(at);
    if (!isScalar(char) && char !== 0x2e && char !== 0x2b && char !== 0x45) break;
    at++;
  }
  return at;
}
