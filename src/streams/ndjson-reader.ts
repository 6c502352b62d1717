import type { FrameSink, TextReader } from "./frame-sink.ts";
import { parseJson } from "./parse-json.ts";

/** Reads one JSON value per line. The last line may lack its line feed. Skips blank lines. */
export class NdjsonReader implements TextReader {
  /** Whether any line has ended. */
  hasLineEnd = false;
  readonly #sink: FrameSink;
  #held: string[] = [];

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(text: string, at: number | undefined): void {
    let start = 0;
    this.hasLineEnd ||= text.includes("\n");
    for (let feed = text.indexOf("\n"); feed !== -1; feed = text.indexOf("\n", start)) {
      this.#line(this.#held.join("") + text.slice(start, feed), at);
      this.#held = [];
      start = feed + 1;
    }
    if (start < text.length) this.#held.push(text.slice(start));
  }

  end(at: number | undefined): void {
    const rest = this.#held.join("").trim();
    this.#held = [];
    if (rest === "") return;
    if (parseJson(rest) === undefined) this.#sink.rest = rest;
    else this.#sink.event(at, { data: rest });
  }

  #line(line: string, at: number | undefined): void {
    const data = line.trim();
    if (data !== "") this.#sink.event(at, { data });
  }
}
