import { durationOf } from "../cassette/duration-of.ts";
import type { Interaction, TapeEntry } from "../cassette/model.ts";
import { bodyLength } from "../cassette/stored-body.ts";
import { traceInteraction } from "../providers/decode-stream.ts";

/** What one model was asked. */
export interface ModelUse {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Milliseconds from the requests to the ends of their responses, added up. */
  readonly time: number;
}

/** What is on a tape, in numbers. */
export interface TapeSummary {
  /** Milliseconds from the start of the recording to the end of its last entry. */
  readonly duration: number;
  /** How many entries there are of each kind. */
  readonly entries: Readonly<Record<TapeEntry["kind"], number>>;
  /** By the name of the model. */
  readonly models: Readonly<Record<string, ModelUse>>;
  /** How many calls there are, by the name of the function. */
  readonly calls: Readonly<Record<string, number>>;
  /** The labels of the checkpoints, in order. */
  readonly checkpoints: readonly string[];
  /** Bytes of all response bodies. */
  readonly bytes: number;
}

/** What one test had recorded and did with it: the session of an agent, in numbers. */
export interface SessionManifest extends TapeSummary {
  /** The name of the cassette. */
  readonly id: string;
  /** The test, on a cassette that several tests share. */
  readonly test: string | undefined;
  /** When the tape was recorded (ISO 8601); `undefined` if it was written by hand, or is being recorded. */
  readonly started: string | undefined;
  /** How many entries were played in this run. */
  readonly played: number;
  /** How many entries were recorded in this run. */
  readonly recorded: number;
  /** How many requests, calls, steps and checkpoints had no recording. */
  readonly missed: number;
  /** Share of what was asked for that was played or recorded, from 0 to 1; 1 if nothing was. */
  readonly successRate: number;
}

/** Counts what is on a tape. */
export function summarizeTape(entries: readonly TapeEntry[]): TapeSummary {
  const requests = entries.filter((entry) => entry.kind === "request");
  const calls = entries.filter((entry) => entry.kind === "call");
  const of = (kind: TapeEntry["kind"]): number => entries.filter((entry) => entry.kind === kind).length;
  return {
    duration: rounded(Math.max(0, ...entries.map((entry) => entry.at + durationOf(entry)))),
    entries: {
      request: of("request"),
      call: of("call"),
      step: of("step"),
      checkpoint: of("checkpoint"),
      mcp: of("mcp"),
      process: of("process"),
    },
    models: modelsOf(requests),
    calls: Object.fromEntries(
      [...Map.groupBy(calls, ({ name }) => name)].map(([name, { length }]) => [name, length]),
    ),
    checkpoints: entries.flatMap((entry) => (entry.kind === "checkpoint" ? [entry.label] : [])),
    bytes: requests.reduce((sum, { response }) => sum + bodyLength(response.chunks), 0),
  };
}

function modelsOf(requests: readonly Interaction[]): Record<string, ModelUse> {
  const models: Record<string, ModelUse> = {};
  for (const request of requests) {
    const { model, usage } = traceInteraction(request);
    if (model === undefined) continue;
    const before = models[model] ?? { requests: 0, inputTokens: 0, outputTokens: 0, time: 0 };
    models[model] = {
      requests: before.requests + 1,
      inputTokens: before.inputTokens + (usage?.inputTokens ?? 0),
      outputTokens: before.outputTokens + (usage?.outputTokens ?? 0),
      time: rounded(before.time + durationOf(request)),
    };
  }
  return models;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
