import type { ValuePath } from "./allow-list.ts";
import { JSON_SCALAR, JSON_STRING } from "./encodings.ts";
import { type JsonContainer, JsonPlace } from "./json-container.ts";
import { readJson } from "./json-reader.ts";
import { isWorthHiding } from "./names.ts";
import { type Children, firstAfter, type NestedText } from "./nested-text.ts";
import type { TextEvent } from "./text-parts.ts";

/** `event`: one that is plain text; `scalar`: a number in JSON, under a secret name. */
export type StringKind = "event" | "string" | "escaped" | "scalar";

const never = (): boolean => false;

/**
 * The strings in a text: in the JSON of its events, and events that are plain text. A long stream has tens of thousands of
 * them, of which few matter: each is a few numbers until somebody asks for it.
 */
export class TextStrings implements Children {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly #parent: NestedText;
  readonly #isDecoded: boolean;
  readonly #kinds: StringKind[] = [];
  readonly #places: JsonPlace[] = [];
  readonly #containers: (JsonContainer | undefined)[] = [];
  /** Of those that are elements of an array. */
  readonly #positions = new Map<number, number>();
  /** Those that are written differently in their text. */
  readonly #encoded: number[] = [];
  readonly #nodes = new Map<number, NestedText>();

  private constructor(parent: NestedText, isDecoded: boolean) {
    this.#parent = parent;
    this.#isDecoded = isDecoded;
  }

  /** @param wantsScalar whether the number in a field of this name is wanted */
  static ofEvents(
    node: NestedText,
    events: readonly TextEvent[],
    wantsScalar: (name: string) => boolean = never,
  ): TextStrings {
    const strings = new TextStrings(node, true);
    const root = new JsonPlace("");
    for (const { start, end, prefix, isJson } of events) {
      const place = prefix === "" ? root : root.child(prefix, "");
      if (isJson) readJson(node.text, start, end, place, wantsScalar, strings.#add);
      else if (start < end) strings.#add("event", start, end, EVENT);
    }
    return strings;
  }

  /**
   * Those in the JSON of a text, from `start` on.
   *
   * @param isDecoded whether escapes are undone. In what only looks like JSON, nothing else may change with a secret.
   */
  static ofJson(
    node: NestedText,
    start: number,
    wantsScalar: (name: string) => boolean = never,
    isDecoded = true,
  ): TextStrings {
    const strings = new TextStrings(node, isDecoded);
    readJson(node.text, start, node.text.length, new JsonPlace(""), wantsScalar, strings.#add);
    return strings;
  }

  readonly #add = (
    kind: StringKind,
    start: number,
    end: number,
    place: JsonPlace,
    position = -1,
    container?: JsonContainer,
  ): void => {
    if (position >= 0) this.#positions.set(this.count, position);
    if (kind === "escaped" && this.#isDecoded) this.#encoded.push(this.count);
    this.#kinds.push(kind);
    this.starts.push(start);
    this.ends.push(end);
    this.#places.push(place);
    this.#containers.push(container);
  };

  get count(): number {
    return this.starts.length;
  }

  kind(index: number): StringKind {
    return this.#kinds[index] as StringKind;
  }

  /** The same object for all strings that are at one place of their events. */
  place(index: number): JsonPlace {
    return this.#places[index] as JsonPlace;
  }

  container(index: number): JsonContainer | undefined {
    return this.#containers[index];
  }

  /** In its array; -1 if it is in none, or if the array is that of all events. */
  position(index: number): number {
    return this.#positions.get(index) ?? -1;
  }

  text(index: number): string {
    const written = this.#parent.text.slice(this.starts[index], this.ends[index]);
    return this.#isDecoded && this.#kinds[index] === "escaped" ? JSON_STRING.decode(written) : written;
  }

  node(index: number): NestedText {
    const known = this.#nodes.get(index);
    if (known !== undefined) return known;
    const kind = this.kind(index);
    const encoding =
      kind === "scalar" ? JSON_SCALAR : this.#isDecoded && kind !== "event" ? JSON_STRING : undefined;
    const [start, end] = [this.starts[index] as number, this.ends[index] as number];
    const node = this.#parent.nested(start, end, encoding, () => this.#path(index));
    this.#nodes.set(index, node);
    return node;
  }

  at(offset: number): NestedText | undefined {
    const index = firstAfter(this.count, (each) => this.ends[each] as number, offset);
    return index < this.count ? this.node(index) : undefined;
  }

  get changed(): Iterable<NestedText> {
    return this.#nodes.values();
  }

  toSearch(): Iterable<NestedText> {
    for (const index of this.#encoded) this.node(index);
    return [...this.#nodes.values()];
  }

  /** Whether it is a secret by its name, or by that of what it is the value of: `{ "name": "api_key", "value": "..." }`. */
  isSecret(index: number, isSecretField: (name: string) => boolean): boolean {
    const container = this.container(index);
    if (container === undefined) return false;
    const { name, isCookie } = this.place(index);
    const isScalar = this.kind(index) === "scalar";
    // A cookie without a name in it is something to eat.
    if (isCookie && !isScalar) return this.text(index).includes("=");
    if (!isSecretField(name)) {
      if (isScalar || (name !== "value" && name !== "stringValue")) return false;
      const isValue = isSecretField(container.label) || isSecretField(container.place.name);
      return isValue && isWorthHiding(this.text(index));
    }
    // A piece of text with its probability is called a token too.
    if (container.hasProbability) return false;
    // Ids of tokens are numbers; a password of digits alone is longer than most of them.
    if (isScalar) return /^-?\d{6,}$/.test(this.text(index)) && !/token$/i.test(name);
    return isWorthHiding(this.text(index));
  }

  /** The way to it in its document. */
  #path(index: number): ValuePath {
    const path: (string | number)[] = [];
    let at: { readonly place: JsonPlace; readonly position: number } = {
      place: this.place(index),
      position: this.position(index),
    };
    for (let parent = this.container(index); parent !== undefined; parent = parent.parent) {
      if (at.position >= 0) path.unshift(at.position);
      else if (!parent.isArray) path.unshift(at.place.name);
      at = parent;
    }
    return path;
  }
}

const EVENT = new JsonPlace("");
