import type { FrameSink, TextReader } from "./frame-sink.ts";

/** Reads plain text: each chunk is an event. */
export class PlainTextReader implements TextReader {
  readonly #sink: FrameSink;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(text: string, at: number | undefined): void {
    if (text !== "") this.#sink.event(at, { data: text });
  }

  end(): void {}
}
