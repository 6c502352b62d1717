import type { StreamChunk } from "../cassette/chunk.ts";
import { count } from "../cassette/count.ts";
import type { StreamEnd } from "../cassette/model.ts";
import type { StreamDecoder, StreamErrorInfo, TraceUsage } from "./decoder.ts";
import { frame } from "./framer.ts";
import type { Framed, Framing, FramingFault, StreamComment } from "./framing.ts";
import { oneLine } from "./one-line.ts";
import { ownGetters } from "./own-getters.ts";
import { type ReadStream, readStream } from "./read-stream.ts";
import { StreamTiming } from "./timing.ts";
import type { ToolCall } from "./tool-calls.ts";
import { TRACE } from "./trace-brand.ts";
import type { TraceEvent } from "./trace-event.ts";

/** The decoder of a stream and whose it is, found by the URL or by the shape of the events. */
export interface StreamReader {
  readonly provider: string | undefined;
  readonly api: string | undefined;
  readonly decoder: StreamDecoder | undefined;
}

/** The source of a trace. */
export interface TraceSource {
  readonly chunks: readonly StreamChunk[];
  /** Milliseconds to the response headers. */
  readonly headers?: number | undefined;
  readonly contentType?: string | undefined;
  /** How the bytes ended, if known. */
  readonly end?: StreamEnd | undefined;
  /** Events that never were bytes, from a stream of values. */
  readonly framed?: Framed | undefined;
  /** Chooses the decoder. Returns a new one each time. */
  readonly reader: (framed: Framed) => StreamReader;
}

/**
 * One recorded or observed stream, decoded. Everything is computed once, on first use.
 */
export class StreamTrace {
  /** The body as it arrived, one element per read. */
  readonly chunks: readonly StreamChunk[];
  readonly #source: TraceSource;
  #framed: Framed | undefined;
  #reader: StreamReader | undefined;
  #read: ReadStream | undefined;
  #timing: StreamTiming | undefined;

  constructor(source: TraceSource) {
    this.#source = source;
    this.chunks = source.chunks;
    ownGetters(this);
  }

  /** Keeps Vitest from copying this for a diff: a copy loses the private fields. */
  get [Symbol.toStringTag](): string {
    return "StreamTrace";
  }

  get [TRACE](): true {
    return true;
  }

  /** Whether `value` is a trace, even from another copy of this package. */
  static is(value: unknown): value is StreamTrace {
    return typeof value === "object" && value !== null && TRACE in value;
  }

  /** The provider that the stream belongs to; `undefined` if unknown. */
  get provider(): string | undefined {
    return this.#readBy().provider;
  }

  /** The provider's API: `chat`, `responses`, `messages`, ... */
  get api(): string | undefined {
    return this.#readBy().api;
  }

  /** The model's name, as the stream gives it. */
  get model(): string | undefined {
    return this.#reading().model;
  }

  /** How the body is split into events; `undefined` for an empty body. */
  get framing(): Framing | undefined {
    return this.#frames().framing;
  }

  get events(): readonly TraceEvent[] {
    return this.#reading().events;
  }

  /** SSE comments. They are not events. */
  get comments(): readonly StreamComment[] {
    return this.#frames().comments;
  }

  /** SSE reconnection time in milliseconds, as the stream last set it. */
  get retry(): number | undefined {
    return this.#frames().retry;
  }

  /** The visible text: all deltas joined, several choices in order of arrival. */
  get text(): string {
    return this.#reading().text;
  }

  /** Thinking, its summaries, and tool plans: all deltas joined. */
  get reasoning(): string {
    return this.#reading().reasoning;
  }

  get refusal(): string {
    return this.#reading().refusal;
  }

  get toolCalls(): readonly ToolCall[] {
    return this.#reading().toolCalls;
  }

  /** The provider's own finish reason. */
  get finishReason(): string | undefined {
    return this.#reading().finishReason;
  }

  get usage(): TraceUsage | undefined {
    return this.#reading().usage;
  }

  /** An error inside the stream or as its whole body, or bytes that break their framing. */
  get error(): StreamErrorInfo | undefined {
    return this.#reading().error;
  }

  /** Whether the provider's end marker arrived; `undefined` if it has none. */
  get terminated(): boolean | undefined {
    return this.#reading().terminated;
  }

  /** How the bytes ended. If unknown: `truncated` if something is missing, else `complete`. */
  get end(): StreamEnd {
    return this.#source.end ?? (this.whole ? "complete" : "truncated");
  }

  /**
   * Whether nothing is missing at the end, as far as the events show: no event is cut off, and the stream has
   * the provider's end marker, an error, or a finish reason if many servers omit the marker (`[DONE]`).
   */
  get whole(): boolean {
    return this.#reading().whole;
  }

  /** Text of an event that the end of the stream cut off; `undefined` if there is none. */
  get rest(): string | undefined {
    return this.#reading().rest;
  }

  /** Where and how the bytes break their framing (a wrong checksum); `undefined` if they don't. */
  get fault(): FramingFault | undefined {
    return this.#frames().fault;
  }

  get timing(): StreamTiming {
    this.#timing ??= new StreamTiming({
      headers: this.#source.headers,
      chunks: this.chunks,
      events: this.events,
      outputTokens: this.usage?.outputTokens,
      isProvisional: this.#reading().usageIsProvisional,
    });
    return this.#timing;
  }

  /** The main facts in one line, for messages and logs. */
  get summary(): string {
    const who = [this.provider, this.api, this.model].filter((part) => part !== undefined).join(" ");
    const parts = [
      who === "" ? "stream" : oneLine(who, 120),
      `${count(this.events.length, "event")} in ${count(this.chunks.length, "chunk")}`,
      this.text === "" ? undefined : count(this.text.length, "character"),
      this.toolCalls.length === 0 ? undefined : count(this.toolCalls.length, "tool call"),
      this.usage?.outputTokens === undefined ? undefined : count(this.usage.outputTokens, "output token"),
      this.finishReason === undefined ? undefined : oneLine(this.finishReason, 40),
      this.error === undefined ? undefined : `error: ${oneLine(this.error.message, 120)}`,
      this.end === "complete" ? undefined : this.end,
      this.timing.summary,
    ];
    return parts.filter((part) => part !== undefined).join(" · ");
  }

  /** Returns the same stream with other bytes in its chunks, such as redacted ones. */
  withBytes(bytes: readonly Uint8Array[]): StreamTrace {
    const chunks = this.chunks.map((chunk, index) => ({ ...chunk, bytes: bytes[index] ?? chunk.bytes }));
    return traceFrom({ ...this.#source, chunks });
  }

  /**
   * Returns the decoded fields without the bytes, for logs and for the diffs that Vitest prints.
   */
  toJSON(): object {
    const { provider, api, model, text, reasoning, refusal, toolCalls, finishReason, usage, error } = this;
    const { terminated, end, summary } = this;
    return {
      ...{ provider, api, model, text, reasoning, refusal, toolCalls, finishReason, usage, error },
      ...{ terminated, end, summary },
    };
  }

  #frames(): Framed {
    this.#framed ??= this.#source.framed ?? frame(this.chunks, this.#source.contentType);
    return this.#framed;
  }

  #readBy(): StreamReader {
    this.#reader ??= this.#source.reader(this.#frames());
    return this.#reader;
  }

  #reading(): ReadStream {
    this.#read ??= readStream(this.#frames(), this.#readBy().decoder);
    return this.#read;
  }
}

/** A separate function, because bundlers rename a class that refers to itself. */
function traceFrom(source: TraceSource): StreamTrace {
  return new StreamTrace(source);
}
