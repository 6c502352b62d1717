import zlib from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Chunks } from "../../src/core.ts";
import { rechunk } from "../../src/replay/rechunk.ts";
import type { ReplayScript } from "../../src/replay/replay-script.ts";
import { hold } from "../support/hold.ts";
import {
  bytes,
  CHAT_URL,
  chatEvents,
  expectTimes,
  gzipEach,
  interaction,
  SEAMS,
  send,
  tapes,
  text,
  until,
} from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

const EVENTS = chatEvents("naïve ☀️", "日本語 🎉");
const BODY = Buffer.concat(EVENTS);

const CUTS: readonly (readonly [
  name: string,
  chunks: Chunks,
  lengths: (read: readonly number[]) => boolean,
])[] = [
  ["as recorded", "recorded", (read) => String(read) === String(EVENTS.map(({ length }) => length))],
  ["whole", "whole", (read) => String(read) === String([BODY.length])],
  ["byte by byte", "bytes", (read) => read.length === BODY.length],
  [
    "every seven bytes",
    { size: 7 },
    (read) => read.slice(0, -1).every((length) => length === 7) && read.length === Math.ceil(BODY.length / 7),
  ],
  ["at places that follow from a seed", { seed: 1 }, (read) => read.length > 5 && new Set(read).size > 3],
];

describe.for(SEAMS)("$name", (client) => {
  test.for(CUTS)("reads the same bytes cut %s", async ([, chunks, isCut]) => {
    using folder = tapes();
    folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS })]);
    const result = await folder.play("chat", { chunks }, () => send(client, CHAT_URL));
    expect(Buffer.concat(result.chunks)).toEqual(BODY);
    expect(result.chunks.map(({ length }) => length)).toSatisfy(isCut);
    expect(result.ended).toBe(true);
  });

  test("a seed cuts the same way each time, and another one otherwise", async () => {
    using folder = tapes();
    folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS })]);
    const lengths = async (seed: number): Promise<string> => {
      const { chunks } = await folder.play("chat", { chunks: { seed } }, () => send(client, CHAT_URL));
      return chunks.map(({ length }) => length).join();
    };
    expect(await lengths(1)).toBe(await lengths(1));
    expect(await lengths(1)).not.toBe(await lengths(2));
  });

  test("a piece comes when its last byte came", async () => {
    using folder = tapes();
    const chunks = ["aaaa", "bbbb", "cccc"].map(bytes);
    folder.tape("chat", [interaction(CHAT_URL, { chunks, timing: { headers: 5, chunks: [100, 200, 300] } })]);
    vi.useFakeTimers();
    const { times } = await folder.play(
      "chat",
      { chunks: { size: 3 }, pacing: "recorded" },
      async (cassette) => {
        const result = send(client, CHAT_URL);
        await until(() => cassette.requests.length === 1);
        await vi.advanceTimersByTimeAsync(1000);
        return result;
      },
    );
    // aaa | abb | bbc | ccc
    expectTimes(client, times, [5, 100, 200, 300, 300]);
  });

  test("the end of the response stays the same", async () => {
    using folder = tapes();
    const error = { code: "ECONNRESET", message: "read ECONNRESET" };
    folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS, end: "reset", error })]);
    const result = await folder.play("chat", { chunks: { size: 50 } }, () => send(client, CHAT_URL));
    expect(text(result.chunks)).toBe(text(EVENTS));
    expect(result.error).toBeDefined();
  });

  test("an empty answer has no pieces", async () => {
    using folder = tapes();
    folder.tape("chat", [interaction(CHAT_URL, {})]);
    const result = await folder.play("chat", { chunks: "bytes" }, () => send(client, CHAT_URL));
    expect(result).toMatchObject({ status: 200, chunks: [], ended: true });
  });
});

describe("a compressed recording", () => {
  test.for(CUTS.slice(1))(
    "is decoded and then cut %s for fetch, and cut as it is on the wire for node:http",
    async ([, chunks, isCut]) => {
      using folder = tapes();
      const zipped = await gzipEach(EVENTS);
      const headers = [
        ["content-type", "text/event-stream"],
        ["content-encoding", "gzip"],
      ] as const;
      folder.tape("chat", [interaction(CHAT_URL, { headers, chunks: zipped })]);
      const [byFetch, byNode] = await Promise.all(
        SEAMS.map((client) => folder.play("chat", { chunks }, () => send(client, CHAT_URL))),
      );
      expect(byFetch?.chunks.map(({ length }) => length)).toSatisfy(isCut);
      expect(Buffer.concat(byFetch?.chunks ?? [])).toEqual(BODY);
      expect(byFetch?.headers["content-encoding"]).toBe("gzip");
      expect(Buffer.concat(byNode?.chunks ?? [])).toEqual(Buffer.concat(zipped));
      expect(
        zlib.gunzipSync(Buffer.concat(byNode?.chunks ?? []), { finishFlush: zlib.constants.Z_SYNC_FLUSH }),
      ).toEqual(BODY);
      if (chunks === "bytes") expect(byNode?.chunks).toHaveLength(Buffer.concat(zipped).length);
    },
  );
});

test("any cut of any chunks gives the same bytes, in pieces that are not empty, at times that do not run backwards", () => {
  const cuts = fc.oneof(
    fc.constantFrom<Chunks>("recorded", "whole", "events", "bytes"),
    fc.integer({ min: 1, max: 100 }).map((size): Chunks => ({ size })),
    fc.nat().map((seed): Chunks => ({ seed })),
  );
  hold(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 20 }),
      cuts,
      (chunks, cut) => {
        const steps = chunks.map((chunk, index) => ({ kind: "chunk", bytes: chunk, at: index }) as const);
        const script: ReplayScript = { steps, end: { kind: "end" } };
        const pieces = rechunk(script, cut, "text/event-stream").steps.filter(
          (step) => step.kind === "chunk",
        );
        expect(Buffer.concat(pieces.map((piece) => piece.bytes))).toEqual(Buffer.concat(chunks));
        expect(pieces.every((piece) => piece.bytes.length > 0)).toBe(true);
        const times = pieces.map(({ at = 0 }) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      },
    ),
  );
});
