import { RecordingIndex } from "../../src/matching/recording-index.ts";
import type { BenchCase } from "../support/bench-case.ts";
import { cpuTime } from "../support/clock.ts";
import { chatPost, match, queueOf, recordingOf, rules } from "../support/session-parts.ts";

const REQUESTS = 500;
const LENGTHS = [10, 1000, 10_000] as const;
const nameOf = (length: number): string => `${length.toLocaleString("en")} interactions`;
/** A field differs that the provider's profile ignores: then a request has to be parsed. */
const OTHER_BYTES = ", requests in other bytes";

/** Finding the recording of a request, on tapes of different length. */
const benchCase: BenchCase = {
  title: "Matching a request on a tape of 10, 1,000 and 10,000 interactions, each",
  unit: "µs",
  variants: ["", OTHER_BYTES].flatMap((suffix) => LENGTHS.map((length) => nameOf(length) + suffix)),
  together: true,
  launches: 1,
  repeats: 15,
  warmUps: 3,
  targets: ["", OTHER_BYTES].flatMap((suffix) =>
    LENGTHS.slice(1).map((length) => ({
      of: nameOf(length) + suffix,
      than: [nameOf(10) + suffix],
      atMost: 1.3,
    })),
  ),
  prepare(variant) {
    const isOther = variant.endsWith(OTHER_BYTES);
    const length = LENGTHS.find((each) => variant.startsWith(nameOf(each))) ?? 0;
    const tape = Array.from({ length }, (_, n) => recordingOf(chatPost(question(n)), n));
    const index = new RecordingIndex(tape, rules);
    return async () => {
      // New requests each time, spread over the tape: what is known about old ones would be found again.
      const requests = Array.from({ length: REQUESTS }, (_, n) =>
        chatPost({
          ...question(Math.floor((n * length) / Math.min(length, REQUESTS)) % length),
          ...(isOther ? { prompt_cache_key: "another run" } : {}),
        }),
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
