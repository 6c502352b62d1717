/**
 * What it costs to look for duplicates in a stream of 30,000 events. Run with `node bench/duplicates.ts`; the first line is
 * how many times more that costs than to decode the stream.
 */
import { decodeStream } from "../src/providers/decode-stream.ts";
import type { StreamTrace } from "../src/streams/stream-trace.ts";
import { findDuplicates } from "../src/vitest/matchers/support/duplicates.ts";

const EVENTS = 30_000;
const ROUNDS = 9;
const WORDS = [
  "the",
  " model",
  " says",
  " ha",
  ",",
  " light",
  " attracts",
  " bugs",
  ".\n",
  " and",
  " why",
  " not",
];

/** Words as in a text: most are frequent, some occur once. */
function varied(index: number): string {
  if (index % 40 === 0) return ` number${index}`;
  return WORDS[(index * index * 7 + Math.floor(index / 5)) % WORDS.length] ?? "";
}

const STREAMS: Readonly<Record<string, (index: number) => string>> = {
  "varied words": varied,
  "one word": () => " ha",
  "two words": (index) => (index % 2 === 0 ? " ha" : " ho"),
  "the second half repeats the first": (index) => varied(index % (EVENTS / 2)),
  "every event twice": (index) => varied(Math.floor(index / 2)),
};

function streamOf(wordAt: (index: number) => string): StreamTrace {
  const chunks = Array.from({ length: EVENTS }, (_, index) => {
    const choices = [{ index: 0, delta: { content: wordAt(index) } }];
    const payload = { id: "chatcmpl-1", object: "chat.completion.chunk", model: "m", choices };
    return { bytes: new TextEncoder().encode(`data: ${JSON.stringify(payload)}\n\n`) };
  });
  return decodeStream({
    url: "https://api.openai.com/v1/chat/completions",
    headers: { "content-type": "text/event-stream" },
    chunks,
  });
}

function median(measure: () => number): number {
  const times = Array.from({ length: ROUNDS }, measure).toSorted((a, b) => a - b);
  return times[Math.floor(ROUNDS / 2)] ?? 0;
}

const rows = Object.entries(STREAMS).map(([name, wordAt]) => {
  let decoding = 0;
  let amount = 0;
  const search = median(() => {
    const trace = streamOf(wordAt);
    const before = performance.now();
    void trace.events.length;
    const between = performance.now();
    amount = findDuplicates(trace, 3).length;
    decoding = between - before;
    return performance.now() - between;
  });
  return { name, decoding, search, amount };
});

const worst = Math.max(...rows.map(({ decoding, search }) => search / decoding));
console.log(`ratio ${worst.toFixed(2)}`);
for (const { name, decoding, search, amount } of rows) {
  console.log(
    `${name}: decoding ${decoding.toFixed(0)} ms, duplicates ${search.toFixed(0)} ms, ${amount} found`,
  );
}
