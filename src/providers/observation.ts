import type { StreamChunk } from "../cassette/chunk.ts";
import type { StreamEnd } from "../cassette/model.ts";
import { decodeChunks } from "../http/content-decoding.ts";
import { frame } from "../streams/framer.ts";
import { type Framed, NO_EVENTS } from "../streams/framing.ts";
import { type PieceSide, type PieceWatcher, watchPieces } from "../streams/piece-watch.ts";
import { Stopwatch } from "../streams/stopwatch.ts";
import { StreamEvent } from "../streams/stream-event.ts";
import { type StreamReader, StreamTrace } from "../streams/stream-trace.ts";
import { encodeText } from "../streams/text.ts";
import { stillRunning } from "../streams/trace-of.ts";
import { sniff } from "./sniff.ts";

/** Facts about a stream that are known before it is read. */
export interface ObservationHints {
  /** If it is missing, the shape of the stream decides between plain text and a protocol. */
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** When times start to count, by `performance.now()`. */
  readonly since?: number | undefined;
  /** The side of the wire, for watchers of pieces. @defaultValue `emit` */
  readonly side?: PieceSide | undefined;
}

/** Observes a stream while its consumer reads it. Times come from the clock that the test sees. */
export class Observation {
  readonly done: Promise<StreamTrace>;
  readonly #stopwatch: Stopwatch;
  readonly #hints: ObservationHints;
  readonly #reader: (framed: Framed) => StreamReader;
  readonly #chunks: StreamChunk[] = [];
  /** Values that never were bytes. */
  readonly #events: StreamEvent[] = [];
  readonly #watcher: PieceWatcher | undefined;
  #trace: StreamTrace | undefined;
  #settle: (trace: StreamTrace) => void;

  constructor(reader: (framed: Framed) => StreamReader, hints: ObservationHints) {
    this.#reader = reader;
    this.#hints = hints;
    this.#stopwatch = new Stopwatch(hints.since);
    this.#watcher = watchPieces(hints.side ?? "emit");
    const { promise, resolve } = Promise.withResolvers<StreamTrace>();
    this.done = promise;
    this.#settle = resolve;
  }

  get trace(): StreamTrace {
    if (this.#trace === undefined) throw stillRunning();
    return this.#trace;
  }

  /** Adds one read of the stream: bytes, text, or a value. */
  see(value: unknown): void {
    const at = Math.round(this.#stopwatch.elapsed * 10) / 10;
    if (typeof value === "string") this.#keep(at, encodeText(value));
    else if (value instanceof ArrayBuffer) this.#keep(at, new Uint8Array(value.slice(0)));
    else if (ArrayBuffer.isView(value)) this.#keep(at, bytesOf(value));
    else this.#seeValue(value, at);
  }

  /** Ends the stream. Only the first call counts. */
  finish(end: StreamEnd | undefined): void {
    if (this.#trace !== undefined) return;
    const { contentType, contentEncoding } = this.#hints;
    const chunks = decodeChunks(this.#chunks, contentEncoding);
    this.#trace = new StreamTrace({
      chunks,
      contentType: contentType ?? guessContentType(chunks),
      end,
      framed:
        this.#events.length === 0 ? undefined : { ...NO_EVENTS, framing: "values", events: this.#events },
      reader: this.#reader,
    });
    this.#settle(this.#trace);
    this.#watcher?.(undefined);
  }

  #keep(at: number, bytes: Uint8Array): void {
    this.#chunks.push({ at, bytes });
    this.#watcher?.(bytes);
  }

  #seeValue(value: unknown, at: number): void {
    const data = print(value);
    this.#events.push(new StreamEvent(this.#events.length, at, { data }, { value }));
    this.#keep(at, encodeText(data));
  }
}

/**
 * Guesses the content type of a stream without one: plain text, unless it is SSE or a known protocol. JSON alone
 * can be a model's answer, so it counts as a protocol only if its shape is known.
 */
function guessContentType(chunks: readonly StreamChunk[]): string | undefined {
  const framed = frame(chunks);
  return framed.framing !== "sse" && sniff(framed) !== undefined ? undefined : "text/plain";
}

/** Copies the bytes, because the consumer can change its chunk. */
function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

function print(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Circular or with a bigint. The payload still has the value.
    return String(value);
  }
}
