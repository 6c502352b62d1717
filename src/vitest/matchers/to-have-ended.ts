import { STREAM_ENDS, type StreamEnd } from "../../cassette/model.ts";
import { MatcherArgumentError } from "./support/arguments.ts";
import { judgeStreams } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { list, value } from "./support/show.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The bytes of the stream ended like this. */
export function toHaveEnded(
  this: MatcherContext,
  received: unknown,
  expected: StreamEnd,
  options?: StreamMatcherOptions,
): MatcherResult {
  if (!STREAM_ENDS.includes(expected)) {
    throw new MatcherArgumentError(
      "toHaveEnded",
      `it takes ${list(STREAM_ENDS, "or")}, not ${value(expected)}.`,
    );
  }
  const claim = { is: `the stream to end ${expected}`, isNot: `the stream to end other than ${expected}` };
  return judgeStreams(this, "toHaveEnded", received, options, claim, (trace) => {
    const marker =
      trace.terminated === undefined
        ? ""
        : trace.terminated
          ? ", with its end marker"
          : ", without its end marker";
    return {
      holds: trace.end === expected,
      found: `it ended ${trace.end}${marker}`,
      show: () => showEvents(trace, trace.events.length === 0 ? [] : [trace.events.length - 1]),
    };
  });
}
