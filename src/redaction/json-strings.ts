import type { ValuePath } from "./allow-list.ts";
import { type Encoding, JSON_PLAIN_STRING, JSON_SCALAR, JSON_STRING } from "./encodings.ts";
import { JsonContainer, JsonPlace } from "./json-container.ts";
import { isWorthHiding } from "./names.ts";
import { NestedText } from "./nested-text.ts";
import type { TextEvent } from "./text-parts.ts";

/** A string in JSON, or a number under a secret name. */
export class JsonString extends NestedText {
  /** Whether there is a backslash in it. */
  readonly isEscaped: boolean;
  readonly isScalar: boolean;
  /** The same object for all strings that are at one place of their events. */
  readonly place: JsonPlace;
  readonly position: number;
  readonly container: JsonContainer | undefined;

  constructor(
    parent: NestedText,
    start: number,
    end: number,
    isEscaped: boolean,
    encoding: Encoding | undefined,
    place: JsonPlace,
    container: JsonContainer | undefined,
  ) {
    super(parent, start, end, encoding);
    this.isEscaped = isEscaped;
    this.isScalar = encoding === JSON_SCALAR;
    this.place = place;
    this.position = container?.nextPosition ?? -1;
    this.container = container;
  }

  override get isEncoded(): boolean {
    return this.isEscaped && super.isEncoded;
  }

  override get path(): ValuePath {
    const path: (string | number)[] = [];
    let at: JsonString | JsonContainer = this;
    for (let parent = this.container; parent !== undefined; parent = parent.parent) {
      if (at.position >= 0) path.unshift(at.position);
      else if (!parent.isArray) path.unshift(at.place.name);
      at = parent;
    }
    return [...super.path, ...path];
  }

  /** Whether it is a secret by its name, or by that of what it is the value of: `{ "name": "api_key", "value": "..." }`. */
  isSecret(isSecretField: (name: string) => boolean): boolean {
    const { container, isScalar } = this;
    if (container === undefined) return false;
    const { name, isCookie } = this.place;
    // A cookie without a name in it is something to eat.
    if (isCookie && !isScalar) return this.text.includes("=");
    if (!isSecretField(name)) {
      if (isScalar || (name !== "value" && name !== "stringValue")) return false;
      const isValue = isSecretField(container.label) || isSecretField(container.place.name);
      return isValue && isWorthHiding(this.text);
    }
    // A piece of text with its probability is called a token too.
    if (container.hasProbability) return false;
    // Ids of tokens are numbers; a password of digits alone is longer than most of them.
    if (isScalar) return /^-?\d{6,}$/.test(this.text) && !/token$/i.test(name);
    return isWorthHiding(this.text);
  }
}

const never = (): boolean => false;

/** The strings in the JSON of all events, and the data of events that are plain text. */
export function eventTexts(
  node: NestedText,
  events: readonly TextEvent[],
  wantsScalar: (name: string) => boolean = never,
): readonly NestedText[] {
  const root = new JsonPlace("");
  const texts: NestedText[] = [];
  for (const { start, end, prefix, isJson } of events) {
    const place = prefix === "" ? root : root.child(prefix, "");
    if (isJson) readJson(node, start, end, { place, wantsScalar, isDecoded: true }, texts);
    else if (start < end) texts.push(node.nested(start, end));
  }
  return texts;
}

/**
 * The strings in the JSON of a text, from `start` on.
 *
 * @param isDecoded whether escapes are undone. In what only looks like JSON, nothing else may change with a secret.
 */
export function jsonTexts(
  node: NestedText,
  start: number,
  wantsScalar: (name: string) => boolean = never,
  isDecoded = true,
): readonly JsonString[] {
  const strings: JsonString[] = [];
  readJson(node, start, node.text.length, { place: new JsonPlace(""), wantsScalar, isDecoded }, strings);
  return strings;
}

interface HowToRead {
  /** Of the outermost values. */
  readonly place: JsonPlace;
  /** Whether the number in a field of this name is wanted. */
  readonly wantsScalar: (name: string) => boolean;
  readonly isDecoded: boolean;
}

const MAX_DEPTH = 500;

/**
 * Reads the strings of the JSON in a part of a text. Passes over what is between JSON values and asks nothing of them:
 * the text may be cut anywhere, hold several values in a row, or only look like JSON.
 */
function readJson(
  node: NestedText,
  start: number,
  end: number,
  { place: base, wantsScalar, isDecoded }: HowToRead,
  strings: NestedText[],
): void {
  const { text } = node;
  let container: JsonContainer | undefined;
  let depth = 0;
  let expectsKey = false;
  for (let at = start; at < end; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22 /* " */) {
      const from = at + 1;
      at = endOfString(text, from, end);
      const isEscaped = at < 0;
      if (isEscaped) at = ~at;
      if (expectsKey && container !== undefined) {
        const { place, field } = container;
        container.field = isEscaped
          ? place.child(JSON_STRING.decode(text.slice(from, at)))
          : place.childIn(text, from, at, field);
        expectsKey = false;
      } else {
        const encoding = isDecoded ? (isEscaped ? JSON_STRING : JSON_PLAIN_STRING) : undefined;
        const place = container?.nextPlace ?? base;
        strings.push(new JsonString(node, from, at, isEscaped, encoding, place, container));
        container?.note(text, from, at);
      }
    } else if (char === 0x2c /* , */) {
      if (container?.isArray) container.count++;
      else expectsKey = container !== undefined;
    } else if (char === 0x7b /* { */ || char === 0x5b /* [ */) {
      if (depth >= MAX_DEPTH) continue;
      const isArray = char === 0x5b;
      container = new JsonContainer(container, isArray, container?.nextPlace ?? base);
      depth++;
      expectsKey = !isArray;
    } else if (char === 0x7d /* } */ || char === 0x5d /* ] */) {
      if (container === undefined) continue;
      container = container.parent;
      depth--;
      expectsKey = false;
    } else if (isScalar(char)) {
      const from = at;
      at = Math.min(endOfScalar(text, from), end) - 1;
      if (container === undefined || container.isArray || expectsKey) continue;
      const place = container.nextPlace;
      if (wantsScalar(place.name)) {
        strings.push(new JsonString(node, from, at + 1, false, JSON_SCALAR, place, container));
      }
      container.note(text, from, at + 1);
    }
  }
}

/** Where a string ends, as `~end` if it has escapes. */
function endOfString(text: string, start: number, limit: number): number {
  let isEscaped = false;
  for (let at = start; at < limit; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22) return isEscaped ? ~at : at;
    if (char === 0x5c) {
      isEscaped = true;
      at++;
    }
  }
  return isEscaped ? ~limit : limit;
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
