import { isObject } from "../cassette/is-object.ts";
import type { RecordedRequest, RecordedResponse } from "../cassette/model.ts";
import { bodyLength } from "../cassette/stored-body.ts";
import { askedOf } from "../providers/asked-of.ts";
import { recognize } from "../providers/registry.ts";
import type { TraceUsage } from "../streams/decoder.ts";
import { parseJson } from "../streams/parse-json.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import { decodeText } from "../streams/text.ts";
import type { EventFields, EventUsage } from "./event.ts";
import { responseIdOf } from "./response-id.ts";
import { shownText } from "./shown-text.ts";
import { cutText, summarizeValue } from "./summarize.ts";

/** Returns what the start of a request says. */
export function llmCallOf(request: RecordedRequest): Omit<EventFields<"llm_call">, "id" | "parent"> {
  const { method, url } = request;
  const recognized = recognize(url, request);
  const asked = askedOf(request).join("\n");
  const body = request.body && bodyOf(request.body);
  return {
    method,
    url,
    provider: recognized?.profile.name,
    api: recognized?.endpoint.api,
    model: modelAsked(body) ?? modelInPath(url),
    stream: isStreamed(url, body),
    prompt: asked === "" ? undefined : cutText(asked),
    request: summarizeValue(body),
  };
}

/** Returns what the end of a response says. */
export function llmResultOf(
  trace: StreamTrace,
  response: RecordedResponse,
  replayed: boolean,
): Omit<EventFields<"llm_result">, "id" | "parent"> {
  const { provider, api, model, text, reasoning, toolCalls, finishReason, usage, error, timing } = trace;
  const { error: lost } = response;
  const failure = error ?? (lost && { type: lost.code, code: undefined, message: lost.message });
  return {
    status: response.status === 0 ? undefined : response.status,
    replayed,
    provider,
    api,
    model,
    responseId: responseIdOf(trace),
    text: text === "" ? undefined : text,
    reasoning: reasoning === "" ? undefined : reasoning,
    toolCalls: toolCalls.map((call) => ({
      id: call.id,
      name: call.name,
      input: summarizeValue(call.input ?? call.arguments),
    })),
    finishReason,
    usage: usage && usageOf(usage),
    end: response.end,
    error: failure && { type: failure.type, code: failure.code, message: failure.message },
    timing: {
      headers: timing.headers,
      firstChunk: timing.firstChunk,
      firstToken: timing.firstToken,
      duration: timing.duration,
    },
    chunks: response.chunks.length,
    bytes: bodyLength(response.chunks),
  };
}

/** Gemini, Vertex and Bedrock name the model in the path. */
function modelInPath(url: string): string | undefined {
  const found = /\/(?:models\/([^/:?]+)|model\/([^/?]+))/.exec(url);
  const name = found?.[1] ?? found?.[2];
  return name?.replaceAll("%3A", ":");
}

/** Gemini, Vertex and Bedrock stream by path, others by a field. Ollama streams unless it is false. */
function isStreamed(url: string, body: unknown): boolean | undefined {
  if (/:stream[A-Z]\w+|-stream$|-response-stream\b/.test(url.split("?", 1)[0] as string)) return true;
  return isObject(body) && typeof body.stream === "boolean" ? body.stream : undefined;
}

/** Bedrock and Anthropic name the tokens that they write to the cache differently. */
function usageOf({
  inputTokens,
  outputTokens,
  reasoningTokens,
  cachedInputTokens,
  raw,
}: TraceUsage): EventUsage {
  const { cache_creation_input_tokens: ours, cacheWriteInputTokens: theirs } = isObject(raw) ? raw : {};
  const cacheWriteTokens = [ours, theirs].find((count) => typeof count === "number");
  return { inputTokens, outputTokens, reasoningTokens, cachedInputTokens, cacheWriteTokens };
}

function modelAsked(body: unknown): string | undefined {
  return isObject(body) && typeof body.model === "string" ? body.model : undefined;
}

function bodyOf(body: Uint8Array): unknown {
  return parseJson(decodeText(body)) ?? shownText(body) ?? `${body.length} bytes`;
}
