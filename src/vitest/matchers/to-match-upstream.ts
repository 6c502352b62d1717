import { count } from "../../cassette/count.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import type { TraceEvent } from "../../streams/trace-event.ts";
import { addedDelays, type Delay } from "./support/added-delay.ts";
import { assertStreams, type Finding, unknown } from "./support/assert-streams.ts";
import { checkNumber, checkOptions } from "./support/check-arguments.ts";
import { comparePieces, type PieceDifference } from "./support/compare-pieces.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { contentOf, showEvents, time } from "./support/show-events.ts";
import { type NamedStream, resolveStreams, type StreamSubject } from "./support/subject.ts";
import { type Column, table } from "./support/table.ts";
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
export function toMatchUpstream(
  this: MatcherContext,
  received: unknown,
  upstream: StreamSubject,
  options: UpstreamOptions = {},
): MatcherResult {
  checkOptions("toMatchUpstream", options, ["maxDelay", "text", "all"]);
  const { maxDelay } = options;
  if (maxDelay !== undefined) checkNumber("toMatchUpstream", "`maxDelay`", maxDelay);
  const late = maxDelay === undefined ? "" : `, each event at most ${ms(maxDelay)} later`;
  const claim = {
    is: `what the provider sent${late}`,
    isNot: `something other than what the provider sent${late}`,
  };
  const source = resolveStreams(upstream, options.all === true, "toMatchUpstream()");
  return assertStreams(this, "toMatchUpstream", received, undefined, claim, (trace) =>
    "why" in source ? unknown(source.why) : compare(source.streams, trace, options),
  );
}

function compare(
  upstream: readonly NamedStream[],
  application: StreamTrace,
  { maxDelay, text }: UpstreamOptions,
): Finding {
  const traces = upstream.map(({ trace }) => trace);
  const channels = channelsOf(traces, application, text);
  if ("why" in channels) return unknown(channels.why, application);
  for (const { what, sent, emitted } of channels) {
    const difference = comparePieces(what, sent, emitted);
    if (difference !== undefined) {
      return {
        holds: false,
        found: difference.words,
        show: () => showBoth(upstream, application, difference),
      };
    }
  }
  const [{ sent, emitted }] = channels;
  if (sent.length === 0) return unknown("the provider sent no content", application);
  const same = `the content of ${count(sent.length, "event")} arrived in ${count(emitted.length, "event")}, complete and in order`;
  const delays = addedDelays(traces, application, sent, emitted);
  if ("why" in delays) {
    if (maxDelay !== undefined) return unknown(delays.why, application);
    return { holds: true, found: same, show: () => showEvents(application) };
  }
  const worst = delays.reduce((most, each) => (each.added > most.added ? each : most));
  const slowest = `event ${worst.sent.event.index} was delayed by ${ms(worst.added)}`;
  const over = maxDelay === undefined ? [] : delays.filter(({ added }) => added > maxDelay);
  if (over.length === 0) {
    return { holds: true, found: `${same}; ${slowest}`, show: () => showDelays(delays, [worst]) };
  }
  const are = over.length === 1 ? "is" : "are";
  return {
    holds: false,
    found: `${slowest}; ${over.length} of ${count(delays.length, "event")} ${are} over the limit`,
    show: () => showDelays(delays, over),
  };
}

function showBoth(
  upstream: readonly NamedStream[],
  application: StreamTrace,
  { sent, emitted }: PieceDifference,
): string {
  const indexes = (events: readonly TraceEvent[]): readonly number[] => events.map(({ index }) => index);
  const blocks = [showEvents(application, indexes(emitted))];
  for (const { name, trace } of upstream) {
    const own = sent.filter((event) => trace.events.includes(event));
    if (own.length === 0 && upstream.length > 1) continue;
    blocks.push(`${name ?? "upstream"}: ${trace.summary}\n${showEvents(trace, indexes(own))}`);
  }
  return blocks.join("\n\n");
}

const DELAY_COLUMNS: readonly Column[] = [
  { title: "sent", align: "right" },
  { title: "at ms", align: "right" },
  { title: "out", align: "right" },
  { title: "at ms", align: "right" },
  { title: "added ms", align: "right" },
  { title: "content" },
];

function showDelays(delays: readonly Delay[], worst: readonly Delay[]): string {
  const marked = new Set(worst);
  const focus = delays.flatMap((delay, index) => (marked.has(delay) ? [index] : []));
  return table(DELAY_COLUMNS, { length: delays.length, focus, noun: "event" }, (index) => {
    const delay = delays[index] as Delay;
    const [sent, emitted] = [delay.sent.event, delay.emitted.event];
    const numbers = [sent, emitted].flatMap(({ index, at }) => [String(index), time(at)]);
    return { marked: marked.has(delay), cells: [...numbers, delay.added.toFixed(1), contentOf(sent)] };
  });
}
