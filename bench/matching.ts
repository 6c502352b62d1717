/**
 * Measures how long it takes to find the recording of a request, on a tape of ten interactions and on one of ten
 * thousand. Run with `node bench/matching.ts`; the first line is how many times more the long tape costs.
 */
import type { Interaction, RecordedRequest } from "../src/cassette/model.ts";
import { nearest } from "../src/diagnosis/nearest.ts";
import { RecordingIndex } from "../src/matching/recording-index.ts";
import { compileRules } from "../src/matching/rules.ts";
import { RecordingQueue } from "../src/replay/recording-queue.ts";

const SHORT = 10;
const LONG = 10_000;
const ROUNDS = 15;
const REQUESTS = 1000;

const SYSTEM = "You are a careful assistant who answers in as few words as the question allows. ".repeat(12);

function ask(n: number): RecordedRequest {
  const body = {
    model: "gpt-5-mini",
    messages: [
      { role: "system", content: SYSTEM },
      { role: "user", content: `Question number ${n}: why do programmers prefer dark mode?` },
    ],
    stream: true,
    temperature: 0.2,
    tools: [
      { type: "function", function: { name: "search", parameters: { type: "object", properties: {} } } },
    ],
  };
  return {
    method: "POST",
    url: "https://api.openai.com/v1/chat/completions",
    headers: [["content-type", "application/json"]],
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

function tapeOf(length: number): readonly Interaction[] {
  return Array.from({ length }, (_, n) => ({
    kind: "request",
    at: n,
    request: ask(n),
    response: { status: 200, statusText: "OK", headers: [], chunks: [], end: "complete" },
  }));
}

interface Subject {
  readonly length: number;
  readonly tape: readonly Interaction[];
  readonly index: RecordingIndex;
  readonly building: number;
}

function prepare(length: number): Subject {
  const tape = tapeOf(length);
  const index = new RecordingIndex(tape, compileRules());
  const started = performance.now();
  index.find(ask(0));
  return { length, tape, index, building: performance.now() - started };
}

function queueOf(index: RecordingIndex): RecordingQueue {
  const plays = new Map<Interaction, number>();
  const played = (recording: Interaction): number => plays.get(recording) ?? 0;
  return new RecordingQueue(index, {
    plays: { played, play: (recording) => void plays.set(recording, played(recording) + 1) },
  });
}

/** Returns the milliseconds that one request takes to be found and played. */
function matchAll({ length, index }: Subject, requests: readonly RecordedRequest[]): number {
  let queue = queueOf(index);
  const started = performance.now();
  for (const [n, request] of requests.entries()) {
    if (n % length === 0) queue = queueOf(index);
    const { recording, state } = queue.match(request, "any", () => request);
    if (recording === undefined || state === "used-up")
      throw new Error(`request ${n} was not found on a tape of ${length}`);
    queue.play(recording);
  }
  return (performance.now() - started) / requests.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const short = prepare(SHORT);
const long = prepare(LONG);
const requestsFor = (length: number) =>
  Array.from({ length: REQUESTS }, (_, n) =>
    ask(Math.floor((n * length) / Math.min(length, REQUESTS)) % length),
  );
const [shortRequests, longRequests] = [requestsFor(SHORT), requestsFor(LONG)];
for (const subject of [short, long]) matchAll(subject, subject === short ? shortRequests : longRequests);

const times: { readonly short: number; readonly long: number }[] = [];
for (let round = 0; round < ROUNDS; round++) {
  times.push({ short: matchAll(short, shortRequests), long: matchAll(long, longRequests) });
}
const onShort = median(times.map((each) => each.short));
const onLong = median(times.map((each) => each.long));

const missed = ask(-1);
const missing = [short, long].map(({ index }) => {
  const started = performance.now();
  nearest(missed, index.find(missed), index, () => 0);
  return performance.now() - started;
});

const ms = (value: number | undefined): string => (value ?? Number.NaN).toFixed(3);
console.log(
  `${(onLong / onShort).toFixed(2)}x the cost for each request on ${LONG} interactions, against ${SHORT}`,
);
console.log(`${ms(onShort)} ms a request on ${SHORT}, ${ms(onLong)} ms on ${LONG}`);
console.log(
  `${ms(short.building)} ms to read a tape of ${SHORT} at the first request, ${ms(long.building)} ms for ${LONG}`,
);
console.log(
  `${ms(missing[0])} ms to find the nearest recording of a miss on ${SHORT}, ${ms(missing[1])} ms on ${LONG}`,
);
