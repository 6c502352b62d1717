/** One framed message of a stream, before a provider's decoder reads it. */
export interface FramedEvent {
  /** Position in the stream, from 0. */
  readonly index: number;
  /** When its last byte arrived, in milliseconds since the request was sent; `undefined` without timing. */
  readonly at: number | undefined;
  /** SSE `event:` name, or the `:event-type` / `:exception-type` of an AWS frame. */
  readonly event?: string | undefined;
  /** SSE `id:`. */
  readonly id?: string | undefined;
  /** `:message-type` of an AWS frame: `event`, `exception` or `error`. */
  readonly messageType?: string | undefined;
  /** The event's data as text: SSE `data:` lines joined, an NDJSON line, one element of a JSON array, a frame's payload. */
  readonly data: string;
  /** `data` parsed; `undefined` if it is not JSON. */
  readonly payload?: unknown;
}

/** Token counts under the same names for every provider; `undefined` if it gave none. */
export interface TraceUsage {
  /** As the provider counts them. Anthropic excludes cached tokens, others don't. */
  readonly inputTokens: number | undefined;
  /** Includes reasoning, whether or not the provider's own number does. */
  readonly outputTokens: number | undefined;
  readonly totalTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  readonly cachedInputTokens: number | undefined;
  /** The provider's own object. */
  readonly raw: unknown;
}

/** An error inside a stream, or in the body of a failed response. */
export interface StreamErrorInfo {
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message: string;
}

/**
 * One finding of a decoder in an event. Tool-call pieces use the provider's own key (choice and index,
 * output_index, block index); `arguments` are pieces of the argument text.
 */
export type Decoded =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "refusal"; readonly text: string }
  | {
      readonly kind: "toolCall";
      readonly key: string;
      readonly id?: string | undefined;
      readonly name?: string | undefined;
      readonly arguments?: string | undefined;
      /**
       * All arguments so far as a value, from a provider that sends values instead of JSON text. It replaces
       * the argument text so far; `arguments` is only what this event added.
       */
      readonly input?: unknown;
    }
  | { readonly kind: "finish"; readonly reason: string }
  | {
      readonly kind: "usage";
      readonly usage: TraceUsage;
      /** Set if the output is not counted yet: Anthropic sends a first count at the beginning. */
      readonly provisional?: boolean;
    }
  | { readonly kind: "model"; readonly model: string }
  | { readonly kind: "error"; readonly error: StreamErrorInfo }
  | { readonly kind: "terminated" };

/** Reads the events of one response, in order. Each response needs a new one. */
export interface StreamDecoder {
  /** `false` if this API has no end marker of its own (Gemini). */
  readonly hasTerminator: boolean;
  /** Set if many servers of this API omit the marker. A finish reason then also ends the stream. */
  readonly terminatorOptional?: boolean;
  decode(event: FramedEvent): readonly Decoded[];
}
