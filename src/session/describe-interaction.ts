import { Buffer } from "node:buffer";
import { TextDecoder } from "node:util";
import type { StreamChunk } from "../cassette/chunk.ts";
import { count } from "../cassette/count.ts";
import { hostOf } from "../cassette/host-of.ts";
import type { Interaction } from "../cassette/model.ts";
import { bodyLength } from "../cassette/stored-body.ts";
import { headerOf } from "../http/headers.ts";
import { isBinary } from "../http/is-binary.ts";
import { askedOf } from "../providers/asked-of.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";

const WIDTH = 96;
const MAX_ASKED = 4;
const MAX_ANSWERED = 6;

/**
 * Describes an interaction for reviewers, in at most 12 lines: `1 · openai chat · gpt-5-mini · 13 tokens`, then
 * lines that begin with `> ` for what was asked, and with `< ` for the answer.
 *
 * @param index from 0
 * @param redact removes secrets from a text before it is cut
 */
export function describeInteraction(
  interaction: Interaction,
  index: number,
  redact: (text: string) => string = (text) => text,
): string {
  const { response } = interaction;
  const trace = traceInteraction(
    isBinary(response) ? { ...interaction, response: { ...response, chunks: [] } } : interaction,
  );
  const { finishReason } = trace;
  return [
    redact(headline(interaction, index, trace)),
    ...block("> ", askedOf(interaction.request).map(redact), MAX_ASKED),
    ...block("< ", answerOf(interaction, trace).map(redact), MAX_ANSWERED),
    ...(finishReason === undefined ? [] : block("< finish: ", [redact(finishReason)], 1)),
  ].join("\n");
}

function headline(interaction: Interaction, index: number, trace: StreamTrace): string {
  const { firstToken } = trace.timing;
  const tokens = trace.usage?.outputTokens;
  const { status, end, chunks } = interaction.response;
  const facts = [
    String(index + 1),
    trace.provider === undefined
      ? hostOf(interaction.request.url)
      : [trace.provider, trace.api].filter(Boolean).join(" "),
    trace.model,
    status >= 300 ? `status ${status}` : undefined,
    tokens === undefined ? undefined : count(tokens, "token"),
    // A body in one chunk has no first token before the last.
    firstToken === undefined || chunks.length < 2 ? undefined : `first token ${Math.round(firstToken)} ms`,
    end === "complete" ? undefined : end,
  ];
  return facts
    .filter((fact) => fact !== undefined)
    .join(" · ")
    .replace(/\s+/g, " ");
}

/** Returns what the model said and called, or the type and size of other content. */
function answerOf({ response }: Interaction, trace: StreamTrace): readonly string[] {
  const { refusal, toolCalls, error } = trace;
  const said = [
    trace.text,
    refusal,
    ...toolCalls.map((call) => `${call.name} ${call.arguments}`),
    error === undefined ? "" : `error: ${[error.type, error.message].filter(Boolean).join(" ")}`,
  ].filter((each) => each.trim() !== "");
  if (said.length > 0) return said;
  // The tape stores compressed bytes as base64, which is unreadable: show the decoded text.
  const isCompressed =
    response.decoded !== true && headerOf(response.headers, "content-encoding") !== undefined;
  const text = isCompressed ? utf8Text(trace.chunks) : undefined;
  if (text !== undefined) return [text];
  const type = headerOf(response.headers, "content-type")?.split(";", 1)[0] ?? "";
  if (!/^(?:audio|image|video)\//.test(type)) return [];
  const bytes = bodyLength(response.chunks);
  return [`${type}, ${count(bytes, "byte")}`];
}

/** Returns decoded chunks as text; `undefined` if there are none, or if they are not text. */
function utf8Text(chunks: readonly StreamChunk[]): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks.map(({ bytes }) => bytes)));
  } catch {
    return undefined;
  }
}

/** Wraps the texts to one width and cuts them after `max` lines. */
function block(prefix: string, texts: readonly string[], max: number): readonly string[] {
  const lines: string[] = [];
  for (const line of texts.flatMap((text) => text.slice(0, WIDTH * 40).split(/[\r\n]+/))) {
    if (lines.length > max) break;
    lines.push(...wrap(line));
  }
  const isCut = lines.length > max;
  const shown = lines.slice(0, max);
  if (isCut) shown.push(`${shown.pop() ?? ""} ...`);
  return shown.map((line) => prefix + line);
}

function wrap(text: string): readonly string[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    for (let rest = word; rest !== ""; rest = rest.slice(WIDTH)) {
      const piece = rest.slice(0, WIDTH);
      if (line !== "" && line.length + piece.length >= WIDTH) {
        lines.push(line);
        line = "";
      }
      line = line === "" ? piece : `${line} ${piece}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}
