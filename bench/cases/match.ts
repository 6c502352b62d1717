import { RecordingIndex } from "../../src/matching/recording-index.ts";
import type { BenchCase } from "../support/bench-case.ts";
import { cpuTime } from "../support/clock.ts";
import { chatPost, match, queueOf, recordingOf, rules } from "../support/session-parts.ts";

const REQUESTS = 500;
const lengths: Readonly<Record<string, number>> = {
  "10 interactions": 10,
  "1,000 interactions": 1000,
  "10,000 interactions": 10_000,
};

/** Finding the recording of a request, on tapes of different length. */
const benchCase: BenchCase = {
  title: "Matching a request on a tape of 10, 1,000 and 10,000 interactions, each",
  unit: "µs",
  variants: Object.keys(lengths),
  together: true,
  launches: 1,
  repeats: 15,
  warmUps: 3,
  targets: ["1,000 interactions", "10,000 interactions"].map((of) => ({
    of,
    than: ["10 interactions"],
    atMost: 1.3,
  })),
  prepare(variant) {
    const length = lengths[variant] ?? 0;
    const tape = Array.from({ length }, (_, n) => recordingOf(chatPost(question(n)), n));
    const index = new RecordingIndex(tape, rules);
    return async () => {
      // New requests each time, spread over the tape: what is known about old ones would be found again.
      const requests = Array.from({ length: REQUESTS }, (_, n) =>
        chatPost(question(Math.floor((n * length) / Math.min(length, REQUESTS)) % length)),
      );
      let queue = queueOf(index);
      const time = await cpuTime(() => {
        for (const [n, request] of requests.entries()) {
          if (n > 0 && n % length === 0) queue = queueOf(index);
          const { recording, state } = match(queue, request);
          if (recording === undefined || state === "used-up") throw new Error(`request ${n} was not found`);
          queue.play(recording);
        }
      });
      return (time * 1000) / REQUESTS;
    };
  },
};

export default benchCase;

function question(n: number): object {
  const system = "You are a careful assistant who answers in as few words as the question allows. ".repeat(
    12,
  );
  return {
    model: "gpt-5-mini",
    messages: [
      { role: "system", content: system },
      { role: "user", content: `Question number ${n}: why do programmers prefer dark mode?` },
    ],
    stream: true,
    temperature: 0.2,
    tools: [
      { type: "function", function: { name: "search", parameters: { type: "object", properties: {} } } },
    ],
  };
}
