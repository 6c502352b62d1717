import type { Attributes } from "@opentelemetry/api";
import type { LlmCallEvent, LlmResultEvent } from "../event.ts";
import { serverOf } from "./describe-http.ts";

/** The conventions' names of operations, by API. */
const OPERATIONS: Readonly<Record<string, string>> = {
  chat: "chat",
  "chat.v1": "chat",
  messages: "chat",
  responses: "chat",
  converse: "chat",
  conversations: "chat",
  interactions: "chat",
  assistants: "chat",
  invoke: "chat",
  generateContent: "generate_content",
  completions: "text_completion",
  complete: "text_completion",
  generate: "text_completion",
  generation: "text_completion",
  embeddings: "embeddings",
};

/** Whether a request goes to a model. One without a method was announced by the user's code. */
export function isModelCall({ method, api }: LlmCallEvent): boolean {
  return method === undefined || (api !== undefined && Object.hasOwn(OPERATIONS, api));
}

/** The conventions' names of providers, if they differ from ours. */
const PROVIDERS: Readonly<Record<string, string>> = { moonshotai: "moonshot_ai" };

/** These count cached tokens apart from the input; the conventions count them as input. */
const APART = ["messages", "converse"];

/** Returns what a request to a model is called, and what is known of it when it is sent. */
export function describeModelCall(call: LlmCallEvent): {
  readonly name: string;
  readonly attributes: Attributes;
} {
  const { provider, api = "chat", model, url, stream } = call;
  const operation = OPERATIONS[api] ?? "chat";
  return {
    name: model === undefined ? operation : `${operation} ${model}`,
    attributes: {
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": provider && (PROVIDERS[provider] ?? provider),
      "gen_ai.request.model": model,
      ...(stream === true ? { "gen_ai.request.stream": true } : {}),
      ...serverOf(url),
    },
  };
}

/** Returns what is known of a model's response. */
export function describeModelResult(call: LlmCallEvent, result: LlmResultEvent): Attributes {
  const { responseId, model, finishReason, usage, timing } = result;
  return {
    "gen_ai.response.id": responseId,
    "gen_ai.response.model": model,
    "gen_ai.response.finish_reasons": finishReason === undefined ? undefined : [finishReason],
    "gen_ai.response.time_to_first_chunk": call.stream === true ? seconds(timing.firstChunk) : undefined,
    "gen_ai.usage.input_tokens": inputTokens(call, result),
    "gen_ai.usage.output_tokens": usage?.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage?.cachedInputTokens,
    "gen_ai.usage.cache_creation.input_tokens": usage?.cacheWriteTokens,
    "gen_ai.usage.reasoning.output_tokens": usage?.reasoningTokens,
  };
}

export function inputTokens(call: LlmCallEvent, { usage }: LlmResultEvent): number | undefined {
  if (usage?.inputTokens === undefined || !APART.includes(call.api ?? "")) return usage?.inputTokens;
  return usage.inputTokens + (usage.cachedInputTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
}

export function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
