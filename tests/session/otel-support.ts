import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { type CollectedSpan, type Collector, startCollector } from "../support/otel-collector.ts";

export interface Otel {
  readonly collector: Collector;
  readonly provider: TracerProvider;
  readonly meters: MeterProvider;
  /** Returns the spans that the test has sent. */
  collected(): Promise<readonly CollectedSpan[]>;
}

/** Registers an SDK of OpenTelemetry for the tests of a file. It exports to a collector on this machine. */
export function useOtel(): Otel {
  let collector: Collector;
  let provider: TracerProvider;
  let meters: MeterProvider;
  beforeAll(async () => {
    collector = await startCollector();
    const exporter = new OTLPTraceExporter({ url: `${collector.url}/v1/traces` });
    provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
    meters = new MeterProvider({
      readers: [
        new PeriodicExportingMetricReader({
          exporter: new OTLPMetricExporter({ url: `${collector.url}/v1/metrics` }),
          exportIntervalMillis: 3_600_000,
        }),
      ],
    });
    trace.setGlobalTracerProvider(provider);
    metrics.setGlobalMeterProvider(meters);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await provider.forceFlush();
    collector.spans.length = 0;
    collector.metrics.length = 0;
  });
  afterAll(async () => {
    await provider.shutdown();
    await meters.shutdown();
    for (const global of [trace, metrics, context]) global.disable();
    await collector.close();
  });
  return {
    get collector() {
      return collector;
    },
    get provider() {
      return provider;
    },
    get meters() {
      return meters;
    },
    async collected() {
      await provider.forceFlush();
      return collector.spans;
    },
  };
}

/** `parent > name`, for each span. */
export function tree(spans: readonly CollectedSpan[]): readonly string[] {
  const path = (span: CollectedSpan): string => {
    const parent = spans.find(({ id }) => id === span.parent);
    return parent === undefined ? span.name : `${path(parent)} > ${span.name}`;
  };
  return spans.map(path).toSorted();
}

export const QUESTION = "Why do programmers prefer dark mode?";

export const TAPE = `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      headers: { content-type: application/json }
      body:
        model: gpt-5-mini
        messages: [{ role: system, content: Be brief. }, { role: user, content: "${QUESTION}" }]
        stream: true
    response:
      status: 200
      headers: { content-type: text/event-stream }
      timing: { headers: 310.2, chunks: [412.3, 433.1, 455, 455] }
      body: |+
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5-mini-2026","choices":[{"index":0,"delta":{"content":"Light attracts "}}]}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5-mini-2026","choices":[{"index":0,"delta":{"content":"bugs."},"finish_reason":"stop"}]}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5-mini-2026","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":7,"total_tokens":28,"prompt_tokens_details":{"cached_tokens":5}}}

        data: [DONE]

`;

/** Sends the request that is on {@link TAPE}. */
export async function ask(): Promise<string> {
  const stream = await new OpenAI({ apiKey: "k" }).chat.completions.create({
    model: "gpt-5-mini",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: QUESTION },
    ],
    stream: true,
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}
