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

/** The index of the first range that ends after `at`, in a list of ranges in order that do not overlap. */
export function firstEndingAfter(sorted: readonly { readonly end: number }[], at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as { readonly end: number }).end > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

const NONE: readonly NestedText[] = [];

/**
 * A text that can be changed: a body, a string in its JSON, JSON inside that string. A change of a nested text is written
 * into its parent when the parent is.
 */
export class NestedText {
  /** Where it is written in its parent. */
  readonly start: number;
  readonly end: number;
  /** Whether it is a piece of a longer text, and says nothing by itself. */
  isPiece = false;
  /** In order. They do not overlap. */
  children: readonly NestedText[] = NONE;
  protected readonly parent: NestedText | undefined;
  readonly #encoding: Encoding | undefined;
  #text: string | undefined;
  #edits: Edit[] | undefined;

  protected constructor(
    parent: NestedText | undefined,
    start: number,
    end: number,
    encoding: Encoding | undefined,
    text?: string,
  ) {
    this.parent = parent;
    this.start = start;
    this.end = end;
    this.#encoding = encoding;
    this.#text = text;
  }

  static root(text: string): NestedText {
    return new NestedText(undefined, 0, text.length, undefined, text);
  }

  /** Makes the text of a stretch of this one. */
  nested(start: number, end: number, encoding?: Encoding): NestedText {
    return new NestedText(this, start, end, encoding);
  }

  /** The text without its encoding. A long stream has tens of thousands, of which few are asked for it. */
  get text(): string {
    this.#text ??= this.#encoding?.decode(this.#written) ?? this.#written;
    return this.#text;
  }

  /** Whether it is written differently in its parent. */
  get isEncoded(): boolean {
    return this.#encoding !== undefined && this.text !== this.#written;
  }

  get #written(): string {
    return this.parent?.text.slice(this.start, this.end) ?? this.text;
  }

  /** Where it is written in the outermost text; of an encoded text not the exact place, but in the same order. */
  get offset(): number {
    return this.start + (this.parent?.offset ?? 0);
  }

  /** The way to it in its document. */
  get path(): ValuePath {
    return this.parent?.path ?? [];
  }

  /** Finds the innermost text that holds a stretch of this one; `undefined` if that is encoded. */
  locate(start: number, end: number): Place | undefined {
    const child = this.#childAt(start);
    const isWithin = child !== undefined && child.start <= start && end <= child.end;
    if (!isWithin) return { node: this, start, end };
    return child.isEncoded ? undefined : child.locate(start - child.start, end - child.start);
  }

  /** Whether a nested text has a part in a stretch of this one. */
  isTaken(start: number, end: number): boolean {
    return (this.#childAt(start)?.start ?? end) < end;
  }

  /** The first nested text that ends after `at`. */
  #childAt(at: number): NestedText | undefined {
    return this.children[firstEndingAfter(this.children, at)];
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
    for (const child of this.children) {
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
