import type { StreamChunk } from "../cassette/chunk.ts";
import type { StreamEnd } from "../cassette/model.ts";
import { decodeChunks } from "../http/content-decoding.ts";
import { frame } from "../streams/framer.ts";
import type { Framed } from "../streams/framing.ts";
import { Stopwatch } from "../streams/stopwatch.ts";
import { StreamEvent } from "../streams/stream-event.ts";
import { type StreamReader, StreamTrace } from "../streams/stream-trace.ts";
import { encodeText } from "../streams/text.ts";
import { stillRunning } from "../streams/trace-of.ts";
import { sniff } from "./sniff.ts";

/** What is known of a stream before it is read. */
export interface ObservationHints {
  /** Without one, the look of it tells a model's text from its protocol. */
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** Moment that times are counted from, by `performance.now()`. */
  readonly since?: number | undefined;
}

/** What is seen of a stream while its consumer reads it, at times by the clock that the test sees. */
export class Observation {
  readonly done: Promise<StreamTrace>;
  readonly #stopwatch: Stopwatch;
  readonly #hints: ObservationHints;
  readonly #reader: (framed: Framed) => StreamReader;
  readonly #chunks: StreamChunk[] = [];
  /** Values that never were bytes. */
  readonly #events: StreamEvent[] = [];
  #trace: StreamTrace | undefined;
  #settle: (trace: StreamTrace) => void;

  constructor(reader: (framed: Framed) => StreamReader, hints: ObservationHints) {
    this.#reader = reader;
    this.#hints = hints;
    this.#stopwatch = new Stopwatch(hints.since);
    const { promise, resolve } = Promise.withResolvers<StreamTrace>();
    this.done = promise;
    this.#settle = resolve;
  }

  get trace(): StreamTrace {
    if (this.#trace === undefined) throw stillRunning();
    return this.#trace;
  }

  /** One read of the stream: bytes, text, or a value. */
  see(value: unknown): void {
    const at = Math.round(this.#stopwatch.elapsed * 10) / 10;
    if (typeof value === "string") this.#chunks.push({ at, bytes: encodeText(value) });
    else if (value instanceof ArrayBuffer) this.#chunks.push({ at, bytes: new Uint8Array(value.slice(0)) });
    else if (ArrayBuffer.isView(value)) this.#chunks.push({ at, bytes: bytesOf(value) });
    else this.#seeValue(value, at);
  }

  /** The stream is over. Only the first call counts. */
  finish(end: StreamEnd | undefined): void {
    if (this.#trace !== undefined) return;
    const { contentType, contentEncoding } = this.#hints;
    const chunks = decodeChunks(this.#chunks, contentEncoding);
    this.#trace = new StreamTrace({
      chunks,
      contentType: contentType ?? contentTypeByLook(chunks),
      end,
      framed: this.#events.length === 0 ? undefined : this.#framed(),
      reader: this.#reader,
    });
    this.#settle(this.#trace);
  }

  #seeValue(value: unknown, at: number): void {
    const data = print(value);
    this.#events.push(new StreamEvent(this.#events.length, at, { data }, { value }));
    this.#chunks.push({ at, bytes: encodeText(data) });
  }

  #framed(): Framed {
    return {
      framing: "values",
      events: this.#events,
      comments: [],
      strays: [],
      retry: undefined,
      unclosed: undefined,
      rest: undefined,
      fault: undefined,
    };
  }
}

/**
 * For a stream that nothing is said of. What does not look like a protocol is a model's text; JSON is both, since a
 * model may well answer with it, and is a protocol where it is one that is known.
 */
function contentTypeByLook(chunks: readonly StreamChunk[]): string | undefined {
  const looked = frame(chunks);
  return looked.framing !== "sse" && sniff(looked) !== undefined ? undefined : "text/plain";
}

/** A copy: the consumer may do with its chunk what it likes. */
function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

function print(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Circular, or with a bigint: the value itself is still there as the payload.
    return String(value);
  }
}
