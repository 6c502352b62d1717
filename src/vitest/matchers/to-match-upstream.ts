import { count } from "../../cassette/count.ts";
import { list } from "../../cassette/list.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import type { TraceEvent } from "../../streams/trace-event.ts";
import { addedDelays } from "./support/added-delay.ts";
import { checkNumber, checkOptions } from "./support/check-arguments.ts";
import { comparePieces, type PieceDifference } from "./support/compare-pieces.ts";
import { type Finding, streamMatcher, unknown } from "./support/matcher.ts";
import { showEvents } from "./support/show-events.ts";
import { type NamedStream, resolveStreams, type StreamSubject } from "./support/subject.ts";
import { channelsOf } from "./support/upstream-content.ts";
import { ms } from "./support/words.ts";

export interface UpstreamOptions {
  /**
   * Compares with all streams of a cassette, one after the other, for an application that joins several responses.
   * @defaultValue `false`
   */
  readonly all?: boolean | undefined;
  /** How many milliseconds the application may add to an event. The cassette must play at its recorded pace. */
  readonly maxDelay?: number | undefined;
  /** Reads the text of an event, if the application has its own protocol. */
  readonly text?: ((event: TraceEvent) => string | undefined) | undefined;
}

/**
 * Checks that the application emitted what the provider sent: nothing lost, repeated or out of order, and no event
 * later than `maxDelay`.
 */
export const toMatchUpstream = streamMatcher(
  "toMatchUpstream",
  ({ matcher }, upstream: StreamSubject, options: UpstreamOptions = {}) => {
    checkOptions(matcher, options, ["maxDelay", "text", "all"]);
    const { maxDelay } = options;
    if (maxDelay !== undefined) checkNumber(matcher, "`maxDelay`", maxDelay);
    const late = maxDelay === undefined ? "" : `, each event at most ${ms(maxDelay)} later`;
    const source = resolveStreams(upstream, options.all === true, "toMatchUpstream()");
    return {
      is: `what the provider sent${late}`,
      isNot: `something other than what the provider sent${late}`,
      check: (trace) => ("why" in source ? unknown(source.why) : compare(source.streams, trace, options)),
    };
  },
);

function compare(
  upstream: readonly NamedStream[],
  application: StreamTrace,
  { maxDelay, text }: UpstreamOptions,
): Finding {
  const traces = upstream.map(({ trace }) => trace);
  const channels = channelsOf(traces, application, text);
  if ("why" in channels) return unknown(channels.why);
  for (const { what, sent, emitted } of channels) {
    const difference = comparePieces(what, sent, emitted);
    if (difference === undefined) continue;
    const show = (): string => showBoth(upstream, application, difference);
    return { holds: false, found: difference.words, show };
  }
  const [{ sent, emitted }] = channels;
  if (sent.length === 0) return unknown("the provider sent no content");
  if (maxDelay === undefined) {
    const found = `the content of ${count(sent.length, "event")} arrived in ${count(emitted.length, "event")}, complete and in order`;
    return { holds: true, found };
  }
  const delays = addedDelays(traces, application, sent, emitted);
  if ("why" in delays) return unknown(delays.why);
  const late = delays.filter(({ added }) => added > maxDelay);
  const words = late.map(({ event, added }) => `event ${event.index} by ${ms(added)}`);
  return {
    holds: late.length === 0,
    found: late.length === 0 ? "none is later" : `the application delayed ${list(words, "and", 5)}`,
    focus: late.map(({ emitted }) => emitted.index),
  };
}

function showBoth(
  upstream: readonly NamedStream[],
  application: StreamTrace,
  { sent, emitted }: PieceDifference,
): string {
  const indexes = (events: readonly TraceEvent[]): readonly number[] => events.map(({ index }) => index);
  const blocks = upstream.flatMap(({ name = "upstream", trace }) => {
    const own = sent.filter((event) => trace.events.includes(event));
    return own.length === 0 ? [] : [`${name}: ${trace.summary}\n${showEvents(trace, indexes(own))}`];
  });
  return [showEvents(application, indexes(emitted)), ...blocks].join("\n\n");
}
