import type { FramedEvent } from "./decoder.ts";
import type { FramingFault, StrayLine, StreamComment } from "./framing.ts";
import { type EventFields, StreamEvent } from "./stream-event.ts";

/** Collects the events that a reader finds, and numbers them. */
export class FrameSink {
  readonly events: StreamEvent[] = [];
  readonly comments: StreamComment[] = [];
  readonly strays: StrayLine[] = [];
  retry: number | undefined;
  unclosed: FramedEvent | undefined;
  rest: string | undefined;
  fault: FramingFault | undefined;

  event(at: number | undefined, fields: EventFields): void {
    this.events.push(new StreamEvent(this.events.length, at, fields));
  }

  comment(at: number | undefined, text: string): void {
    this.comments.push({ at, text, before: this.events.length });
  }

  stray(at: number | undefined, line: string): void {
    this.strays.push({ at, line, before: this.events.length });
  }
}

/** Reads one framing from pieces of text. The events don't depend on where the text is cut. */
export interface TextReader {
  push(text: string, at: number | undefined): void;
  end(at: number | undefined): void;
}
