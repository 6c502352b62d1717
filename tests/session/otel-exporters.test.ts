import { createRequire } from "node:module";
import type { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, test, vi } from "vitest";
import { bypassReason } from "../../src/session/request-filter.ts";
import { ask, TAPE, useOtel } from "./otel-support.ts";
import { tapes } from "./support.ts";

const otel = useOtel();

test("an exporter's requests are never the test's", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  await folder.play("run", { otel: true, include: [] }, async (cassette) => {
    await ask();
    const exported = async (): Promise<void> => {
      await otel.provider.forceFlush();
      expect(cassette.bypassed.map(({ reason }) => reason)).toEqual(["telemetry"]);
    };
    await vi.waitFor(exported, { timeout: 10_000 });
  });
  expect(otel.collector.spans).toHaveLength(1);
});

test("a provider that another version of the API hides is a warning, and a tracer that throws an error", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const key = Symbol.for("opentelemetry.js.api.1");
  const global = globalThis as { [key: symbol]: unknown };
  const registered = global[key];
  global[key] = undefined;
  // The AI SDK's package has an older one of its own.
  const older = createRequire(import.meta.resolve("@ai-sdk/otel"))("@opentelemetry/api") as {
    trace: typeof trace;
  };
  try {
    older.trace.setGlobalTracerProvider(otel.provider);
    await folder.play("run", { otel: true }, ask);
  } finally {
    global[key] = registered;
  }
  expect(await otel.collected()).toEqual([]);
  expect(warn.mock.calls.flat().join()).toMatch(
    /Spans are lost: .* through @opentelemetry\/api 1\.9\.\d.* pass otel: \{ tracer \}/,
  );
  warn.mockRestore();

  const tracer = {
    startSpan() {
      throw new Error("no disk");
    },
  };
  await expect(folder.play("run", { otel: { tracer } }, ask)).rejects.toThrow(
    "Failed to write spans: no disk",
  );
});

test("only an exporter's requests are telemetry, over gRPC as well", () => {
  const reason = (path: string, agent: string) => {
    const url = `https://collector.example${path}`;
    const request = () => new Request(url, { method: "POST", headers: { "user-agent": agent } });
    return bypassReason({ method: "POST", url, request }, { include: [], ignore: [] });
  };
  const agent = "mine/1 OTel-OTLP-Exporter-JavaScript/0.301.0";
  expect(reason("/v1/metrics", agent)).toBe("telemetry");
  expect(reason("/opentelemetry.proto.collector.trace.v1.TraceService/Export", agent)).toBe("telemetry");
  expect(reason("/v1/traces", "node")).toBeUndefined();
  expect(reason("/v1/traces/chat", "node")).toBeUndefined();
  expect(reason("/v1/chat/completions", agent)).toBeUndefined();
});

test("an exporter reaches a collector on another machine while a test replays", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  const { port } = new URL(otel.collector.url);
  const lookup = (_: string, __: object, found: (error: null, all: object[]) => void): void =>
    found(null, [{ address: "127.0.0.1", family: 4 }]);
  const exporter = new OTLPTraceExporter({
    url: `http://collector.example:${port}/v1/traces`,
    httpAgentOptions: { lookup } as never,
  });
  const remote = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  await folder.play("run", { otel: { tracer: remote.getTracer("remote") } }, async (cassette) => {
    await ask();
    await vi.waitFor(() => expect(otel.collector.spans).toHaveLength(1), { timeout: 10_000 });
    expect(cassette.bypassed).toEqual([
      { url: `http://collector.example:${port}/v1/traces`, count: 1, reason: "telemetry" },
    ]);
  });
  await remote.shutdown();
  expect(otel.collector.spans.map(({ name }) => name)).toEqual(["chat gpt-5-mini"]);
});
