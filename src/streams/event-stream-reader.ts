import {
  decodeEventStreamMessage,
  EventStreamError,
  type EventStreamMessage,
  frameLength,
} from "./event-stream-message.ts";
import type { FrameSink } from "./frame-sink.ts";
import { decodeText } from "./text.ts";

/**
 * Reads AWS's binary frames. An event is named by its `:event-type`, `:exception-type` or `:error-code`. Reading
 * stops at an invalid frame: the start of the next one is unknown.
 */
export class EventStreamReader {
  readonly #sink: FrameSink;
  #buffer = new Uint8Array(0);
  #length = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array, at: number | undefined): void {
    if (this.#sink.fault !== undefined) return;
    this.#append(bytes);
    let offset = 0;
    try {
      for (;;) {
        const held = this.#buffer.subarray(0, this.#length);
        const length = frameLength(held, offset);
        if (length === undefined || offset + length > held.length) break;
        this.#event(decodeEventStreamMessage(held.subarray(offset, offset + length)), at);
        offset += length;
      }
    } catch (error) {
      if (!(error instanceof EventStreamError)) throw error;
      this.#sink.fault = { at, code: error.code, message: error.message };
    }
    this.#buffer.copyWithin(0, offset, this.#length);
    this.#length -= offset;
  }

  end(): void {
    if (this.#length > 0 && this.#sink.fault === undefined) {
      this.#sink.rest = decodeText(this.#buffer.subarray(0, this.#length));
    }
  }

  /** Doubles the buffer when it is full, so that many small chunks stay cheap. */
  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  #event({ headers, payload }: EventStreamMessage, at: number | undefined): void {
    const header = (name: string): string | undefined => {
      const value = headers.get(name);
      return typeof value === "string" ? value : undefined;
    };
    const text = decodeText(payload);
    this.#sink.event(at, {
      event: header(":event-type") ?? header(":exception-type") ?? header(":error-code"),
      messageType: header(":message-type"),
      data: text === "" ? (header(":error-message") ?? "") : text,
    });
  }
}
