import { durationOf } from "../cassette/duration-of.ts";
import { type Interaction, idOf, type Tape, type TapeEntry } from "../cassette/model.ts";
import { lengthsOf } from "../cassette/stored-body.ts";
import { isUnread, traceInteraction } from "../providers/decode-stream.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import { ChunkContentReader } from "./chunk-content.ts";
import { callOf, callResultOf, hasResult, type Work } from "./entry-events.ts";
import { type CassetteEvent, EVENT_VERSION } from "./event.ts";
import { llmCallOf, llmResultOf } from "./interaction-events.ts";
import { shownText } from "./shown-text.ts";
import { summarizeValue } from "./summarize.ts";

type Timed<E> = E extends CassetteEvent ? Omit<E, "v" | "session" | "seq"> : never;
/** An event without what all events of its session share. */
export type TimedFields = Timed<CassetteEvent>;

/**
 * Returns what is on a tape as the events of the run that recorded it, in the order of their times: one session
 * for each test that recorded on it.
 *
 * @param file the cassette's file, as people know it
 */
export function eventsOfTape(tape: Tape, file: string): readonly CassetteEvent[] {
  const began = tape.recorded === undefined ? 0 : Date.parse(tape.recorded.at);
  const tests = Map.groupBy(tape.interactions, ({ test }) => test);
  return [...tests].flatMap(([test, entries]) => {
    const name = test ?? nameOf(file);
    const session = test === undefined ? file : `${file} › ${test}`;
    const last = Math.max(0, ...entries.map((entry) => entry.at + durationOf(entry)));
    const events: readonly TimedFields[] = [
      { type: "session_start", time: began, test: name, cassette: file },
      ...entries
        .flatMap((entry, index) => eventsOfEntry(entry, `${index + 1}`, began))
        .sort((a, b) => a.time - b.time),
      { type: "session_end", time: began + last, failed: false, duration: last },
    ];
    return events.map(
      (event, index) => ({ ...event, v: EVENT_VERSION, session, seq: index + 1 }) as CassetteEvent,
    );
  });
}

/**
 * Returns the events of one entry.
 *
 * @param id its id if it has none on the tape: nothing can happen in it then
 * @param began when the tape began, in milliseconds since 1970
 */
export function eventsOfEntry(entry: TapeEntry, id: string, began: number): readonly TimedFields[] {
  const time = began + entry.at;
  const common = { id: idOf(entry) ?? id, ...(entry.parent === undefined ? {} : { parent: entry.parent }) };
  switch (entry.kind) {
    case "request":
      return eventsOfInteraction(entry, time, common);
    case "step": {
      const { name, type: kind, duration = 0 } = entry;
      return [
        { type: "step", time, ...common, name, kind, phase: "start" },
        { type: "step", time: time + duration, ...common, name, kind, phase: "end", duration },
      ];
    }
    case "checkpoint":
      return [
        { type: "checkpoint", time, ...common, label: entry.label, value: summarizeValue(entry.value) },
      ];
    default:
      return eventsOfCall(entry, time, common);
  }
}

type Common = { readonly id: string; readonly parent?: string };

function eventsOfCall(
  entry: Exclude<Work, { readonly kind: "step" }>,
  time: number,
  common: Common,
): readonly TimedFields[] {
  const call: TimedFields = { type: "tool_call", time, ...common, ...callOf(entry) };
  if (!hasResult(entry)) return [call];
  const end = time + (entry.duration ?? 0);
  return [call, { type: "tool_result", time: end, ...common, ...callResultOf(entry, true) }];
}

function eventsOfInteraction(interaction: Interaction, time: number, common: Common): readonly TimedFields[] {
  const { request, response } = interaction;
  const trace = traceInteraction(interaction);
  const call = llmCallOf(request);
  return [
    { type: "llm_call", time, ...common, ...call, model: trace.model ?? call.model },
    ...chunksOf(interaction, trace, time, common),
    {
      type: "llm_result",
      time: time + (trace.timing.duration ?? response.timing?.headers ?? 0),
      ...common,
      ...llmResultOf(trace, response, true),
    },
  ];
}

function chunksOf(
  interaction: Interaction,
  trace: StreamTrace,
  time: number,
  common: Common,
): readonly TimedFields[] {
  const { chunks } = interaction.response;
  if (isUnread(chunks)) {
    return trace.chunks.map(({ at }, index) => {
      const bytes = lengthsOf(chunks)[index] ?? 0;
      return { type: "chunk", time: time + (at ?? 0), ...common, index, at, bytes } as const;
    });
  }
  const reader = new ChunkContentReader(interaction.request, interaction.response);
  const events = trace.chunks.map(({ at, bytes }, index) => {
    const content = reader.push({ at, bytes });
    const atEnd = index === trace.chunks.length - 1 ? reader.end() : {};
    return {
      type: "chunk",
      time: time + (at ?? 0),
      ...common,
      index,
      at,
      bytes: bytes.length,
      ...content,
      ...atEnd,
      data: shownText(bytes),
    } as const;
  });
  return events;
}

function nameOf(file: string): string {
  return file.replace(/^.*[\\/]/, "").replace(/\.yaml$/, "");
}
