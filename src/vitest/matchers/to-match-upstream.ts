import { count } from "../../cassette/count.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import type { TraceEvent } from "../../streams/trace-event.ts";
import { addedDelays, type Delay } from "./support/added-delay.ts";
import { checkNumber, checkOptions } from "./support/arguments.ts";
import { type Finding, judgeStreams, unknown } from "./support/assert-streams.ts";
import { comparePieces, type PieceDifference } from "./support/compare-pieces.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { ms } from "./support/show.ts";
import { carried, showEvents, time } from "./support/show-events.ts";
import { type NamedStream, resolveStreams, type StreamSubject } from "./support/subject.ts";
import { type Row, rowsToShow, table, withGaps } from "./support/table.ts";
import { channelsOf } from "./support/upstream-content.ts";

export interface UpstreamOptions {
  /**
   * Takes all streams of a cassette, one after another, for an application that makes one answer of several.
   * @defaultValue `false`
   */
  readonly all?: boolean | undefined;
  /** Most milliseconds that the application may add to an event. Needs a tape that was played at its recorded pace. */
  readonly maxDelay?: number | undefined;
  /** What an event of the application says, where it has a protocol of its own. */
  readonly text?: ((event: TraceEvent) => string | undefined) | undefined;
}

/**
 * What the application emitted is what the provider sent: nothing lost, nothing twice, nothing out of order, and
 * no event later than `maxDelay`.
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
  return judgeStreams(this, "toMatchUpstream", received, undefined, claim, (trace) => {
    if ("why" in source) return unknown(source.why);
    return compare(source.streams, trace, options);
  });
}

function compare(
  upstream: readonly NamedStream[],
  application: StreamTrace,
  { maxDelay, text }: UpstreamOptions,
): Finding {
  const traces = upstream.map(({ trace }) => trace);
  const channels = channelsOf(traces, application, text);
  if ("why" in channels) return { ...unknown(channels.why), show: () => showEvents(application) };
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
  if (sent.length === 0)
    return { ...unknown("the provider sent no content"), show: () => showEvents(application) };
  const same = `${count(sent.length, "event")} came out in ${emitted.length}, with nothing lost, twice or out of order`;
  const delays = addedDelays(traces, application, sent, emitted);
  if ("why" in delays) {
    const show = (): string => showEvents(application);
    return maxDelay === undefined ? { holds: true, found: same, show } : { ...unknown(delays.why), show };
  }
  const worst = delays.reduce((most, each) => (each.added > most.added ? each : most));
  const latest = `event ${worst.sent.event.index} came out ${ms(worst.added)} later than it could have`;
  const over = maxDelay === undefined ? [] : delays.filter(({ added }) => added > maxDelay);
  if (over.length === 0) {
    return { holds: true, found: `${same}; ${latest}`, show: () => showDelays(delays, [worst]) };
  }
  const are = over.length === 1 ? "is" : "are";
  return {
    holds: false,
    found: `${latest}; ${over.length} of ${count(delays.length, "event")} ${are} over the limit`,
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
    const concerned = sent.filter((event) => trace.events.includes(event));
    if (concerned.length === 0 && upstream.length > 1) continue;
    blocks.push(`${name ?? "upstream"}: ${trace.summary}\n${showEvents(trace, indexes(concerned))}`);
  }
  return blocks.join("\n\n");
}

function showDelays(delays: readonly Delay[], worst: readonly Delay[]): string {
  const marked = new Set(worst);
  const focus = worst.map((delay) => delays.indexOf(delay));
  const rows = withGaps(rowsToShow(delays.length, focus), delays.length, "event", (index): Row => {
    const delay = delays[index]!;
    const { sent, emitted, added } = delay;
    return {
      marked: marked.has(delay),
      cells: [
        String(sent.event.index),
        time(sent.event.at),
        String(emitted.event.index),
        time(emitted.event.at),
        added.toFixed(1),
        carried(sent.event),
      ],
    };
  });
  return table(
    [
      { title: "sent", align: "right" },
      { title: "at ms", align: "right" },
      { title: "out", align: "right" },
      { title: "at ms", align: "right" },
      { title: "added ms", align: "right" },
      { title: "carried" },
    ],
    rows,
  );
}
