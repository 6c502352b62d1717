import { JsonContainer } from "./json-container.ts";
import { JsonLeaf } from "./json-leaf.ts";
import type { JsonPlaces, PathNode } from "./json-places.ts";
import type { View } from "./view.ts";

/** What is read, and who is told. */
export interface JsonReading {
  readonly view: View;
  readonly places: JsonPlaces;
  /** The place of the outermost values. */
  readonly base: PathNode;
  /** Whether the number in a field called so is wanted. */
  wantsScalar(name: string): boolean;
  /**
   * Called with the leaves of each value of the outermost level (of an outermost array: each element). Of
   * the keys only those that are written with escapes: the others stand as they are read.
   */
  event(leaves: readonly JsonLeaf[]): void;
}

const MAX_DEPTH = 500;
const BYTES = "bytes";

/**
 * Reads the JSON in a text, with the place of everything. Whatever is between JSON values is passed over and
 * nothing is required of them: what is read may be cut anywhere, several values in a row, or only look like
 * JSON.
 */
export function readJson(reading: JsonReading): void {
  new JsonReader(reading).read();
}

class JsonReader {
  readonly #reading: JsonReading;
  readonly #text: string;
  #leaves: JsonLeaf[] = [];
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
    const { path, name, position } = this.#here();
    this.#container = new JsonContainer(this.#container, isArray, path, name, position);
    this.#depth++;
    this.#expectsKey = !isArray;
  }

  #close(): void {
    if (this.#container === undefined) return;
    this.#addNumbers(this.#container);
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
      container.key = isEscaped ? plainKey(text.slice(start, end)) : text.slice(start, end);
      this.#expectsKey = false;
      if (isEscaped) this.#add("key", start, end, isEscaped);
    } else {
      this.#add("string", start, end, isEscaped);
      container?.note(this.#reading.places, text, start, end);
    }
    return end + 1;
  }

  #scalar(start: number): number {
    const end = endOfScalar(this.#text, start);
    const container = this.#container;
    if (container !== undefined && !container.isArray && !this.#expectsKey) {
      if (this.#reading.wantsScalar(container.key)) this.#add("scalar", start, end, false);
      container.note(this.#reading.places, this.#text, start, end);
    } else if (container?.name === BYTES && container.isArray) container.numbers.push([start, end]);
    return end;
  }

  /** A list of bytes is a text as well. */
  #addNumbers(container: JsonContainer): void {
    const { numbers, path, name, parent } = container;
    const [first, last] = [numbers[0], numbers.at(-1)];
    if (first === undefined || last === undefined) return;
    const { view } = this.#reading;
    if (!numbers.every(([start, end]) => /^\d{1,3}$/.test(view.text.slice(start, end)))) return;
    const place = { path, name, position: -1 };
    this.#leaves.push(new JsonLeaf(view, "bytes", [first[0], last[1]], false, parent, place, numbers));
  }

  #add(kind: JsonLeaf["kind"], start: number, end: number, isEscaped: boolean): void {
    const { view } = this.#reading;
    this.#leaves.push(new JsonLeaf(view, kind, [start, end], isEscaped, this.#container, this.#here()));
  }

  #here(): { readonly path: PathNode; readonly name: string; readonly position: number } {
    const { places, base } = this.#reading;
    const container = this.#container;
    if (container === undefined) return { path: base, name: "", position: -1 };
    if (!container.isArray) {
      return { path: places.child(container.path, container.key), name: container.key, position: -1 };
    }
    if (this.#isOutermost(container)) return { path: base, name: container.name, position: -1 };
    return { path: places.child(container.path, "[]"), name: container.name, position: container.count };
  }

  /** Whether it is the array whose elements are the events. */
  #isOutermost({ isArray, parent }: JsonContainer): boolean {
    return isArray && parent === undefined;
  }

  #flush(): void {
    if (this.#leaves.length > 0) this.#reading.event(this.#leaves);
    this.#leaves = [];
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

function plainKey(key: string): string {
  try {
    return String(JSON.parse(`"${key}"`));
  } catch {
    // Cut or no JSON: the name is what stands there.
    return key;
  }
}
