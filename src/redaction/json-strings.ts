import { JsonContainer, type JsonPlace, type Position } from "./json-container.ts";
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
