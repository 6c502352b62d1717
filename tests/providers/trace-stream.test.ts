import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { Response as UndiciResponse } from "undici";
import { afterEach, expect, test, vi } from "vitest";
import { traceStream } from "../../src/providers/trace-stream.ts";
import { singlePass } from "../../src/streams/single-pass.ts";
import { encodeText } from "../../src/streams/text.ts";
import { traceOf } from "../../src/streams/trace-of.ts";
import { sse } from "./sse.ts";

const realSleep = sleep;
const piece = (content: string) => sse({ choices: [{ index: 0, delta: { content } }] });

afterEach(() => {
  vi.useRealTimers();
});

function streamOf<T>(values: readonly T[], pause = 0): ReadableStream<T> {
  let next = 0;
  return new ReadableStream<T>(
    {
      async pull(controller) {
        if (pause > 0) await realSleep(pause);
        const value = values[next++];
        if (value === undefined) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of stream) all.push(each);
  return all;
}

test("a response is read as it was, and traced", async () => {
  const source = new Response(streamOf([encodeText(piece("a")), encodeText(piece("b") + sse("[DONE]"))]), {
    status: 201,
    statusText: "Made",
    headers: { "content-type": "text/event-stream", "x-own": "1" },
  });
  const traced = traceStream(source);
  expect([traced.status, traced.statusText, traced.headers.get("x-own"), traced.ok]).toEqual([
    201,
    "Made",
    "1",
    true,
  ]);
  expect(await traced.text()).toBe(piece("a") + piece("b") + sse("[DONE]"));
  const trace = await traced.done;
  expect(trace).toMatchObject({
    text: "ab",
    terminated: true,
    end: "complete",
    provider: "openai-compatible",
  });
  expect(trace.chunks).toHaveLength(2);
  expect(traced.trace).toBe(trace);
  expect(traceOf(traced)).toBe(trace);
});

test("awaiting done reads a response that nothing else reads", async () => {
  const traced = traceStream(new Response(streamOf([encodeText(piece("a"))])));
  expect((await traced.done).text).toBe("a");
});

test("waiting before reading does not take the stream from its reader", async () => {
  const traced = traceStream(new Response(streamOf([encodeText(piece("a"))], 5)));
  const [trace, text] = await Promise.all([traced.done, traced.text()]);
  expect([trace.text, text]).toEqual(["a", piece("a")]);
});

test("a response without a body is over at once", async () => {
  expect(await traceStream(new Response(null, { status: 204 })).done).toMatchObject({
    events: [],
    end: "complete",
  });
});

test("the UI message stream is known by its header", async () => {
  const headers = { "content-type": "text/event-stream", "x-vercel-ai-ui-message-stream": "v1" };
  const traced = traceStream(
    new Response(sse({ type: "text-delta", id: "1", delta: "Hi" }, "[DONE]"), { headers }),
  );
  expect(await traced.done).toMatchObject({ provider: "ai-sdk-ui", text: "Hi", terminated: true });
});

test("text that a model streams is text, even if it is JSON", async () => {
  const traced = traceStream(streamOf(['{"recipe":', '"soup"}']));
  expect(await collect(traced)).toEqual(['{"recipe":', '"soup"}']);
  const trace = await traced.done;
  expect(trace).toMatchObject({ framing: "text", text: '{"recipe":"soup"}', provider: undefined });
  expect(trace.events).toHaveLength(2);
});

test("text that is a protocol is read as that", async () => {
  expect(await traceStream(streamOf([piece("a"), piece("b")])).done).toMatchObject({
    framing: "sse",
    text: "ab",
  });
});

test("values that an SDK hands on are events, without a marker that they never had", async () => {
  const chunk = (content: string) => ({
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, delta: { content } }],
  });
  async function* emit() {
    yield chunk("a");
    yield chunk("b");
  }
  const traced = traceStream(emit());
  expect(await collect(traced)).toEqual([chunk("a"), chunk("b")]);
  const trace = await traced.done;
  expect(trace).toMatchObject({
    framing: "values",
    api: "chat",
    model: "m",
    text: "ab",
    terminated: undefined,
    end: "complete",
  });
  expect(trace.events[0]?.payload).toEqual(chunk("a"));
});

