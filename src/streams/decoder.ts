/** One framed message of a stream, before any provider has read it. */
export interface FramedEvent {
  /** Position in the stream, from 0. */
  readonly index: number;
  /** Milliseconds since the request was sent at which its last byte arrived; `undefined` where times are not known. */
  readonly at: number | undefined;
  /** SSE `event:` name, or the `:event-type` / `:exception-type` of an AWS frame. */
  readonly event?: string | undefined;
  /** SSE `id:`. */
  readonly id?: string | undefined;
  /** `:message-type` of an AWS frame: `event`, `exception` or `error`. */
  readonly messageType?: string | undefined;
  /** The event's data as text: SSE `data:` lines joined, an NDJSON line, one element of a JSON array, a frame's payload. */
  readonly data: string;
  /** `data` parsed, where it is JSON. */
  readonly payload?: unknown;
}

/** Token counts by the names that are the same for every provider; `undefined` where it gave none. */
export interface TraceUsage {
  /** As the provider counts them: Anthropic leaves out what came from or went to its cache, others do not. */
  readonly inputTokens: number | undefined;
  /** Thinking included, whether or not the provider's own number has it. */
  readonly outputTokens: number | undefined;
  readonly totalTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  readonly cachedInputTokens: number | undefined;
  /** The provider's own object. */
  readonly raw: unknown;
}

/** An error that was sent inside a stream, or as the body of a failed response. */
export interface StreamErrorInfo {
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message: string;
}

/**
 * What a decoder found in one event. Tool-call pieces are keyed by whatever the provider keys them by
 * (choice and index, output_index, block index); `arguments` are pieces of the argument text.
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
       * All arguments so far as a value, from a provider that sends values and not JSON text. It then stands
       * for the whole argument text, and `arguments` is no more than what this event added.
       */
      readonly input?: unknown;
    }
  | { readonly kind: "finish"; readonly reason: string }
  | {
      readonly kind: "usage";
      readonly usage: TraceUsage;
      /** Set where the answer is yet to be counted: Anthropic tells what it knows at the beginning. */
      readonly provisional?: boolean;
    }
  | { readonly kind: "model"; readonly model: string }
  | { readonly kind: "error"; readonly error: StreamErrorInfo }
  | { readonly kind: "terminated" };

/** Reads the events of one response, in order. A fresh one for each response. */
export interface StreamDecoder {
  /** `false` where this API has no end marker of its own (Gemini). */
  readonly hasTerminator: boolean;
  /** Set where many who speak this API leave its marker out: a finish reason then ends a stream as well. */
  readonly terminatorOptional?: boolean;
  decode(event: FramedEvent): readonly Decoded[];
}
