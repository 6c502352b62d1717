import { brotliCompressSync, constants, createGzip, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Interaction, RecordedResponse } from "../../src/cassette/model.ts";
import { decodeStream, traceInteraction } from "../../src/providers/decode-stream.ts";
import { encodeText } from "../../src/streams/text.ts";
import { startCpuTimer } from "../support/cpu-timer.ts";
import { sse } from "./sse.ts";

const URL_ = "https://api.openai.com/v1/chat/completions";
const piece = (content: string) => sse({ choices: [{ index: 0, delta: { content } }] });

function interaction(response: Partial<RecordedResponse>): Interaction {
  return {
    kind: "request",
    at: 0,
    request: { method: "POST", url: URL_, headers: [] },
    response: {
      status: 200,
      statusText: "OK",
      headers: [["Content-Type", "text/event-stream"]],
      chunks: [],
      end: "complete",
      ...response,
    },
  };
}

test("a recorded interaction has its times and its end from the tape", () => {
  const chunks = [piece("a"), piece("b")].map(encodeText);
  const trace = traceInteraction(
    interaction({ chunks, end: "reset", timing: { headers: 3, chunks: [5, 9.5] } }),
  );
  expect(trace).toMatchObject({
    provider: "openai",
    text: "ab",
    end: "reset",
    timing: { headers: 3, firstToken: 5, duration: 9.5 },
  });
});

test("a tape without times has undefined times, never 0", () => {
  const { timing } = traceInteraction(interaction({ chunks: [encodeText(piece("a"))] }));
  expect(timing).toMatchObject({
    headers: undefined,
    firstChunk: undefined,
    firstToken: undefined,
    firstText: undefined,
    gaps: undefined,
    longestGap: undefined,
    duration: undefined,
    tokensPerSecond: undefined,
  });
  expect(timing.p(50)).toBeUndefined();
});

test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
  ["identity", (bytes) => bytes],
])("a body in %s is decoded", (encoding, encode) => {
  const encoded = encode(encodeText(piece("a") + piece("é")));
  for (let at = 0; at < encoded.length; at++) {
    const chunks = [encoded.subarray(0, at), encoded.subarray(at)].map((bytes) => ({ bytes }));
    expect(decodeStream({ url: URL_, headers: { "Content-Encoding": encoding }, chunks }).text).toBe("aé");
  }
});

test("gzip is recognized without its header, and also if it is already decoded", () => {
  const bytes = gzipSync(encodeText(piece("a")));
  expect(decodeStream({ chunks: [{ bytes: bytes.subarray(0, 1) }, { bytes: bytes.subarray(1) }] }).text).toBe(
    "a",
  );
});

test("two encodings are undone in turn", () => {
  const bytes = brotliCompressSync(gzipSync(encodeText(piece("a"))));
  expect(decodeStream({ headers: [["content-encoding", "gzip, br"]], chunks: [{ bytes }] }).text).toBe("a");
});

test("bytes decoded from a chunk keep that chunk's time", async () => {
  const gzip = createGzip();
  const encoded: Uint8Array[] = [];
  gzip.on("data", (part: Uint8Array) => encoded.push(part));
  const sent: Uint8Array[] = [];
  for (const text of ["a", "b", "c"]) {
    gzip.write(piece(text));
    await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
    sent.push(Buffer.concat(encoded.splice(0)));
  }
  const timing = { headers: 1, chunks: [10, 20, 30] };
  const headers = [["content-encoding", "gzip"]] as const;
  const trace = traceInteraction(interaction({ chunks: sent, timing, headers }));
  expect(trace.events.map(({ at }) => at)).toEqual([10, 20, 30]);
  expect(trace.timing.gaps).toEqual([10, 10]);
});

test("bytes that the recorder decoded are not decoded again, despite the header", () => {
  const headers = [["content-encoding", "gzip"]] as const;
  const chunks = [encodeText(piece("a"))];
  expect(traceInteraction(interaction({ chunks, headers, decoded: true })).text).toBe("a");
  expect(traceInteraction(interaction({ chunks, headers })).text).toBe("a");
});

test("an encoded body that was cut gives the part that arrived", () => {
  const encoded = gzipSync(encodeText(Array.from({ length: 200 }, (_, i) => piece(`${i} `)).join("")));
  const chunks = [{ bytes: encoded.subarray(0, encoded.length - 30) }];
  const trace = decodeStream({ url: URL_, headers: { "content-encoding": "gzip" }, chunks });
  expect(trace.text).toMatch(/^0 1 2 3 /);
});

test("a response without a body has no events", () => {
  expect(decodeStream({ url: URL_, status: 204, chunks: [] })).toMatchObject({
    events: [],
    text: "",
    framing: undefined,
  });
});

test("header lines, objects and Headers are all read", () => {
  const bytes = gzipSync(encodeText(piece("a")));
  const named = { "Content-Encoding": "gzip" };
  for (const headers of [named, Object.entries(named), new Headers(named)]) {
    expect(decodeStream({ headers: headers as typeof named, chunks: [{ bytes }] }).text).toBe("a");
  }
});

test("3 MB in 10,000 events take tens of milliseconds", () => {
  const filler = "x".repeat(200);
  const chunks = Array.from({ length: 10_000 }, (_, i) => ({
    at: i,
    bytes: encodeText(sse({ obfuscation: filler, choices: [{ index: 0, delta: { content: `word ${i}` } }] })),
  }));
  const took = Array.from({ length: 3 }, () => {
    const cpuTime = startCpuTimer();
    const trace = decodeStream({ url: URL_, chunks });
    expect(trace.text.length).toBeGreaterThan(50_000);
    expect(trace.timing.p(95)).toBe(1);
    return cpuTime();
  });
  // Ten times what it takes on an idle machine.
  expect(Math.min(...took)).toBeLessThan(500);
});

test("a copy of an interaction is not decoded again, unless what was decoded is different", () => {
  const chunks = [encodeText(piece("Hi"))];
  const one = interaction({ chunks, timing: { headers: 1, chunks: [2] } });
  const trace = traceInteraction(one);
  const response = { ...one.response, headers: [...one.response.headers, ["date", "today"]] as const };
  expect(traceInteraction({ ...one, test: "t", response })).toBe(trace);
  const others: readonly Partial<RecordedResponse>[] = [
    { chunks: [...chunks] },
    { timing: { headers: 1, chunks: [3] } },
    { timing: undefined },
    { status: 500 },
    { end: "aborted" },
    { decoded: true },
    { headers: [["content-type", "text/plain"]] },
    { headers: [...one.response.headers, ["content-encoding", "gzip"]] },
    { headers: [...one.response.headers, ["x-vercel-ai-ui-message-stream", "v1"]] },
  ];
  for (const other of others) {
    traceInteraction({ ...one });
    expect(traceInteraction({ ...one, response: { ...one.response, ...other } })).not.toBe(trace);
  }
  expect(traceInteraction({ ...one, request: { ...one.request } })).not.toBe(trace);
});

test("a response that is still arriving is decoded again with each chunk", () => {
  const chunks = [encodeText(piece("Hi"))];
  const times = [2];
  const arriving = (): Interaction => interaction({ chunks, timing: { headers: 1, chunks: times } });
  const { request } = arriving();
  const textNow = (): string => traceInteraction({ ...arriving(), request }).text;
  expect(textNow()).toBe("Hi");
  chunks.push(encodeText(piece(" there")));
  times.push(3);
  expect(textNow()).toBe("Hi there");
});
