import { isDeepStrictEqual } from "node:util";
import * as matchers from "../../src/matchers.ts";
import { decodeStream } from "../../src/providers/decode-stream.ts";
import type { StreamTrace } from "../../src/streams/stream-trace.ts";
import { oneOrMore } from "../../src/vitest/matchers/quantifiers.ts";
import type { BenchCase } from "../support/bench-case.ts";
import { randomNumbers } from "../support/chat.ts";
import { cpuTime } from "../support/clock.ts";

const EVENTS = 30_000;
const PASS = "one pass: decoding the events";

type Check = (trace: StreamTrace) => matchers.MatcherResult;

const context: matchers.MatcherContext = {
  isNot: false,
  customTesters: [],
  equals: (actual, expected) => isDeepStrictEqual(actual, expected),
  utils: { iterableEquality: undefined, subsetEquality: undefined },
};

const checks: Readonly<Record<string, Check>> = {
  toHaveNoDuplicateEvents: (trace) => matchers.toHaveNoDuplicateEvents.call(context, trace),
  toHaveNoRestart: (trace) => matchers.toHaveNoRestart.call(context, trace),
  toHaveEventSequence: (trace) =>
    matchers.toHaveEventSequence.call(context, trace, [oneOrMore("chat.completion.chunk")]),
  toHaveStreamedText: (trace) => matchers.toHaveStreamedText.call(context, trace, trace.text),
  toHaveStreamedIncrementally: (trace) => matchers.toHaveStreamedIncrementally.call(context, trace),
  toHaveGapsWithin: (trace) => matchers.toHaveGapsWithin.call(context, trace, { p95: 1000 }),
  toHaveTokenTiming: (trace) => matchers.toHaveTokenTiming.call(context, trace, { firstToken: 10_000 }),
  toHaveNoStallOver: (trace) => matchers.toHaveNoStallOver.call(context, trace, 10_000),
};

/** Each matcher on a long stream, against reading the stream once. */
const benchCase: BenchCase = {
  title: `A matcher on ${EVENTS.toLocaleString("en")} events`,
  unit: "ms",
  variants: [PASS, ...Object.keys(checks)],
  together: true,
  launches: 1,
  repeats: 7,
  warmUps: 2,
  targets: Object.keys(checks).map((of) => ({ of, than: [PASS], atMost: 3 })),
  prepare(variant) {
    const check = checks[variant];
    return async () => {
      // A new trace each time: it remembers what was asked.
      const trace = streamOf();
      const decode = (): void => void trace.events.length;
      if (check === undefined) return cpuTime(decode);
      decode();
      return cpuTime(() => {
        const { pass, message } = check(trace);
        if (!pass) throw new Error(message());
      });
    };
  },
};

export default benchCase;

const chunks = events();

function streamOf(): StreamTrace {
  return decodeStream({
    url: "https://api.openai.com/v1/chat/completions",
    headers: { "content-type": "text/event-stream" },
    chunks,
  });
}

function events(): readonly { readonly at: number; readonly bytes: Uint8Array }[] {
  const random = randomNumbers(1);
  const encoder = new TextEncoder();
  return Array.from({ length: EVENTS }, (_, index) => {
    const content = index % 40 === 0 ? ` number${index}` : ` ${Math.floor(random() * 500).toString(36)} the`;
    const payload = {
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      model: "m",
      choices: [{ index: 0, delta: { content } }],
    };
    return { at: 300 + index * 10, bytes: encoder.encode(`data: ${JSON.stringify(payload)}\n\n`) };
  });
}
