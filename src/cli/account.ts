import { Buffer, isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { count } from "../cassette/count.ts";
import type { Interaction, TapeEntry } from "../cassette/model.ts";
import { bodyLength, storedBodyOf } from "../cassette/stored-body.ts";
import { renderEntry } from "../format/index.ts";
import { askedOf } from "../providers/asked-of.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import { describeEntry } from "../session/describe-entry.ts";
import { parseJson } from "../streams/parse-json.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import { size } from "./size.ts";

/** A description of one entry, for a person. */
export interface Account {
  readonly title: string;
  /** A fact without a value is not known. */
  readonly facts: readonly Fact[];
}

/** A value has one or more lines. */
export type Fact = readonly [name: string, value: string | undefined];

/** Describes an entry. `full`: with whole request bodies. */
export function accountOf(entry: TapeEntry, index: number, full: boolean): Account {
  if (entry.kind === "request") return accountOfRequest(entry, index, full);
  const [, ...lines] = renderEntry(entry, 0).join("\n").split("\n");
  return {
    title: describeEntry(entry, index),
    facts: [
      ["at", `${entry.at} ms`],
      ["entry", lines.map((line) => line.slice(2)).join("\n")],
    ],
  };
}

function accountOfRequest(interaction: Interaction, index: number, full: boolean): Account {
  const { request, at, test } = interaction;
  const trace = traceInteraction(interaction);
  return {
    title: `${index + 1} · ${request.method} ${request.url}`,
    facts: [
      ["at", `${at} ms`],
      ["test", test],
      ...sent(request.body, full ? [] : askedOf(request)),
      ["got", statusOf(interaction)],
      ["answer", answerText(trace)],
      ...saidOf(interaction),
      ["usage", trace.usage && usageText(trace.usage)],
      ["timing", timingText(trace)],
    ],
  };
}

/** The prompt and the names of the other fields, or the whole body if there is no prompt. */
function sent(body: Uint8Array | undefined, asked: readonly string[]): readonly Fact[] {
  if (body === undefined) return [];
  const text = bodyText(body);
  return asked.length === 0
    ? [["sent", text]]
    : [
        ["asked", asked.join("\n")],
        ["sent", sentText(text, body.length)],
      ];
}

/** `model: gpt-5-mini, stream: true, messages: 12, tools: 2 · 4.1 KiB`. */
function sentText(text: string, bytes: number): string {
  const fields = parseJson(text);
  // A form: its fields are the prompt.
  if (fields === undefined) return `${size(bytes)} (--full prints all)`;
  const parts = Object.entries(fields as object).map(([name, value]) => {
    if (Array.isArray(value)) return `${name}: ${value.length}`;
    if (typeof value === "object" && value !== null) return `${name}: {...}`;
    return typeof value === "string" && value.length > 40 ? `${name}: ...` : `${name}: ${value}`;
  });
  return `${parts.join(", ")} · ${size(bytes)} (--full prints all)`;
}

/** The status of the response, or why there is none. */
export function statusOf({ response }: Interaction): string {
  if (response.status === 0) return `no response · ${response.error?.message ?? response.end}`;
  return [`${response.status} ${response.statusText}`.trim(), response.error?.message]
    .filter((part) => part !== undefined)
    .join(" · ");
}

/** Returns the content of the response: decoded, or its body. */
export function saidOf(interaction: Interaction): readonly Fact[] {
  const { reasoning, text, refusal, toolCalls, error } = traceInteraction(interaction);
  const said: Fact[] = [
    ["reasoning", reasoning],
    ["text", text],
    ["refusal", refusal],
    ...toolCalls.map((call): Fact => ["tool call", `${call.name} ${call.arguments}`]),
    ["error", error && `${error.type ?? ""} ${error.message}`.trim()],
  ];
  if (said.some(([, value]) => value) || bodyLength(interaction.response.chunks) === 0) return said;
  const stored = storedBodyOf(interaction.response.chunks);
  if (stored !== undefined) return [["body", `${size(stored.bytes)} in ${stored.name}`]];
  return [["body", bodyText(Buffer.concat(interaction.response.chunks))]];
}

function answerText(trace: StreamTrace): string {
  const { provider, api, model, events, chunks, finishReason, end } = trace;
  const who = [provider, api, model].filter((part) => part !== undefined).join(" ");
  const parts = [
    who,
    `${count(events.length, "event")} in ${count(chunks.length, "chunk")}`,
    finishReason ?? "",
    end === "complete" ? "" : end,
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** `14 in, 3 out, 17 in all`. */
export function usageText(usage: NonNullable<StreamTrace["usage"]>): string {
  const { inputTokens, outputTokens, totalTokens, reasoningTokens, cachedInputTokens } = usage;
  const parts = [
    [inputTokens, "in"],
    [cachedInputTokens, "of them cached"],
    [outputTokens, "out"],
    [reasoningTokens, "of them reasoning"],
    [totalTokens, "in all"],
  ] as const;
  return parts.flatMap(([tokens, name]) => (tokens === undefined ? [] : [`${tokens} ${name}`])).join(", ");
}

function timingText({ timing }: StreamTrace): string {
  const { headers } = timing;
  return headers === undefined ? timing.summary : `headers ${headers} ms, ${timing.summary}`;
}

/** JSON with indents, text unchanged, and the size of anything else. */
export function bodyText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) return `${size(bytes.length)}, not text`;
  const text = new TextDecoder().decode(bytes);
  const value = parseJson(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
