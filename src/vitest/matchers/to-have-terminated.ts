import { assertStreams, undecoded, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** Checks that the provider's own end marker arrived: `[DONE]`, `message_stop`, `response.completed`, ... */
export function toHaveTerminated(
  this: MatcherContext,
  received: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  const claim = { is: "the provider's end marker", isNot: "no end marker of the provider" };
  return assertStreams(this, "toHaveTerminated", received, options, claim, (trace) => {
    const { terminated, events } = trace;
    const marker = events.findLast(({ decoded }) => decoded.some(({ kind }) => kind === "terminated"));
    const focus = marker?.index ?? events.length - 1;
    const show = (): string => showEvents(trace, focus < 0 ? [] : [focus]);
    if (terminated === undefined) {
      const api = [trace.provider, trace.api].filter(Boolean).join(" ");
      const what = trace.framing === "json" ? "a JSON response" : api === "" ? "this stream" : api;
      const why = undecoded(trace) ?? `${what} has no end marker of its own`;
      return { ...unknown(why), show };
    }
    const found = terminated
      ? `it arrived${marker === undefined ? "" : ` in event ${marker.index}`}`
      : `the stream ended ${trace.end} without it`;
    return { holds: terminated, found, show };
  });
}
