import { Buffer, isAscii } from "node:buffer";
import { TextDecoder } from "node:util";
import type { StreamChunk } from "../cassette/chunk.ts";
import { declaredFraming, type OpeningFraming } from "./declared-framing.ts";
import type { FramedEvent } from "./decoder.ts";
import { detectFraming } from "./detect-framing.ts";
import { EventStreamReader } from "./event-stream-reader.ts";
import { FrameSink, type TextReader } from "./frame-sink.ts";
import type { Framed, Framing } from "./framing.ts";
import { JsonReader } from "./json-reader.ts";
import { NdjsonReader } from "./ndjson-reader.ts";
import { SseReader } from "./sse-reader.ts";
import { PlainTextReader } from "./text-reader.ts";

interface Reading {
  readonly framing: OpeningFraming;
  push(bytes: Uint8Array, at: number | undefined): void;
  end(at: number | undefined): void;
  /** Returns the final framing. */
  readonly found: () => Framing;
}

/**
 * Splits a body into events, chunk by chunk. The events don't depend on the chunk boundaries. Each has the time
 * of the chunk that completed it. Never throws, whatever the bytes are.
 */
export class Framer {
  readonly #contentType: string | undefined;
  readonly #sink = new FrameSink();
  #reading: Reading | undefined;
  #waiting: StreamChunk[] = [];
  #at: number | undefined;

  /** @param contentType the response's; the bytes win over it */
  constructor(contentType?: string) {
    this.#contentType = contentType;
  }

  /** Adds a chunk. Returns the events that it completed. */
  push(chunk: StreamChunk): readonly FramedEvent[] {
    const from = this.#sink.events.length;
    this.#at = chunk.at;
    if (this.#reading === undefined) {
      this.#waiting.push(chunk);
      this.#begin(false);
    } else {
      this.#reading.push(chunk.bytes, chunk.at);
    }
    return this.#sink.events.slice(from);
  }

  /** Ends the body. Returns everything found in it. */
  end(): Framed {
    if (this.#reading === undefined) this.#begin(true);
    this.#reading?.end(this.#at);
    const { events, comments, strays, retry, unclosed, rest, fault } = this.#sink;
    return { framing: this.#reading?.found(), events, comments, strays, retry, unclosed, rest, fault };
  }

  #begin(ended: boolean): void {
    const bytes = join(this.#waiting);
    if (ended && bytes.length === 0) return;
    const framing = detectFraming(bytes, this.#contentType, ended);
    if (framing === undefined) return;
    this.#reading = this.#open(framing);
    for (const chunk of this.#waiting) this.#reading.push(chunk.bytes, chunk.at);
    this.#waiting = [];
  }

  #open(framing: OpeningFraming): Reading {
    switch (framing) {
      case "aws-eventstream": {
        const reader = new EventStreamReader(this.#sink);
        return {
          framing,
          push: (bytes, at) => reader.push(bytes, at),
          end: () => reader.end(),
          found: () => framing,
        };
      }
      case "json": {
        const reader = new JsonReader(this.#sink, declaredFraming(this.#contentType) === "json");
        return ofText(framing, reader, () => reader.framing);
      }
      case "sse":
        return ofText(framing, new SseReader(this.#sink));
      case "ndjson":
        return ofText(framing, new NdjsonReader(this.#sink));
      case "text":
        return ofText(framing, new PlainTextReader(this.#sink));
    }
  }
}

/** Splits a whole body into events. */
export function frame(chunks: readonly StreamChunk[], contentType?: string): Framed {
  const framer = new Framer(contentType);
  for (const chunk of chunks) framer.push(chunk);
  return framer.end();
}

/**
 * Decodes UTF-8 for a text reader. A character can be split across chunks. Drops one leading BOM itself: Node's
 * decoder also drops a second BOM if the first was split across chunks.
 */
function ofText(framing: OpeningFraming, reader: TextReader, found: () => Framing = () => framing): Reading {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let begun = false;
  /** Whether the last character may be incomplete. */
  let isOpen = false;
  const decode = (bytes: Uint8Array): string => {
    // Most chunks are ASCII, which takes the decoder five times as long.
    if (!isOpen && isAscii(bytes)) return latin1(bytes);
    isOpen = (bytes.at(-1) ?? (isOpen ? 0x80 : 0)) >= 0x80;
    return decoder.decode(bytes, { stream: true });
  };
  const push = (text: string, at: number | undefined): void => {
    const hasBom = !begun && text.startsWith("\uFEFF");
    begun ||= text !== "";
    reader.push(hasBom ? text.slice(1) : text, at);
  };
  return {
    framing,
    push: (bytes, at) => push(decode(bytes), at),
    end(at) {
      push(decoder.decode(), at);
      reader.end(at);
    },
    found,
  };
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

function join(chunks: readonly StreamChunk[]): Uint8Array {
  const only = chunks.length === 1 ? chunks[0] : undefined;
  return only === undefined ? Buffer.concat(chunks.map(({ bytes }) => bytes)) : only.bytes;
}
