import type { FrameSink, TextReader } from "./frame-sink.ts";
import type { Framing } from "./framing.ts";
import { JsonValueReader } from "./json-value-reader.ts";
import { NdjsonReader } from "./ndjson-reader.ts";
import { parseJson } from "./parse-json.ts";

/**
 * Reads a body that begins with a bracket or brace. If its first line is a complete JSON value, the body is lines
 * of JSON; otherwise it is one value across several lines.
 */
export class JsonReader implements TextReader {
  readonly #sink: FrameSink;
  readonly #declared: boolean;
  #reader: NdjsonReader | JsonValueReader | undefined;
  #waiting: { readonly text: string; readonly at: number | undefined }[] = [];

  /** @param declared whether the content type is JSON */
  constructor(sink: FrameSink, declared: boolean) {
    this.#sink = sink;
    this.#declared = declared;
  }

  get framing(): Framing {
    if (this.#reader instanceof JsonValueReader) return this.#reader.isArray ? "json-array" : "json";
    if (this.#sink.events.length > 1) return "ndjson";
    // One line with a line end may be followed by more, unless the content type says JSON.
    return this.#reader?.hasLineEnd === true && !this.#declared ? "ndjson" : "json";
  }

  push(text: string, at: number | undefined): void {
    if (this.#reader !== undefined) {
      this.#reader.push(text, at);
      return;
    }
    this.#waiting.push({ text, at });
    if (text.includes("\n")) this.#decide(false);
  }

  end(at: number | undefined): void {
    if (this.#reader === undefined) this.#decide(true);
    this.#reader?.end(at);
  }

  #decide(ended: boolean): void {
    const text = this.#waiting
      .map((piece) => piece.text)
      .join("")
      .trimStart();
    const feed = text.indexOf("\n");
    if (feed === -1 && !ended) return;
    const first = feed === -1 ? text : text.slice(0, feed);
    const asLines = !first.startsWith("[") && parseJson(first) !== undefined;
    this.#reader = asLines ? new NdjsonReader(this.#sink) : new JsonValueReader(this.#sink);
    for (const piece of this.#waiting) this.#reader.push(piece.text, piece.at);
    this.#waiting = [];
  }
}
