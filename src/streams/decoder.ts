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
  /** The event's data as text: SSE `data:` lines joined, an NDJSON line, one element of a JSON array, a frame's payload. */
  readonly data: string;
  /** `data` parsed, where it is JSON. */
  readonly payload?: unknown;
}

export interface TraceUsage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly totalTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  readonly cachedInputTokens: number | undefined;
  /** The provider's own object. */
  readonly raw: unknown;
}

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
    }
  | { readonly kind: "finish"; readonly reason: string }
  | { readonly kind: "usage"; readonly usage: TraceUsage }
  | { readonly kind: "model"; readonly model: string }
  | { readonly kind: "error"; readonly error: StreamErrorInfo }
  | { readonly kind: "terminated" };

/** Reads the events of one response, in order. A fresh one for each response. */
export interface StreamDecoder {
  /** `false` where this API has no end marker of its own (Gemini). */
  readonly hasTerminator: boolean;
  decode(event: FramedEvent): readonly Decoded[];
}
