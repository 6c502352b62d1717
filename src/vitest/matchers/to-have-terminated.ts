import { undecoded } from "../../compare/streams/known.ts";
import { assertStreams, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { eventsWith } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** Checks that the provider's own end marker arrived: `[DONE]`, `message_stop`, `response.completed`, ... */
export function toHaveTerminated(
  this: MatcherContext,
  received: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  const claim = { is: "the provider's end marker", isNot: "no end marker of the provider" };
  return assertStreams(this, "toHaveTerminated", received, options, claim, (trace) => {
    const { terminated, events, end, framing, provider = "the", api = "stream" } = trace;
    if (terminated === undefined) {
      const what = framing === "json" ? "a JSON response" : `${provider} ${api}`;
      return unknown(undecoded(trace) ?? `${what} has no end marker of its own`);
    }
    const marker = eventsWith(trace, "terminated").at(-1) ?? events.length - 1;
    const found = terminated ? `it arrived in event ${marker}` : `the stream ended ${end} without it`;
    return { holds: terminated, found, focus: [marker] };
  });
}
