import { Buffer } from "node:buffer";
import { TextDecoder } from "node:util";
import {
  type Interaction,
  idOf,
  type RecordedCall,
  type RecordedProcess,
  type RecordedResponse,
  type Tape,
  type TapeEntry,
} from "../cassette/model.ts";
import { askedOf } from "../providers/asked-of.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import { parseJson } from "../streams/parse-json.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import { decodeText } from "../streams/text.ts";
import { ChunkContentReader } from "./chunk-content.ts";
import { type CassetteEvent, EVENT_VERSION } from "./event.ts";
import { cutText, summarizeValue } from "./summarize.ts";

type Fields<E> = E extends CassetteEvent ? Omit<E, "v" | "session" | "seq"> : never;
/** An event without what all events of its session share. */
export type EventFields = Fields<CassetteEvent>;

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
    const events: readonly EventFields[] = [
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

/** Returns the events of one entry. `id` is for entries that nothing can happen in. */
export function eventsOfEntry(entry: TapeEntry, id: string, began: number): readonly EventFields[] {
  const time = began + entry.at;
  const common = { id: idOf(entry) ?? id, ...(entry.parent === undefined ? {} : { parent: entry.parent }) };
  switch (entry.kind) {
    case "request":
      return eventsOfInteraction(entry, time, common);
    case "call": {
      const { name, type, input, output, items, error, duration } = entry;
      const result = items ?? output;
      return [
        { type: "tool_call", time, ...common, name, kind: type, input: summarizeValue(input) },
        {
          type: "tool_result",
          time: time + (duration ?? 0),
          ...common,
          name,
          output: summarizeValue(result),
          error: error && errorOf(error),
          duration,
          replayed: true,
        },
      ];
    }
    case "mcp": {
      const { method, params, result, error, duration, type } = entry;
      const call = {
        type: "tool_call",
        time,
        ...common,
        name: method,
        kind: "mcp",
        input: summarizeValue(params),
      } as const;
      if (type === "notification") return [call];
      return [
        call,
        {
          type: "tool_result",
          time: time + (duration ?? 0),
          ...common,
          name: method,
          output: summarizeValue(result),
          error: error && { message: `${error.code} ${error.message}` },
          duration,
          replayed: true,
        },
      ];
    }
    case "step": {
      const { name, type: kind, duration = 0 } = entry;
      return [
        { type: "step", time, ...common, name, kind, phase: "start" },
        { type: "step", time: time + duration, ...common, name, kind, phase: "end", duration },
      ];
    }
    case "process":
      return eventsOfProcess(entry, time, common);
    case "checkpoint":
      return [
        { type: "checkpoint", time, ...common, label: entry.label, value: summarizeValue(entry.value) },
      ];
  }
}

function eventsOfProcess(entry: RecordedProcess, time: number, common: Common): readonly EventFields[] {
  const { command: name, args, shell, cwd, env, io, exit, error, duration } = entry;
  const said = (kind: "stdin" | "stdout" | "stderr"): string | undefined => {
    const chunks = io.flatMap((part) =>
      part.kind !== kind ? [] : part.kind === "stdin" ? [part.bytes] : part.chunks,
    );
    return chunks.length === 0 ? undefined : (textOf(Buffer.concat(chunks)) ?? "binary");
  };
  const input = { args, shell, cwd, env, stdin: said("stdin") };
  return [
    { type: "tool_call", time, ...common, name, kind: "process", input: summarizeValue(input) },
    {
      type: "tool_result",
      time: time + (duration ?? 0),
      ...common,
      name,
      output: summarizeValue({ exit, stdout: said("stdout"), stderr: said("stderr") }),
      error: error === undefined ? undefined : { name: error, message: error },
      duration,
      replayed: true,
    },
  ];
}

function errorOf(error: NonNullable<RecordedCall["error"]>): {
  readonly name?: string;
  readonly message: string;
} {
  if ("thrown" in error) return { message: JSON.stringify(error.thrown) };
  return { name: error.name, message: error.message };
}

type Common = { readonly id: string; readonly parent?: string };

function eventsOfInteraction(interaction: Interaction, time: number, common: Common): readonly EventFields[] {
  const { request, response } = interaction;
  const trace = traceInteraction(interaction);
  const { provider, api, model } = trace;
  const asked = askedOf(request).join("\n");
  return [
    {
      type: "llm_call",
      time,
      ...common,
      method: request.method,
      url: request.url,
      provider,
      api,
      model: model ?? modelAsked(request.body),
      prompt: asked === "" ? undefined : cutText(asked),
      request: request.body && summarizeValue(bodyOf(request.body)),
    },
    ...chunksOf(interaction, trace, time, common),
    {
      ...resultOf(trace, response),
      time: time + (trace.timing.duration ?? response.timing?.headers ?? 0),
      ...common,
    },
  ];
}

function chunksOf(
  interaction: Interaction,
  trace: StreamTrace,
  time: number,
  common: Common,
): readonly EventFields[] {
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
      data: textOf(bytes),
    } as const;
  });
  return events;
}

/** Returns what a response was, apart from its place in the run. */
function resultOf(trace: StreamTrace, response: RecordedResponse) {
  const { provider, api, model, text, reasoning, toolCalls, finishReason, usage, error, timing } = trace;
  const failure = error ?? (response.error && { type: response.error.code, message: response.error.message });
  return {
    type: "llm_result",
    status: response.status === 0 ? undefined : response.status,
    replayed: true,
    provider,
    api,
    model,
    text: text === "" ? undefined : text,
    reasoning: reasoning === "" ? undefined : reasoning,
    toolCalls: toolCalls.map((call) => ({
      id: call.id,
      name: call.name,
      input: summarizeValue(call.input ?? call.arguments),
    })),
    finishReason,
    usage: usage && { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens },
    end: response.end,
    error: failure && { type: failure.type, message: failure.message },
    timing: {
      headers: timing.headers,
      firstChunk: timing.firstChunk,
      firstToken: timing.firstToken,
      duration: timing.duration,
    },
    chunks: response.chunks.length,
    bytes: response.chunks.reduce((sum, { length }) => sum + length, 0),
  } as const;
}

function modelAsked(body: Uint8Array | undefined): string | undefined {
  const value = body && bodyOf(body);
  const model = typeof value === "object" && value !== null && "model" in value ? value.model : undefined;
  return typeof model === "string" ? model : undefined;
}

function bodyOf(body: Uint8Array): unknown {
  return parseJson(decodeText(body)) ?? textOf(body) ?? `${body.length} bytes`;
}

/** Returns a chunk as text; `undefined` if it is not text. A chunk may begin or end inside of a character. */
function textOf(bytes: Uint8Array): string | undefined {
  return bytes.includes(0) ? undefined : cutText(new TextDecoder("utf-8").decode(bytes));
}

function durationOf(entry: TapeEntry): number {
  if (entry.kind === "checkpoint") return 0;
  if (entry.kind !== "request") return entry.duration ?? 0;
  return entry.response.timing?.chunks.at(-1) ?? entry.response.timing?.headers ?? 0;
}

function nameOf(file: string): string {
  return file.replace(/^.*[\\/]/, "").replace(/\.yaml$/, "");
}