test.each<[string, object[]]>([
  [
    "the AI SDK's fullStream",
    [
      { type: "start" },
      { type: "text-delta", id: "1", text: "Hi" },
      {
        type: "finish",
        finishReason: "stop",
        totalUsage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
      },
    ],
  ],
  [
    "Mastra's fullStream",
    [
      { type: "start", payload: {} },
      { type: "text-delta", payload: { id: "1", text: "Hi" } },
      {
        type: "finish",
        payload: { stepResult: { reason: "stop" }, output: { usage: { inputTokens: 1, outputTokens: 2 } } },
      },
    ],
  ],
  [
    "LangChain's chunks",
    [
      { lc_namespace: [], content: "H", tool_call_chunks: [] },
      {
        lc_namespace: [],
        content: [{ type: "text", text: "i" }],
        usage_metadata: { input_tokens: 1, output_tokens: 2 },
        response_metadata: { finish_reason: "stop" },
      },
    ],
  ],
])("%s is read", async (_, values) => {
  const traced = traceStream(Readable.from(values));
  expect(await traced.done).toMatchObject({ text: "Hi", finishReason: "stop", usage: { outputTokens: 2 } });
});

test("values that cannot be printed are still payloads", async () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const trace = await traceStream(streamOf<unknown>([circular, 3n, 7])).done;
  expect(trace.events.map(({ payload }) => payload)).toEqual([circular, 3n, 7]);
});

test("a consumer that stops early ends the trace, and the source", async () => {
  const cancelled = vi.fn();
  const source = new ReadableStream<string>(
    { pull: (controller) => controller.enqueue("a"), cancel: cancelled },
    { highWaterMark: 0 },
  );
  const traced = traceStream(source);
  for await (const _ of traced) break;
  expect(await traced.done).toMatchObject({ end: "aborted", text: "a" });
  expect(cancelled).toHaveBeenCalledOnce();

  const returned = vi.fn();
  async function* emit() {
    try {
      yield "a";
      yield "b";
    } finally {
      returned();
    }
  }
  const iterable = traceStream(emit());
  for await (const _ of iterable) break;
  expect(await iterable.done).toMatchObject({ end: "aborted", text: "a" });
  expect(returned).toHaveBeenCalledOnce();
});

test("a failure reaches the consumer and ends the trace", async () => {
  async function* emit() {
    yield "a";
    throw new Error("broken");
  }
  const iterable = traceStream(emit());
  await expect(collect(iterable)).rejects.toThrow("broken");
  expect(await iterable.done).toMatchObject({ end: "reset", text: "a" });

  const failing = new ReadableStream<string>(
    { pull: () => Promise.reject(new Error("broken")) },
    { highWaterMark: 0 },
  );
  const stream = traceStream(failing);
  await expect(collect(stream)).rejects.toThrow("broken");
  expect((await stream.done).end).toBe("reset");
});

test("a failure of a stream that nothing reads is only in its trace", async () => {
  const failing = new ReadableStream<string>(
    { pull: () => Promise.reject(new Error("broken")) },
    { highWaterMark: 0 },
  );
  expect((await traceStream(failing).done).end).toBe("reset");
});

test("looking before the end says that it has not ended", () => {
  const traced = traceStream(streamOf(["a"]));
  expect(() => traced.trace).toThrow(expect.objectContaining({ code: "CASSETTE_TRACE_RUNNING" }));
});

test("nothing is read ahead of the consumer", async () => {
  let read = 0;
  const source = new ReadableStream<string>(
    { pull: (controller) => controller.enqueue(String(read++)) },
    { highWaterMark: 0 },
  );
  const reader = traceStream(source).getReader();
  await reader.read();
  await realSleep(5);
  expect(read).toBe(1);
});

test("arrival times come from the clock that the test sees", async () => {
  vi.useFakeTimers();
  const source = (async function* () {
    for (const [pause, piece] of [
      [500, "a"],
      [0, "b"],
      [1500, "c"],
    ] as const) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      yield piece;
    }
  })();
  const traced = traceStream(source);
  const read = collect(traced);
  await vi.advanceTimersByTimeAsync(3000);
  await read;
  expect(traced.trace.chunks.map(({ at }) => at)).toEqual([500, 500, 2000]);
});

test("no time passes on a clock that stands still", async () => {
  vi.useFakeTimers();
  const traced = traceStream(streamOf(["a", "b"], 5));
  await collect(traced);
  expect(traced.trace.timing).toMatchObject({ firstChunk: 0, longestGap: 0, duration: 0 });
});

test("times continue when fake timers start or stop", async () => {
  vi.useFakeTimers({ now: 0 });
  vi.advanceTimersByTime(100_000);
  const traced = traceStream(streamOf(["a", "b", "c"], 5));
  const reader = traced.getReader();
  vi.advanceTimersByTime(1000);
  await reader.read();
  vi.useRealTimers();
  await reader.read();
  vi.useFakeTimers();
  await reader.read();
  await reader.read();
  const times = traced.trace.chunks.map(({ at }) => at ?? -1);
  expect(times[0]).toBe(1000);
  expect(times).toEqual(times.toSorted((x, y) => x - y));
  expect(times[2]).toBeLessThan(2000);
});

