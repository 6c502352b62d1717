import type { Attributes, Histogram, Meter } from "@opentelemetry/api";
import type { LlmCallEvent, LlmResultEvent } from "../event.ts";
import { inputTokens, seconds } from "./describe-model-call.ts";

/** The conventions name these limits. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);

/** The attributes of a span that metrics are counted by. */
const DIMENSIONS = [
  "gen_ai.operation.name",
  "gen_ai.provider.name",
  "gen_ai.request.model",
  "gen_ai.response.model",
  "server.address",
  "server.port",
  "cassette.replayed",
];

/** The metrics of the GenAI conventions for requests to models. */
export class Metrics {
  readonly #duration: Histogram;
  readonly #firstChunk: Histogram;
  readonly #tokens: Histogram;

  constructor(meter: Meter) {
    const histogram = (name: string, unit: string, description: string): Histogram =>
      meter.createHistogram(name, {
        unit,
        description,
        advice: { explicitBucketBoundaries: unit === "s" ? SECONDS : TOKENS },
      });
    this.#duration = histogram("gen_ai.client.operation.duration", "s", "GenAI operation duration.");
    this.#firstChunk = histogram(
      "gen_ai.client.operation.time_to_first_chunk",
      "s",
      "Time from the request to the first chunk of a streamed response.",
    );
    this.#tokens = histogram(
      "gen_ai.client.token.usage",
      "{token}",
      "Number of input and output tokens used.",
    );
  }

  /** @param duration milliseconds */
  record(
    call: LlmCallEvent,
    result: LlmResultEvent,
    given: Attributes,
    { duration, errorType }: { readonly duration: number; readonly errorType: string | undefined },
  ): void {
    const attributes = Object.fromEntries(
      DIMENSIONS.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
    );
    const failed = errorType === undefined ? attributes : { ...attributes, "error.type": errorType };
    this.#duration.record(duration / 1000, failed);
    const firstChunk = call.stream === true ? seconds(result.timing.firstChunk) : undefined;
    if (firstChunk !== undefined) this.#firstChunk.record(firstChunk, attributes);
    const tokens = { input: inputTokens(call, result), output: result.usage?.outputTokens };
    for (const [type, count] of Object.entries(tokens)) {
      if (count !== undefined) this.#tokens.record(count, { ...attributes, "gen_ai.token.type": type });
    }
  }
}
