import type { ValuePath } from "./allow-list.ts";
import type { Encoding } from "./encodings.ts";

/** Replaces the text from `start` to `end` with `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  text: string;
}

/** A stretch of a text. */
export interface Place {
  readonly node: NestedText;
  readonly start: number;
  readonly end: number;
}

/** The texts that are nested in one, in order. They do not overlap. */
export interface Children {
  /** Those that may have edits, in any order. */
  readonly changed: Iterable<NestedText>;
  /** The first that ends after `offset`. */
  at(offset: number): NestedText | undefined;
  /** Those that are written differently in their parent, or have children of their own. */
  toSearch(): Iterable<NestedText>;
}

/** A few texts. */
export class NodeList implements Children {
  readonly changed: readonly NestedText[];

  constructor(nodes: readonly NestedText[]) {
    this.changed = [...nodes].sort((a, b) => a.start - b.start);
  }

  at(offset: number): NestedText | undefined {
    return this.changed[firstEndingAfter(this.changed, offset)];
  }

  toSearch(): Iterable<NestedText> {
    return this.changed;
  }
}

const NONE = new NodeList([]);

/** The index of the first range that ends after `at`, in a list of ranges in order that do not overlap. */
export function firstEndingAfter(sorted: readonly { readonly end: number }[], at: number): number {
  return firstAfter(sorted.length, (index) => (sorted[index] as { readonly end: number }).end, at);
}

/** The index of the first of `count` ends that is greater than `at`. */
export function firstAfter(count: number, end: (index: number) => number, at: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (end(middle) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * A text that can be changed: a body, a string in its JSON, JSON inside that string. A change of a nested text is written
 * into its parent when the parent is.
 */
export class NestedText {
  /** The text without its encoding. */
  readonly text: string;
  /** Where it is written in its parent. */
  readonly start: number;
  readonly end: number;
  /** Whether it is written differently in its parent. */
  readonly isEncoded: boolean;
  children: Children = NONE;
  readonly #parent: NestedText | undefined;
  readonly #encoding: Encoding | undefined;
  readonly #pathInParent: (() => ValuePath) | undefined;
  #edits: Edit[] | undefined;

  constructor(
    text: string,
    parent?: NestedText,
    start = 0,
    end = text.length,
    encoding?: Encoding,
    pathInParent?: () => ValuePath,
  ) {
    this.text = encoding?.decode(text) ?? text;
    this.start = start;
    this.end = end;
    this.isEncoded = this.text !== text;
    this.#parent = parent;
    this.#encoding = encoding;
    this.#pathInParent = pathInParent;
  }

  /** Makes the text of a stretch of this one. */
  nested(start: number, end: number, encoding?: Encoding, path?: () => ValuePath): NestedText {
    return new NestedText(this.text.slice(start, end), this, start, end, encoding, path);
  }

  /** Where it is written in the outermost text; of an encoded text not the exact place, but in the same order. */
  get offset(): number {
    return this.start + (this.#parent?.offset ?? 0);
  }

  /** The way to it in its document. */
  get path(): ValuePath {
    return [...(this.#parent?.path ?? []), ...(this.#pathInParent?.() ?? [])];
  }

  /** Finds the innermost text that holds a stretch of this one; `undefined` if that is encoded. */
  locate(start: number, end: number): Place | undefined {
    const child = this.children.at(start);
    const isWithin = child !== undefined && child.start <= start && end <= child.end;
    if (!isWithin) return { node: this, start, end };
    return child.isEncoded ? undefined : child.locate(start - child.start, end - child.start);
  }

  /** Whether a nested text has a part in a stretch of this one. */
  isTaken(start: number, end: number): boolean {
    return (this.children.at(start)?.start ?? end) < end;
  }

  /** Takes a stretch: returns an edit for each part of it that no other edit has, with an empty text. */
  claim(start: number, end: number): readonly Edit[] {
    this.#edits ??= [];
    let index = firstEndingAfter(this.#edits, start);
    const claimed: Edit[] = [];
    for (let at = start; at < end; ) {
      const next = this.#edits[index];
      const stop = Math.min(next?.start ?? end, end);
      if (at < stop) {
        const edit = { start: at, end: stop, text: "" };
        claimed.push(edit);
        this.#edits.splice(index++, 0, edit);
      }
      at = next === undefined ? end : next.end;
      index++;
    }
    return claimed;
  }

  /** The edits of this text and of what is nested in it, in order. */
  get edits(): readonly Edit[] {
    const edits = (this.#edits ?? []).filter(({ start, end, text }) => text !== this.text.slice(start, end));
    for (const child of this.children.changed) {
      for (const edit of child.#writtenEdits) edits.push(edit);
    }
    return edits.length > 1 ? merged(edits) : edits;
  }

  /** The edits as the parent needs them: of an encoded text all of it is written again. */
  get #writtenEdits(): readonly Edit[] {
    const { edits } = this;
    if (edits.length === 0) return edits;
    const from = this.start;
    const encode = (text: string): string => this.#encoding?.encode(text) ?? text;
    if (this.isEncoded) {
      return [{ start: from, end: this.end, text: encode(edited(this.text, edits)) }];
    }
    return edits.map(({ start, end, text }) => ({
      start: from + start,
      end: from + end,
      text: encode(text),
    }));
  }
}

/** `text` after all of `edits`, which are in order. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = "";
  let done = 0;
  for (const { start, end, text: inserted } of edits) {
    result += text.slice(done, start) + inserted;
    done = end;
  }
  return result + text.slice(done);
}

/** Makes one edit of those that overlap: what either removes is removed. */
function merged(edits: readonly Edit[]): readonly Edit[] {
  const result: Edit[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || edit.start >= last.end) result.push(edit);
    else if (edit.end > last.end) result[result.length - 1] = { ...last, end: edit.end };
  }
  return result;
}