test("times count from the moment that is given", async () => {
  const traced = traceStream(streamOf(["a"]), { since: performance.now() - 1000 });
  expect((await traced.done).timing.firstToken).toBeGreaterThan(999);
});

test("a value that is not a stream is an error at once", () => {
  const messages = [Promise.resolve(new Response("a")), "text", null, undefined, {}, ["a"]].map((given) => {
    try {
      traceStream(given as never);
    } catch (error) {
      expect(error).toMatchObject({ code: "CASSETTE_NO_STREAM" });
      return (error as Error).message;
    }
    return expect.unreachable();
  });
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "Failed to trace a stream: expected a Response, a ReadableStream, an async iterable or a ServerResponse, but got a promise: await it first.
    Failed to trace a stream: expected a Response, a ReadableStream, an async iterable or a ServerResponse, but got a value of type string.
    Failed to trace a stream: expected a Response, a ReadableStream, an async iterable or a ServerResponse, but got null.
    Failed to trace a stream: expected a Response, a ReadableStream, an async iterable or a ServerResponse, but got a value of type undefined.
    Failed to trace a stream: expected a Response, a ReadableStream, an async iterable or a ServerResponse, but got a value of type object.
    Failed to trace a stream: expected a Response, a ReadableStream, an async iterable or a ServerResponse, but got a value of type object."
  `);
});

test("a stream that cannot be begun has ended", async () => {
  const used = singlePass(Readable.from(["a"]));
  await collect(used);
  expect((await traceStream(used).done).end).toBe("reset");
});

test("the Response of another fetch is one as well", async () => {
  const traced = traceStream(new UndiciResponse("Why not?", { status: 201 }) as unknown as Response);
  expect(traced.status).toBe(201);
  expect(await traced.text()).toBe("Why not?");
  expect((await traced.done).text).toBe("Why not?");
});

test("a compressed application stream is traced decoded", async () => {
  const body = gzipSync(piece("Why") + piece(" not?"));
  const headers = { "content-type": "text/event-stream", "content-encoding": "gzip" };
  const traced = traceStream(new Response(streamOf([body.subarray(0, 30), body.subarray(30)]), { headers }));
  expect(Buffer.from(await traced.arrayBuffer())).toEqual(body);
  expect((await traced.done).text).toBe("Why not?");
  // As fetch gives a response: out of its encoding, which its headers still name.
  const fetched = traceStream(new Response(piece("Why not?"), { headers }));
  expect((await fetched.done).text).toBe("Why not?");
});

test("without a content type, the shape distinguishes a protocol from plain text, at any cut", async () => {
  const pieces = (text: string) => [...text].map((character) => encodeText(character));
  const untold = (text: string) => [
    traceStream(streamOf(pieces(text))),
    traceStream(new Response(streamOf(pieces(text)))),
    traceStream(streamOf([text])),
  ];
  for (const traced of untold("Why not?")) {
    expect(await traced.done).toMatchObject({ framing: "text", text: "Why not?" });
  }
  for (const traced of untold('{"answer": "Why not?"}')) {
    expect(await traced.done).toMatchObject({ framing: "text", text: '{"answer": "Why not?"}' });
  }
  const chat = (content: string) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] });
  for (const traced of untold(`${chat("Why")}\n${chat(" not?")}\n`)) {
    expect(await traced.done).toMatchObject({ framing: "ndjson", text: "Why not?" });
  }
  for (const traced of untold(piece("Why") + piece(" not?"))) {
    expect(await traced.done).toMatchObject({ framing: "sse", text: "Why not?" });
  }
});

test("a hint names the provider if the events do not", async () => {
  const unnamed = [{ hello: 1 }];
  expect((await traceStream(streamOf(unnamed), { provider: "anthropic" }).done).provider).toBe("anthropic");
  const url = "https://api.anthropic.com/v1/messages";
  expect(await traceStream(streamOf(unnamed), { url }).done).toMatchObject({
    provider: "anthropic",
    api: "messages",
  });
  const chat = { choices: [{ index: 0, delta: { content: "a" } }] };
  expect(await traceStream(streamOf([chat]), { provider: "groq" }).done).toMatchObject({
    provider: "groq",
    api: "chat",
    text: "a",
  });
});

test("changing a received chunk does not change the trace", async () => {
  const bytes = encodeText(piece("a"));
  const traced = traceStream(new Response(streamOf([bytes])));
  for await (const each of traced.body!) each.fill(0);
  expect((await traced.done).text).toBe("a");
});
