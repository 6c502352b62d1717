import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { decodeStream } from "../../src/providers/decode-stream.ts";
import { percentile } from "../../src/streams/percentile.ts";
import { StreamTrace } from "../../src/streams/stream-trace.ts";
import { encodeText } from "../../src/streams/text.ts";
import { traceOf } from "../../src/streams/trace-of.ts";
import { sse } from "../providers/sse.ts";

const URL_ = "https://api.openai.com/v1/chat/completions";
const text = (content: string) => sse({ model: "gpt", choices: [{ index: 0, delta: { content } }] });
const usage = (completion_tokens: number) =>
  sse({ choices: [], usage: { prompt_tokens: 1, completion_tokens } });
const finish = sse({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });

function timed(...chunks: readonly (readonly [at: number, text: string])[]): StreamTrace {
  return decodeStream({ url: URL_, chunks: chunks.map(([at, body]) => ({ at, bytes: encodeText(body) })) });
}

test("times are those of the chunks; comments, bookkeeping and the marker have no content", () => {
  const { timing } = timed(
    [100, ": keep-alive\n\n"],
    [200, sse({ choices: [{ index: 0, delta: { role: "assistant", content: "" } }] })],
    [250, sse({ choices: [{ index: 0, delta: { reasoning: "hm" } }] })],
    [310.1, text("a")],
    [330.3, text("b") + text("c")],
    [360, finish],
    [900, usage(11) + sse("[DONE]")],
  );
  expect(timing).toMatchObject({
    firstChunk: 100,
    firstToken: 250,
    firstText: 310.1,
    gaps: [60.1, 20.2, 0],
    longestGap: 540,
    duration: 900,
  });
  expect(timing.p(0)).toBe(0);
  expect(timing.p(50)).toBe(20.2);
  expect(timing.p(75)).toBeCloseTo(40.15);
  expect(timing.p(100)).toBe(60.1);
  expect(timing.tokensPerSecond).toBeCloseTo((10 / 80.3) * 1000);
  expect(timing.summary).toBe(
    "first token 250 ms, p50 20.2 ms, longest gap 540 ms, 124.5 tokens/s, in all 900 ms",
  );
});

test("an event that was split over chunks is dated by the last of them", () => {
  const whole = text("a");
  expect(timed([1, whole.slice(0, 20)], [7, whole.slice(20)]).timing.firstToken).toBe(7);
});

test("a tool call's arguments are a first token, its name is not", () => {
  const call = (fn: object) =>
    sse({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, id: "c", function: fn }] } }] });
  const { timing } = timed([5, call({ name: "f", arguments: "" })], [9, call({ arguments: "{" })]);
  expect(timing).toMatchObject({ firstToken: 9, firstText: undefined });
});

test.each<[string, StreamTrace, RegExp]>([
  ["without usage", timed([1, text("a")], [2, text("b")]), /no usage/],
  ["without content", timed([1, usage(5)]), /no content/],
  ["with one token", timed([1, text("a")], [2, usage(1)]), /1 output token cannot/],
  ["with all content at one moment", timed([1, text("a") + text("b")], [2, usage(5)]), /same time/],
  ["with times that go backwards", timed([2, text("a")], [1, text("b") + usage(5)]), /backwards/],
  ["with a time that is NaN", timed([Number.NaN, text("a")], [1, text("b") + usage(5)]), /no timing/],
  [
    "without times",
    decodeStream({ url: URL_, chunks: [{ bytes: encodeText(text("a") + usage(5)) }] }),
    /no timing/,
  ],
])("there is no token rate %s, and the trace says why", (_, { timing }, why) => {
  expect(timing.tokensPerSecond).toBeUndefined();
  expect(timing.noTokenRate).toMatch(why);
});

test("the summary of a stream without content says when its first chunk came, and calls it that", () => {
  expect(timed([100, ": keep-alive\n\n"], [300, finish]).timing.summary).toBe(
    "first chunk 100 ms, longest gap 200 ms, in all 300 ms",
  );
});

test("an empty stream that has times has no gaps", () => {
  expect(timed().timing).toMatchObject({
    gaps: [],
    longestGap: undefined,
    firstChunk: undefined,
    duration: undefined,
  });
});

test("percentiles interpolate linearly between ranks", () => {
  const values = [30, 10, 20, 40];
  expect([0, 25, 50, 90, 100].map((n) => percentile(values, n))).toEqual([10, 17.5, 25, 37, 40]);
  expect(percentile([], 50)).toBeUndefined();
  expect(percentile([7], 99)).toBe(7);
  for (const n of [-1, 101, Number.NaN]) expect(() => percentile(values, n)).toThrow(RangeError);
  expect(values).toEqual([30, 10, 20, 40]);
});

test("every event has a number, a short SHA-1 of its data, and the length of the text so far", () => {
  const { events } = timed([1, text("Hé")], [2, text("👍") + finish]);
  expect(events.map(({ seq, index, accumulated }) => [seq, index, accumulated])).toEqual([
    [0, 0, 2],
    [1, 1, 4],
    [2, 2, 4],
  ]);
  for (const { data, sha1 } of events)
    expect(sha1).toBe(createHash("sha1").update(data).digest("hex").slice(0, 8));
});

