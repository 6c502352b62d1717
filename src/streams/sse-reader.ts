import { createParser, type EventSourceParser } from "eventsource-parser";
import type { FrameSink, TextReader } from "./frame-sink.ts";
import type { EventFields } from "./stream-event.ts";
import { StreamEvent } from "./stream-event.ts";

/**
 * Reads server-sent events by the WHATWG standard, with eventsource-parser. The parser gets whole lines only,
 * because its reports about unknown lines depend on chunk boundaries. At the end of the body, an event that no
 * blank line closed is kept separately instead of dropped.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseReader implements TextReader {
  readonly #sink: FrameSink;
  readonly #parser: EventSourceParser;
  /** Pieces of an unfinished line; joined once, so that a long line stays cheap. */
  #held: string[] = [];
  #at: number | undefined;
  #ending = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
    this.#parser = createParser({
      onEvent: (event) => this.#dispatch(event),
      onComment: (text) => sink.comment(this.#at, text),
      onRetry: (ms) => {
        sink.retry = ms;
      },
      onError: ({ type, line }) => {
        if (type === "unknown-field" && line !== undefined) sink.stray(this.#at, line);
      },
    });
    // Stops the parser from looking for a BOM: it would also drop a second one.
    this.#parser.feed("\n");
  }

  push(text: string, at: number | undefined): void {
    const end = afterLastLineEnd(text);
    if (end === 0) {
      if (text !== "") this.#held.push(text);
      return;
    }
    const lines = text.slice(0, end);
    this.#feed(this.#held.length === 0 ? lines : this.#held.join("") + lines, at);
    this.#held = end < text.length ? [text.slice(end)] : [];
  }

  end(at: number | undefined): void {
    const rest = this.#held.join("");
    this.#held = [];
    this.#ending = true;
    // The second line feed is the blank line: the first can be part of a CRLF.
    this.#feed(`${rest}\n\n`, at);
    this.#sink.rest = this.#sink.unclosed?.data ?? (rest === "" || rest.startsWith(":") ? undefined : rest);
  }

  #feed(lines: string, at: number | undefined): void {
    this.#at = at;
    this.#parser.feed(lines);
  }

  #dispatch({ event, id, data }: EventFields): void {
    const fields = { event, id, data };
    if (this.#ending) this.#sink.unclosed = new StreamEvent(this.#sink.events.length, this.#at, fields);
    else this.#sink.event(this.#at, fields);
  }
}

function afterLastLineEnd(text: string): number {
  // Most chunks end in a whole event: don't look for the other kind of line end in all of them.
  if (text.endsWith("\n")) return text.length;
  return Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
}
