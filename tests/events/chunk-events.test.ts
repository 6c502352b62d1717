import { expect, test } from "vitest";
import { EventBus } from "../../src/events/bus.ts";
import { ChunkEvents } from "../../src/events/chunk-events.ts";
import type { CassetteEvent } from "../../src/events/event.ts";
import type { PendingEvent } from "../../src/events/pending-event.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const event = (content: string): Uint8Array =>
  encode(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);

/** Sends the words as chunks, to a reader that takes only some of them, after all have come. */
function chunksThatArrive(
  words: readonly string[],
  takes: (index: number) => boolean,
): readonly CassetteEvent[] {
  const waiting: PendingEvent[] = [];
  let index = -2;
  const output = {
    write: (pending: PendingEvent) => {
      index++;
      if (index >= 0 && takes(index)) waiting.push(pending);
      else pending.drop();
    },
  };
  const chunks = new ChunkEvents(new EventBus("s", new Set([output]), () => ({ test: "a test" })), {
    id: "1",
    parent: undefined,
    request: {
      method: "POST",
      url: "https://api.openai.com/v1/chat/completions",
      headers: [],
      body: encode("{}"),
    },
    response: { status: 200, headers: [["content-type", "text/event-stream"]], decoded: false },
    redactor: undefined,
  });
  for (const [at, word] of words.entries()) chunks.add(event(word), at);
  return waiting.map((pending) => pending.read());
}

const textOf = (events: readonly CassetteEvent[]): string =>
  events.map((each) => (each.type === "chunk" ? (each.text ?? "") : "")).join("");

test("each event has the text of its own chunk, also if it is read late", () => {
  // More than is kept for those that are dropped.
  const words = Array.from({ length: 1_000 }, (_, index) => `word${index} `.padEnd(200, "."));
  expect(chunksThatArrive(words, () => true).map((each) => textOf([each]))).toEqual(words);
});

test("the text of chunks that were dropped comes with the next one", () => {
  const words = Array.from({ length: 100 }, (_, index) => `word${index} `);
  const events = chunksThatArrive(words, (index) => index % 10 === 9);
  expect(events).toHaveLength(10);
  expect(textOf(events)).toBe(words.join(""));
});

test("of a long part that was dropped, the beginning is kept", () => {
  const words = Array.from({ length: 5_000 }, (_, index) => `word${index} `.padEnd(100, "."));
  const events = chunksThatArrive(words, (index) => index === 4_999);
  const text = textOf(events);
  expect(text.length).toBeGreaterThanOrEqual(64 * 1024);
  expect(text.length).toBeLessThan(2 * 64 * 1024);
  expect(words.join("").startsWith(text)).toBe(true);
});
