import { createParser, type EventSourceParser } from "eventsource-parser";
import type { FrameSink, TextReader } from "./frame-sink.ts";
import type { EventFields } from "./stream-event.ts";
import { StreamEvent } from "./stream-event.ts";

/**
 * Server-sent events by the WHATWG standard. The grammar is eventsource-parser's. Around it: the parser is
 * given whole lines only, since what it reports of a line it does not know depends on where chunks were cut;
 * and at the end of the body the event that no blank line closed is kept apart instead of dropped.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseReader implements TextReader {
  readonly #sink: FrameSink;
  readonly #parser: EventSourceParser;
  /** Pieces of a line that has not ended yet; joined once, so that a long line costs no more than its length. */
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
    // Ends the parser's own look for a BOM, which would also take one that was encoded twice.
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
    // The second line feed is the blank line: the first may be taken as the end of a CR before it.
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
  return Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
}
