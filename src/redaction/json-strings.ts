import { JSON_STRING } from "./encodings.ts";
import { JsonContainer, type JsonPlace, type Position } from "./json-container.ts";

/** A string in JSON, or a number under a secret name. */
export interface JsonString extends Position {
  readonly kind: "string" | "scalar";
  /** Where the content begins and ends, without quotes. */
  readonly start: number;
  readonly end: number;
  readonly isEscaped: boolean;
  readonly container: JsonContainer | undefined;
}

/** The way to a string in its document. */
export function pathOf({ container, name, position }: JsonString): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let at: Pick<JsonContainer, "name" | "position"> = { name, position };
  for (let parent = container; parent !== undefined; parent = parent.parent) {
    if (at.position >= 0) path.unshift(at.position);
    else if (!parent.isArray) path.unshift(at.name);
    at = parent;
  }
  return path;
}

/**
 * Reads the strings of the JSON in a part of a text. Passes over what is between JSON values and asks nothing of them:
 * the text may be cut anywhere, hold several values in a row, or only look like JSON.
 *
 * @param base the place of the outermost values
 * @param wantsScalar whether the number in a field of this name is wanted
 */
export function readJsonStrings(
  text: string,
  start: number,
  end: number,
  base: JsonPlace,
  wantsScalar: (name: string) => boolean,
): readonly JsonString[] {
  return new Reader(text, end, base, wantsScalar).read(start);
}

const MAX_DEPTH = 500;

class Reader {
  readonly #text: string;
  readonly #end: number;
  readonly #base: JsonPlace;
  readonly #wantsScalar: (name: string) => boolean;
  readonly #strings: JsonString[] = [];
  #container: JsonContainer | undefined;
  #depth = 0;
  #expectsKey = false;

  constructor(text: string, end: number, base: JsonPlace, wantsScalar: (name: string) => boolean) {
    this.#text = text;
    this.#end = end;
    this.#base = base;
    this.#wantsScalar = wantsScalar;
  }

  read(start: number): readonly JsonString[] {
    for (let at = start; at < this.#end; ) {
      const char = this.#text.charCodeAt(at);
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
    return this.#strings;
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
  }

  #string(start: number): number {
    const text = this.#text;
    const quote = text.indexOf('"', start);
    let end = quote === -1 ? this.#end : Math.min(quote, this.#end);
    const backslash = text.slice(start, end).indexOf("\\");
    const isEscaped = backslash !== -1;
    if (isEscaped) end = endOfEscaped(text, start + backslash, this.#end);
    const container = this.#container;
    if (container !== undefined && !container.isArray && this.#expectsKey) {
      const key = text.slice(start, end);
      container.key = isEscaped ? JSON_STRING.decode(key) : key;
      this.#expectsKey = false;
    } else {
      this.#add("string", start, end, isEscaped);
      container?.note(text, start, end);
    }
    return end + 1;
  }

  #scalar(start: number): number {
    const end = Math.min(endOfScalar(this.#text, start), this.#end);
    const container = this.#container;
    if (container !== undefined && !container.isArray && !this.#expectsKey) {
      if (this.#wantsScalar(container.key)) this.#add("scalar", start, end, false);
      container.note(this.#text, start, end);
    }
    return end;
  }

  #add(kind: JsonString["kind"], start: number, end: number, isEscaped: boolean): void {
    const { place, name, position } = this.#here();
    this.#strings.push({ kind, start, end, isEscaped, container: this.#container, place, name, position });
  }

  #here(): Position {
    const container = this.#container;
    if (container === undefined) return { place: this.#base, name: "", position: -1 };
    const { place, name, key, count } = container;
    if (!container.isArray) return { place: place.child(key), name: key, position: -1 };
    // The elements of an outermost array are the events.
    if (container.parent === undefined) return { place: this.#base, name, position: -1 };
    return { place: place.child("[]"), name, position: count };
  }
}

function endOfEscaped(text: string, backslash: number, limit: number): number {
  for (let at = backslash; at < limit; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x5c) at++;
    else if (char === 0x22) return at;
  }
  return limit;
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
