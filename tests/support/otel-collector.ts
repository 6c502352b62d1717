import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as a collector got it, in short. */
export interface CollectedSpan {
  readonly name: string;
  readonly scope: string;
  /** 1: internal, 3: client. */
  readonly kind: number;
  readonly id: string;
  readonly trace: string;
  readonly parent: string | undefined;
  /** Milliseconds. */
  readonly duration: number;
  readonly startedAt: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  readonly status: unknown;
}

export interface CollectedMetric {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly {
    readonly count: number;
    readonly sum: number;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
}

export interface Collector {
  readonly url: string;
  readonly spans: CollectedSpan[];
  readonly metrics: CollectedMetric[];
  close(): Promise<void>;
}

type Json = Record<string, never>;

/** A collector that takes OTLP as JSON over HTTP. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const metrics: CollectedMetric[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Json;
      if (request.url === "/v1/traces") spans.push(...spansOf(body));
      else if (request.url === "/v1/metrics") metrics.push(...metricsOf(body));
      response.setHeader("content-type", "application/json");
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the JSON of OTLP.
type Any = any;

function spansOf(body: Any): CollectedSpan[] {
  return body.resourceSpans.flatMap(({ scopeSpans }: Any) =>
    scopeSpans.flatMap(({ scope, spans }: Any) =>
      spans.map((span: Any) => ({
        name: span.name,
        scope: scope.name,
        kind: span.kind,
        id: span.spanId,
        trace: span.traceId,
        parent: span.parentSpanId || undefined,
        duration: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
        startedAt: Number(span.startTimeUnixNano) / 1e6,
        attributes: attributesOf(span.attributes),
        events: (span.events ?? []).map(({ name }: Any) => name),
        status: span.status,
      })),
    ),
  );
}

function metricsOf(body: Any): CollectedMetric[] {
  return body.resourceMetrics.flatMap(({ scopeMetrics }: Any) =>
    scopeMetrics.flatMap(({ metrics }: Any) =>
      metrics.map(({ name, unit, histogram }: Any) => ({
        name,
        unit,
        points: histogram.dataPoints.map(({ count, sum, attributes }: Any) => ({
          count: Number(count),
          sum,
          attributes: attributesOf(attributes),
        })),
      })),
    ),
  );
}

function attributesOf(list: Any): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }: Any) => [key, plainOf(value)]));
}

function plainOf(value: Any): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(plainOf);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
