import type { FrameSink, TextReader } from "./frame-sink.ts";
import { parseJson } from "./parse-json.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const LF = 10;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/**
 * Splits JSON values by counting brackets, across lines and chunks. An array of objects is a stream of its
 * elements (Gemini without `alt=sse`); any other value is one event.
 */
export class JsonValueReader implements TextReader {
  /** `true` once the elements of an array are read as events. */
  isArray = false;
  readonly #sink: FrameSink;
  /** Earlier pieces of a value that is not complete. */
  #held: string[] = [];
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Inside a number, word or string that is outside any bracket. */
  #inScalar = false;
  /** A `[` was read, but not what follows it. */
  #opening = false;
  #inArray = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(text: string, at: number | undefined): void {
    let start = this.#depth > 0 || this.#inScalar || this.#opening ? 0 : -1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#depth > 0) {
        if (!this.#step(code)) continue;
        this.#finish(text.slice(start, i + 1), at);
        start = -1;
        continue;
      }
      if (this.#inScalar) {
        if (code !== LF && !(this.#inArray && (code === COMMA || code === CLOSE_BRACKET))) continue;
        this.#inScalar = false;
        this.#finish(text.slice(start, i), at);
        start = -1;
        if (code === CLOSE_BRACKET) this.#inArray = false;
        continue;
      }
      if (code <= 32) continue;
      if (this.#opening) {
        this.#opening = false;
        if (code === OPEN_BRACE) {
          this.isArray = true;
          this.#inArray = true;
          this.#held = [];
        } else {
          // Not an array of objects: one value that begins with the `[`.
          this.#depth = 1;
          if (this.#step(code)) {
            this.#finish(text.slice(start, i + 1), at);
            start = -1;
          }
          continue;
        }
      }
      if (code === COMMA && this.#inArray) continue;
      if (code === CLOSE_BRACKET && this.#inArray) {
        this.#inArray = false;
      } else if (code === OPEN_BRACKET && !this.#inArray) {
        this.#opening = true;
        start = i;
      } else {
        start = i;
        if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#depth = 1;
        else this.#inScalar = true;
      }
    }
    if (start !== -1) this.#held.push(text.slice(start));
  }

  end(at: number | undefined): void {
    const rest = this.#held.join("").trim();
    if (this.#inScalar && parseJson(rest) !== undefined) this.#sink.event(at, { data: rest });
    else if (rest !== "") this.#sink.rest = rest;
    else if (this.#inArray) this.#sink.rest = "[";
  }

  /** Reads one character inside a value. Returns `true` if it closes the value. */
  #step(code: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (code === BACKSLASH) this.#escaped = true;
      else if (code === QUOTE) this.#inString = false;
      return false;
    }
    if (code === QUOTE) this.#inString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) this.#depth--;
    return this.#depth === 0;
  }

  #finish(last: string, at: number | undefined): void {
    const data = this.#held.length === 0 ? last : this.#held.join("") + last;
    this.#held = [];
    if (data.trim() !== "") this.#sink.event(at, { data: data.trim() });
  }
}
