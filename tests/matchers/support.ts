import { expect } from "vitest";
import type { Interaction, RecordedRequest, StreamEnd } from "../../src/cassette/model.ts";
import { decodeStream, traceInteraction } from "../../src/providers/decode-stream.ts";
import type { Cassette } from "../../src/session/cassette.ts";
import { summarizeTape } from "../../src/session/manifest.ts";
import type { StreamTrace } from "../../src/streams/stream-trace.ts";
import { encodeText } from "../../src/streams/text.ts";
import { registerMatchers } from "../../src/vitest/register-matchers.ts";

registerMatchers();

export const CHAT = "https://api.openai.com/v1/chat/completions";
export const RESPONSES = "https://api.openai.com/v1/responses";
export const MESSAGES = "https://api.anthropic.com/v1/messages";

/** A chunk of a stream: its text, or its time in milliseconds and its text. */
export type Timed = string | readonly [at: number, text: string];

export interface StreamParts {
  readonly url?: string | undefined;
  readonly status?: number;
  readonly contentType?: string;
  readonly end?: StreamEnd;
}

/** A trace of chunks that are given as text; without times where none has one. */
export function streamOf(chunks: readonly Timed[], parts: StreamParts = {}): StreamTrace {
  const { url = CHAT, status, contentType = "text/event-stream", end } = parts;
  return decodeStream({
    url: url === "" ? undefined : url,
    status,
    headers: { "content-type": contentType },
    chunks: chunks.map((chunk) =>
      typeof chunk === "string"
        ? { bytes: encodeText(chunk) }
        : { at: chunk[0], bytes: encodeText(chunk[1]) },
    ),
    end,
  });
}

/** One SSE event. */
export function sse(payload: unknown, event?: string, id?: string): string {
  const data = typeof payload === "string" ? payload : JSON.stringify(payload);
  const head = `${id === undefined ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}`;
  return `${head}data: ${data}\n\n`;
}

export const DONE = sse("[DONE]");

/** A chunk of Chat Completions. */
export function chat(delta: unknown, more: object = {}, finish: string | null = null): string {
  return sse({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    model: "gpt-5-mini",
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  });
}

export function says(content: string): string {
  return chat({ content });
}

export function usage(input: number, output: number): string {
  return sse({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    model: "gpt-5-mini",
    choices: [],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  });
}

/** An answer of five pieces: first token at 412.3 ms, a gap of 160 ms, 9 output tokens. */
export const JOKE: readonly (readonly [number, string])[] = [
  [310.2, chat({ role: "assistant", content: "" })],
  [412.3, says("Why do")],
  [433.1, says(" programmers")],
  [433.1, says(" prefer")],
  [593.1, says(" dark")],
  [610.4, says(" mode?")],
  [612.0, chat({}, {}, "stop")],
  [613.0, usage(12, 9)],
  [613.2, DONE],
];

export const joke = streamOf(JOKE);
/** The same without timing, as in a handwritten cassette. */
export const timeless = streamOf(JOKE.map(([, text]) => text));
/** Events that no decoder reads. */
export const unreadable = streamOf(
  [
    [10, sse({ token: "Why" })],
    [20, sse({ token: " not" })],
  ],
  { url: "" },
);
export const empty = streamOf([]);

/** An answer of Anthropic's: thinking, text with a ping in it, a tool call. */
export const WEATHER: readonly (readonly [number, string])[] = [
  [300, anthropic({ type: "message_start", message: { model: "claude-9", usage: { input_tokens: 20 } } })],
  [
    301,
    anthropic({ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } }),
  ],
  [320, delta(0, { type: "thinking_delta", thinking: "Look it" })],
  [340, delta(0, { type: "thinking_delta", thinking: " up." })],
  [341, anthropic({ type: "content_block_stop", index: 0 })],
  [342, anthropic({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } })],
  [360, delta(1, { type: "text_delta", text: "One" })],
  [361, anthropic({ type: "ping" })],
  [380, delta(1, { type: "text_delta", text: " moment." })],
  [381, anthropic({ type: "content_block_stop", index: 1 })],
  [
    390,
    anthropic({
      type: "content_block_start",
      index: 2,
      content_block: { type: "tool_use", id: "toolu_1", name: "get_weather", input: {} },
    }),
  ],
  [400, delta(2, { type: "input_json_delta", partial_json: '{"city":' })],
  [410, delta(2, { type: "input_json_delta", partial_json: ' "Paris"}' })],
  [411, anthropic({ type: "content_block_stop", index: 2 })],
  [
    420,
    anthropic({ type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 31 } }),
  ],
  [421, anthropic({ type: "message_stop" })],
];

export const weather = streamOf(WEATHER, { url: MESSAGES });

export function anthropic(payload: { readonly type: string } & Readonly<Record<string, unknown>>): string {
  return sse(payload, payload.type);
}

export function delta(index: number, piece: object): string {
  return anthropic({ type: "content_block_delta", index, delta: piece });
}

export function interactionOf(chunks: readonly (readonly [number, string])[], url = CHAT): Interaction {
  return {
    kind: "request",
    at: 0,
    request: requestOf({ url, body: { model: "gpt-5-mini", stream: true } }),
    response: {
      status: 200,
      statusText: "OK",
      headers: [["content-type", "text/event-stream"]],
      chunks: chunks.map(([, text]) => encodeText(text)),
      timing: { headers: 300, chunks: chunks.map(([at]) => at) },
      end: "complete",
    },
  };
}

export function requestOf(parts: {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}): RecordedRequest {
  const { method = "POST", url = CHAT, headers = { "content-type": "application/json" }, body } = parts;
  const text = typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body);
  return {
    method,
    url,
    headers: Object.entries(headers),
    ...(text === undefined ? {} : { body: encodeText(text) }),
  };
}

/** A cassette that is not connected to anything. */
export function cassetteOf(interactions: readonly Interaction[], parts: Partial<Cassette> = {}): Cassette {
  const streams = interactions.map(traceInteraction);
  const { requests = interactions.map(({ request }) => request), misses = [], unplayed = [] } = parts;
  const eject = (): Promise<void> => Promise.resolve();
  return {
    name: "chat/tells-a-joke",
    file: "/project/cassettes/chat/tells-a-joke.yaml",
    mode: "strict",
    recording: false,
    bypassed: [],
    interactions,
    entries: interactions,
    requests,
    misses,
    unplayed,
    streams,
    stats: {
      asked: requests.length,
      requests: requests.length,
      played: requests.length - misses.length,
      recorded: 0,
      missed: misses.length,
      substituted: 0,
      unplayed: unplayed.length,
      successRate: 1,
      bytesRecorded: 0,
      overhead: 0,
      events: { sent: 0, dropped: 0 },
    },
    stream: () => streams[0]!,
    session: {
      id: "chat/tells-a-joke",
      test: undefined,
      started: undefined,
      ...summarizeTape(parts.entries ?? interactions),
      played: 0,
      recorded: 0,
      missed: 0,
      successRate: 1,
    },
    wrap: (tools) => tools,
    record: (_, original) => original,
    mcp: (transport) => transport,
    step: (_, body) => body(),
    checkpoint: () => undefined,
    on: () => () => undefined,
    emit: () => "1",
    urlFor: (url) => url,
    eject,
    [Symbol.asyncDispose]: eject,
    ...parts,
  };
}

/** The error with which an assertion fails. */
export function errorOf(assert: () => unknown): Error {
  try {
    assert();
  } catch (error) {
    return error as Error;
  }
  return expect.unreachable("it passed");
}

/** The message with which an assertion fails. */
export function failureOf(assert: () => unknown): string {
  return errorOf(assert).message;
}
