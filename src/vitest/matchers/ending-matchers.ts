import { list } from "../../cassette/list.ts";
import { STREAM_ENDS, type StreamEnd } from "../../cassette/model.ts";
import { undecoded } from "../../compare/streams/known.ts";
import { checkText, reject } from "./support/check-arguments.ts";
import { ifDecoded, streamMatcher, unknown } from "./support/matcher.ts";
import { isText, type TextExpectation } from "./support/matcher-context.ts";
import { eventsWith } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { quote, value } from "./support/words.ts";

/** Checks how the bytes of the stream ended. */
export const toHaveEnded = streamMatcher(
  "toHaveEnded",
  ({ matcher }, expected: StreamEnd, options?: StreamMatcherOptions) => {
    if (!STREAM_ENDS.includes(expected)) reject(matcher, list(STREAM_ENDS, "or"), expected);
    return {
      options,
      is: `the stream to end ${expected}`,
      isNot: `the stream not to end ${expected}`,
      check({ end, terminated, events }) {
        const marker = terminated === undefined ? "" : `, ${terminated ? "with" : "without"} its end marker`;
        return { holds: end === expected, found: `it ended ${end}${marker}`, focus: [events.length - 1] };
      },
    };
  },
);

/** Checks that the provider's own end marker arrived: `[DONE]`, `message_stop`, `response.completed`, ... */
export const toHaveTerminated = streamMatcher("toHaveTerminated", (_, options?: StreamMatcherOptions) => ({
  options,
  is: "the provider's end marker",
  isNot: "no end marker of the provider",
  check(trace) {
    const { terminated, events, end, framing, provider = "the", api = "stream" } = trace;
    if (terminated === undefined) {
      const what = framing === "json" ? "a JSON response" : `${provider} ${api}`;
      return unknown(undecoded(trace) ?? `${what} has no end marker of its own`);
    }
    const marker = eventsWith(trace, "terminated").at(-1) ?? events.length - 1;
    const found = terminated ? `it arrived in event ${marker}` : `the stream ended ${end} without it`;
    return { holds: terminated, found, focus: [marker] };
  },
}));

/** Checks the provider's own finish reason; without an argument, that there is one. */
export const toHaveFinishReason = streamMatcher(
  "toHaveFinishReason",
  ({ matcher, context }, expected?: TextExpectation, options?: StreamMatcherOptions) => {
    const isAny = expected === undefined;
    if (!isAny) checkText(matcher, "the finish reason", expected);
    return {
      options,
      is: isAny ? "a finish reason" : `the finish reason ${value(expected)}`,
      isNot: isAny ? "no finish reason" : `a finish reason other than ${value(expected)}`,
      check: ifDecoded((trace) => {
        const { finishReason, events, end } = trace;
        const focus = [eventsWith(trace, "finish").at(-1) ?? events.length - 1];
        if (finishReason === undefined)
          return { holds: false, found: `there is none: the stream ended ${end}`, focus };
        const holds = isAny || isText(context, finishReason, expected);
        return { holds, found: `it is ${quote(finishReason)}`, focus };
      }),
    };
  },
);
