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
import type { TraceEvent } from "./trace-event.ts";

/** Who reads a stream: found by its URL, or by the look of its events. */
export interface StreamReader {
  readonly provider: string | undefined;
  readonly api: string | undefined;
  readonly decoder: StreamDecoder | undefined;
}

/** What a trace is made of. */
export interface TraceSource {
  readonly chunks: readonly StreamChunk[];
  /** Milliseconds to the response headers. */
  readonly headers?: number | undefined;
  readonly contentType?: string | undefined;
  /** How the bytes ended, where that is known. */
  readonly end?: StreamEnd | undefined;
  /** Events that never were bytes, from a source of values. */
  readonly framed?: Framed | undefined;
  /** Chooses who reads the events; a fresh decoder each time. */
  readonly reader: (framed: Framed) => StreamReader;
}

const BRAND = Symbol.for("vitest-cassette.stream-trace");

/**
 * One recorded or observed stream, decoded. Everything is computed when it is first asked for, and once.
 */
export class StreamTrace {
  /** The body as it arrived, one element a read. */
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

  /** Tells Vitest not to copy this when it prints a difference: the private fields do not come along. */
  get [Symbol.toStringTag](): string {
    return "StreamTrace";
  }

  get [BRAND](): true {
    return true;
  }

  /** Whether `value` is a trace, also one that another copy of this package made. */
  static is(value: unknown): value is StreamTrace {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  /** Which profile read the stream; `undefined` where none did. */
  get provider(): string | undefined {
    return this.#readBy().provider;
  }

  /** Which of the provider's APIs it is: `chat`, `responses`, `messages`, ... */
  get api(): string | undefined {
    return this.#readBy().api;
  }

  /** The model's name, as the stream gives it. */
  get model(): string | undefined {
    return this.#reading().model;
  }

  /** How the body is cut into events; `undefined` for an empty one. */
  get framing(): Framing | undefined {
    return this.#frames().framing;
  }

  get events(): readonly TraceEvent[] {
    return this.#reading().events;
  }

  /** SSE comments: they keep a connection alive, and are no events. */
  get comments(): readonly StreamComment[] {
    return this.#frames().comments;
  }

  /** SSE reconnection time in milliseconds, as the stream last set it. */
  get retry(): number | undefined {
    return this.#frames().retry;
  }

  /** Visible text: all deltas joined, of several choices in order of arrival. */
  get text(): string {
    return this.#reading().text;
  }

  /** Thinking, summaries of it, tool plans: all deltas joined. */
  get reasoning(): string {
    return this.#reading().reasoning;
  }

  get refusal(): string {
    return this.#reading().refusal;
  }

  get toolCalls(): readonly ToolCall[] {
    return this.#reading().toolCalls;
  }

  /** The provider's own word. */
  get finishReason(): string | undefined {
    return this.#reading().finishReason;
  }

  get usage(): TraceUsage | undefined {
    return this.#reading().usage;
  }

  /** An error that was sent inside the stream or as its whole body, or bytes that break their framing. */
  get error(): StreamErrorInfo | undefined {
    return this.#reading().error;
  }

  /** Whether the provider's own end marker was seen; `undefined` where it has none. */
  get terminated(): boolean | undefined {
    return this.#reading().terminated;
  }

  /** How the bytes ended. Where nobody was there to see it: `truncated` if something is missing, else `complete`. */
  get end(): StreamEnd {
    return this.#source.end ?? (this.whole ? "complete" : "truncated");
  }

  /**
   * Whether nothing is missing at the end, as far as the events tell: no event is cut, and the provider's end
   * marker is there, or is one that many leave out (`[DONE]`) and a finish reason stands for it, or an error does.
   */
  get whole(): boolean {
    return this.#reading().whole;
  }

  /** Text of an event that the end of the stream cut; `undefined` where none was. */
  get rest(): string | undefined {
    return this.#reading().rest;
  }

  /** Where and how the bytes break the rules of their framing (a wrong checksum); `undefined` where they do not. */
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

  /** Everything that matters in one line, for messages and logs. */
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

  /** The same stream with other bytes in each of its chunks: secrets removed, say. */
  withBytes(bytes: readonly Uint8Array[]): StreamTrace {
    const chunks = this.chunks.map((chunk, index) => ({ ...chunk, bytes: bytes[index] ?? chunk.bytes }));
    return traceFrom({ ...this.#source, chunks });
  }

  /**
   * What it says, without its bytes: for logs, and for the differences that Vitest prints of values that hold a trace.
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

/** Apart, since a bundler renames a class that names itself. */
function traceFrom(source: TraceSource): StreamTrace {
  return new StreamTrace(source);
}
