import { afterAll, expect, test } from "vitest";
import { type Chunks, chunkings, decodeStream } from "../../src/core.ts";
import { CHAT_URL, chatEvents, gzipEach, interaction, SEAMS, send, tapes } from "./support.ts";

const WORDS = ["Light", " attracts", " b\u00fcgs \u{1f41b}".repeat(20)];
const EVENTS = chatEvents(...WORDS);
const BODY = Buffer.concat(EVENTS);

/** How a chunking has cut the body. */
const cuts = new Map<string, readonly number[]>();

test.for(chunkings)("the same bytes, cut as %s", async (chunks) => {
  for (const client of SEAMS) {
    using folder = tapes();
    folder.tape("joke", [interaction(CHAT_URL, { chunks: EVENTS })]);
    const result = await folder.play("joke", { chunks }, () => send(client, CHAT_URL));
    expect(Buffer.concat(result.chunks)).toEqual(BODY);
    cuts.set(
      JSON.stringify(chunks),
      result.chunks.map(({ length }) => length),
    );
    const chunked = result.chunks.map((bytes, at) => ({ at, bytes }));
    const head = { url: CHAT_URL, status: 200, headers: { "content-type": "text/event-stream" } };
    expect(decodeStream({ ...head, chunks: chunked }).text).toBe(WORDS.join(""));
  }
});

afterAll(() => {
  expect(cuts.get('"events"')).toEqual(EVENTS.map(({ length }) => length));
  expect(cuts.get('"whole"')).toEqual([BODY.length]);
  expect(cuts.get('"bytes"')).toHaveLength(BODY.length);
  expect(new Set([...cuts.values()].map(String)).size).toBeGreaterThanOrEqual(chunkings.length - 1);
  expect(insideCharacters()).not.toEqual([]);
});

/** The seeds that cut inside a character. */
function insideCharacters(): readonly string[] {
  return [...cuts].flatMap(([name, lengths]) => {
    let end = 0;
    const inside = lengths.some((length) => {
      end += length;
      return end < BODY.length && ((BODY[end] as number) & 0xc0) === 0x80;
    });
    return inside && name.includes("seed") ? [name] : [];
  });
}

test("each chunking prints as the value of the option", () => {
  expect(chunkings.map((chunks) => (typeof chunks === "string" ? chunks : JSON.stringify(chunks)))).toEqual([
    ...["recorded", "whole", "events", "bytes"],
    ...[2, 3, 7, 64].map((size) => `{"size":${size}}`),
    ...[1, 2, 3, 4].map((seed) => `{"seed":${seed}}`),
  ]);
  expect(() => (chunkings as Chunks[]).push("whole")).toThrow(TypeError);
});

test("chunks cut at events wherever the recorded ones were cut, also out of a content encoding", async () => {
  const whole = interaction(CHAT_URL, { chunks: [BODY] });
  const encoded = interaction(`${CHAT_URL}?gzip`, {
    headers: [
      ["content-type", "text/event-stream"],
      ["content-encoding", "gzip"],
    ],
    chunks: await gzipEach([BODY]),
  });
  for (const client of SEAMS) {
    using folder = tapes();
    folder.tape("joke", [whole, encoded]);
    await folder.play("joke", { chunks: "events" }, async () => {
      for (const url of [CHAT_URL, `${CHAT_URL}?gzip`]) {
        const { chunks } = await send(client, url);
        expect(chunks.map(({ length }) => length)).toEqual(EVENTS.map(({ length }) => length));
      }
    });
  }
});
