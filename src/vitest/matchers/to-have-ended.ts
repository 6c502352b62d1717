import { list } from "../../cassette/list.ts";
import { STREAM_ENDS, type StreamEnd } from "../../cassette/model.ts";
import { assertStreams } from "./support/assert-streams.ts";
import { reject } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** Checks how the bytes of the stream ended. */
export function toHaveEnded(
  this: MatcherContext,
  received: unknown,
  expected: StreamEnd,
  options?: StreamMatcherOptions,
): MatcherResult {
  if (!STREAM_ENDS.includes(expected)) reject("toHaveEnded", list(STREAM_ENDS, "or"), expected);
  const claim = { is: `the stream to end ${expected}`, isNot: `the stream not to end ${expected}` };
  return assertStreams(this, "toHaveEnded", received, options, claim, ({ end, terminated, events }) => {
    const marker = terminated === undefined ? "" : `, ${terminated ? "with" : "without"} its end marker`;
    return { holds: end === expected, found: `it ended ${end}${marker}`, focus: [events.length - 1] };
  });
}
