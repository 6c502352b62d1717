import type { StreamChunk } from "../cassette/chunk.ts";
import { count } from "../cassette/count.ts";
import { ownGetters } from "./own-getters.ts";
import { percentile } from "./percentile.ts";
import type { TraceEvent } from "./trace-event.ts";

/** The source of a stream's timing. */
export interface TimingSource {
  readonly headers: number | undefined;
  readonly chunks: readonly StreamChunk[];
  readonly events: readonly TraceEvent[];
  readonly outputTokens: number | undefined;
  /** Whether `outputTokens` is a first count, sent before the output. */
  readonly isProvisional?: boolean;
}

/**
 * The timing of one stream, in milliseconds since the request was sent. A value is `undefined` if the stream has
 * no timing (a tape written by hand) or nothing to measure.
 */
export class StreamTiming {
  readonly #source: TimingSource;
  readonly #timed: boolean;
  #content: readonly TraceEvent[] | undefined;

  constructor(source: TimingSource) {
    this.#source = source;
    this.#timed = source.chunks.every(({ at }) => Number.isFinite(at));
    ownGetters(this);
  }

  /** Keeps Vitest from copying this for a diff: a copy loses the private fields. */
  get [Symbol.toStringTag](): string {
    return "StreamTiming";
  }

  /** Response headers. */
  get headers(): number | undefined {
    return this.#source.headers;
  }

  /** First body chunk. */
  get firstChunk(): number | undefined {
    return this.#timed ? this.#source.chunks[0]?.at : undefined;
  }

  /** First event with text, reasoning, a refusal or tool-call arguments. */
  get firstToken(): number | undefined {
    return this.#timed ? this.#contentEvents()[0]?.at : undefined;
  }

  /** First event with visible text. */
  get firstText(): number | undefined {
    return this.#timed ? this.#source.events.find(({ hasText }) => hasText)?.at : undefined;
  }

  /** Gaps between events with content, in order; 0 between events of one chunk. */
  get gaps(): readonly number[] | undefined {
    return this.#timed ? differences(this.#contentEvents()) : undefined;
  }

  /** Longest gap between two reads. */
  get longestGap(): number | undefined {
    if (!this.#timed) return undefined;
    const gaps = differences(this.#source.chunks);
    return gaps.length === 0 ? undefined : gaps.reduce((longest, gap) => Math.max(longest, gap));
  }

  /** Last byte. */
  get duration(): number | undefined {
    return this.#timed ? this.#source.chunks.at(-1)?.at : undefined;
  }

  /**
   * (Output tokens - 1) / (last content - first token), from the provider's own usage. `undefined` if it sent
   * no final count, or if there is no time between the two. {@link noTokenRate} says why.
   */
  get tokensPerSecond(): number | undefined {
    const measured = this.#tokenRate();
    return typeof measured === "number" ? measured : undefined;
  }

  /** Why there is no `tokensPerSecond`; `undefined` if there is one. */
  get noTokenRate(): string | undefined {
    const measured = this.#tokenRate();
    return typeof measured === "string" ? measured : undefined;
  }

  /** The `n`th percentile of `gaps`, interpolated linearly; `undefined` if there are no gaps. */
  p(n: number): number | undefined {
    return percentile(this.gaps ?? [], n);
  }

  /** First token, median and longest gap, token rate and duration in one line. */
  get summary(): string {
    if (!this.#timed || this.duration === undefined) return "no timing";
    const parts = [
      this.firstToken === undefined
        ? part("first chunk", ms(this.firstChunk))
        : part("first token", ms(this.firstToken)),
      part("p50", ms(this.p(50))),
      part("longest gap", ms(this.longestGap)),
      this.tokensPerSecond === undefined ? undefined : `${round(this.tokensPerSecond)} tokens/s`,
      part("in all", ms(this.duration)),
    ];
    return parts.filter((each) => each !== undefined).join(", ");
  }

  #contentEvents(): readonly TraceEvent[] {
    this.#content ??= this.#source.events.filter(({ hasContent }) => hasContent);
    return this.#content;
  }

  #tokenRate(): number | string {
    const { outputTokens, isProvisional } = this.#source;
    if (!this.#timed) return "the stream has no timing";
    if (outputTokens === undefined) return "the provider sent no usage";
    if (isProvisional) return "the provider sent no final usage";
    const content = this.#contentEvents();
    const from = content[0]?.at;
    const to = content.at(-1)?.at;
    if (from === undefined || to === undefined) return "the stream has no content";
    if (outputTokens < 2) return `${count(outputTokens, "output token")} cannot have a rate`;
    if (to === from) return "all content arrived at the same time";
    if (to < from) return "the times go backwards";
    return ((outputTokens - 1) / (to - from)) * 1000;
  }
}

function differences(points: readonly { readonly at?: number | undefined }[]): number[] {
  const gaps: number[] = [];
  let last: number | undefined;
  for (const { at } of points) {
    if (at === undefined) continue;
    // Tenths of a millisecond subtract to 20.100000000000023.
    if (last !== undefined) gaps.push(round(at - last, 1000));
    last = at;
  }
  return gaps;
}

function part(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${name} ${value}`;
}

function ms(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${round(value)} ms`;
}

function round(value: number, precision = 10): number {
  return Math.round(value * precision) / precision;
}