test("the provider's own number of an event is its sequence_number or a numeric id", () => {
  const body = 'id: 12\ndata: {"sequence_number":3}\n\nid: 13\ndata: x\n\nid: 1:4\ndata: y\n\n';
  expect(
    decodeStream({ chunks: [{ bytes: encodeText(body) }] }).events.map(({ sequence }) => sequence),
  ).toEqual([3, 13, undefined]);
});

test("the type of an event is the first that it has of a name, type, event_type, method and object", () => {
  const body = sse(
    ["a", { type: "b" }],
    { type: "b" },
    { event_type: "c" },
    { jsonrpc: "2.0", method: "d" },
    { jsonrpc: "2.0", id: 1, result: {} },
    { object: "e" },
    { type: 3 },
    "[DONE]",
    "text",
  );
  expect(decodeStream({ chunks: [{ bytes: encodeText(body) }] }).events.map(({ type }) => type)).toEqual([
    "a",
    "b",
    "c",
    "d",
    "result",
    "e",
    "message",
    "[DONE]",
    "message",
  ]);
});

test("as JSON, and so in Vitest's diffs, a trace has its decoded fields and no bytes", () => {
  const trace = timed([1, text("a")], [2, finish], [3, usage(2) + sse("[DONE]")]);
  expect(JSON.parse(JSON.stringify({ trace }))).toEqual({
    trace: {
      provider: "openai",
      api: "chat",
      model: "gpt",
      text: "a",
      reasoning: "",
      refusal: "",
      toolCalls: [],
      finishReason: "stop",
      usage: expect.objectContaining({ outputTokens: 2 }),
      terminated: true,
      end: "complete",
      summary: trace.summary,
    },
  });
  expect(trace.constructor.name).toBe("StreamTrace");
});

test("the summary is one line for any response", () => {
  const page = `<html>\n${"Bad gateway\u001b[31m\n".repeat(99)}</html>`;
  const headers = { "content-type": "text/html" };
  const failed = decodeStream({
    url: URL_,
    status: 502,
    headers,
    chunks: [{ at: 1, bytes: encodeText(page) }],
  });
  expect(failed.error?.message).toContain(page.trim().slice(0, 40));
  const named = timed([1, sse({ model: `m\n${"x".repeat(500)}`, choices: [{ delta: { content: "a" } }] })]);
  for (const { summary } of [failed, named]) {
    for (const character of ["\n", "\u001b"]) expect(summary).not.toContain(character);
    expect(summary.length).toBeLessThan(400);
  }
});

test("the summary is one line that names what matters", () => {
  const trace = timed([100, text("Hello")], [200, finish + usage(5)], [300, sse("[DONE]")]);
  expect(trace.summary).toBe(
    "openai chat gpt · 4 events in 3 chunks · 5 characters · 5 output tokens · stop · first token 100 ms, longest gap 100 ms, in all 300 ms",
  );
  const failed = timed([1, text("a") + sse({ error: { message: "no" } }).trimEnd()]);
  expect(failed.summary).toContain("error: no");
  expect(decodeStream({ url: URL_, chunks: [{ bytes: encodeText(text("a")) }] }).summary).toBe(
    "openai chat gpt · 1 event in 1 chunk · 1 character · truncated · no timing",
  );
});

test("the end of a stream is the observed one, or else what the bytes show", () => {
  const chunks = [{ bytes: encodeText(text("a")) }];
  expect(decodeStream({ url: URL_, chunks, end: "aborted" })).toMatchObject({ end: "aborted", whole: false });
  expect(decodeStream({ url: URL_, chunks }).end).toBe("truncated");
  expect(timed([1, text("a") + sse("[DONE]")])).toMatchObject({ end: "complete", whole: true });
});

test("nothing is decoded before it is asked for, and then once", () => {
  let framed = 0;
  const trace = new StreamTrace({
    chunks: [{ at: 1, bytes: encodeText(text("a")) }],
    reader: () => {
      framed++;
      return { provider: undefined, api: undefined, decoder: undefined };
    },
  });
  expect(trace.chunks).toHaveLength(1);
  expect(framed).toBe(0);
  const { events } = trace;
  expect(trace.text).toBe("");
  expect(trace.events).toBe(events);
  expect(framed).toBe(1);
});

test("a failed toMatchObject shows only the differences", () => {
  const trace = timed([1, text("a") + finish]);
  const failure = (): unknown => {
    try {
      expect(trace).toMatchObject({ text: "b", timing: { firstToken: 2 } });
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const { actual, expected } = failure() as { actual: string; expected: string };
  expect(actual).toMatchInlineSnapshot(`
    StreamTrace {
      "text": "a",
      "timing": StreamTiming {
        "firstToken": 1,
      },
    }
  `);
  expect(expected).toMatchInlineSnapshot(`
    {
      "text": "b",
      "timing": {
        "firstToken": 2,
      },
    }
  `);
});

test("a trace is recognized, and is found in its source", () => {
  const trace = timed();
  expect(traceOf(trace)).toBe(trace);
  expect(traceOf({ done: Promise.resolve(trace), trace })).toBe(trace);
  for (const other of [undefined, null, "x", {}, { trace }, { done: 1, trace: {} }])
    expect(traceOf(other)).toBeUndefined();
});
