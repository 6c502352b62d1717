import { type HeaderList, sse, stream, type Wire, type WireRequest, wholeJson } from "../answer.ts";
import { composeTurn, type Turn } from "../compose-turn.ts";
import { CREATED, stableId, stableNumber } from "../ids.ts";
import { asList, asText, at } from "../json.ts";
import { type Flavour, flavourOf } from "./chat-flavour.ts";
import { chatQuestion, EVENT_STREAM, openaiError, openaiFailure, openaiHeaders } from "./openai-common.ts";

/** Chat Completions of OpenAI and those who speak like it. */
export const openaiChat: Wire = {
  name: "openai-chat",
  path: /\/chat\/completions$/,
  answer(request) {
    const turn = readTurn(request);
    const flavour = flavourOf(request.path, turn.model);
    const headers = flavour === "openai" ? openaiHeaders(`req_${turn.id("request")}`) : plainHeaders(turn);
    if (at(request.body, "stream") !== true)
      return wholeJson(200, headers, completion(turn, request, flavour));
    return stream([...EVENT_STREAM, ...headers], [...chunks(turn, request, flavour), sse("[DONE]")], 1);
  },
  failure: openaiFailure,
  streamFailure(request) {
    const flavour = flavourOf(request.path, asText(at(request.body, "model")));
    const error = { ...openaiError(500), code: flavour === "openrouter" ? 502 : null };
    if (flavour === "openrouter") return [sse({ id: "gen-failed", choices: [], error }), sse("[DONE]")];
    if (flavour === "groq") return [sse({ error: { ...error, status_code: 500 } }, "error")];
    return [sse({ error })];
  },
};

function readTurn(request: WireRequest): Turn {
  const body = request.body;
  const format = at(body, "response_format");
  const asks = asText(at(format, "type")).startsWith("json");
  return composeTurn(
    {
      model: asText(at(body, "model"), "unknown-model"),
      ...chatQuestion(asList(at(body, "messages"))),
      tools:
        at(body, "tool_choice") === "none"
          ? []
          : asList(at(body, "tools")).map((tool) => ({
              name: asText(at(tool, "function", "name")),
              schema: at(tool, "function", "parameters"),
            })),
      reasons: /reason|think|deepseek-r|qwen3/.test(asText(at(body, "model"))),
      schema: asks ? (at(format, "json_schema", "schema") ?? {}) : undefined,
    },
    request.script,
    request.nth,
  );
}

function plainHeaders(turn: Turn): HeaderList {
  return [["x-request-id", turn.id("request")]];
}

function base(turn: Turn, object: string): Record<string, unknown> {
  return {
    id: `chatcmpl-${turn.id("completion", 29)}`,
    object,
    created: CREATED,
    model: turn.model,
    service_tier: "default",
    system_fingerprint: `fp_${turn.id("fingerprint", 10).toLowerCase()}`,
  };
}

function usageOf(turn: Turn): Record<string, unknown> {
  return {
    prompt_tokens: turn.inputTokens,
    completion_tokens: turn.outputTokens,
    total_tokens: turn.inputTokens + turn.outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: turn.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The field in which this flavour streams its reasoning; OpenAI itself sends none. */
function reasoningField(flavour: Flavour): string | undefined {
  switch (flavour) {
    case "openai":
    case "azure":
      return undefined;
    case "deepseek":
      return "reasoning_content";
    case "openrouter":
    case "groq":
    case "ollama":
      return "reasoning";
  }
}

function callOf(turn: Turn, index: number, argumentText: string): Record<string, unknown> {
  return {
    id: `call_${turn.id(`call ${index}`)}`,
    type: "function",
    function: { name: turn.calls[index]?.name, arguments: argumentText },
  };
}

function completion(turn: Turn, request: WireRequest, flavour: Flavour): Record<string, unknown> {
  const calls = turn.calls.map((call, index) => callOf(turn, index, call.pieces.join("")));
  const field = reasoningField(flavour);
  const message = {
    role: "assistant",
    content: turn.text.length > 0 ? turn.text.join("") : null,
    ...(field === undefined || turn.reasoning.length === 0 ? {} : { [field]: turn.reasoning.join("") }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    refusal: null,
    annotations: [],
  };
  const choices = Array.from({ length: choiceCount(request) }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason: calls.length > 0 ? "tool_calls" : "stop",
  }));
  return { ...base(turn, "chat.completion"), choices, usage: usageOf(turn) };
}

function choiceCount(request: WireRequest): number {
  const count = at(request.body, "n");
  return typeof count === "number" ? count : 1;
}

/** Deltas of one choice in order, the same for each choice. */
function deltas(turn: Turn, flavour: Flavour): readonly Record<string, unknown>[] {
  const field = reasoningField(flavour);
  return [
    { role: "assistant", content: "", ...(flavour === "openai" ? { refusal: null } : {}) },
    ...(field === undefined ? [] : turn.reasoning.map((piece) => ({ [field]: piece, content: null }))),
    ...turn.text.map((piece) => ({ content: piece })),
    ...turn.calls.flatMap((call, index) => [
      { tool_calls: [{ index, ...callOf(turn, index, "") }] },
      ...call.pieces.map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
  ];
}

function chunks(turn: Turn, request: WireRequest, flavour: Flavour): readonly string[] {
  const frame = base(turn, "chat.completion.chunk");
  const include = at(request.body, "stream_options", "include_usage") === true;
  const padded = flavour === "openai" && at(request.body, "stream_options", "include_obfuscation") !== false;
  const events: string[] = [];
  const push = (choices: readonly unknown[], extra: Record<string, unknown> = {}): void => {
    const padding = padded
      ? { obfuscation: stableId(`${events.length}`, 2 + stableNumber(`${events.length}`, 13)) }
      : {};
    events.push(sse({ ...frame, choices, ...(include ? { usage: null } : {}), ...extra, ...padding }));
  };
  if (flavour === "openrouter") events.push(": OPENROUTER PROCESSING\n\n", ":\n\n");
  if (flavour === "azure")
    push([], { id: "", model: "", created: 0, prompt_filter_results: [{ prompt_index: 0 }] });
  const count = choiceCount(request);
  for (const [position, delta] of deltas(turn, flavour).entries()) {
    for (let index = 0; index < count; index += 1) {
      const first = flavour === "groq" && position === 0 ? { x_groq: { id: `req_${turn.id("groq")}` } } : {};
      push([{ index, delta, logprobs: null, finish_reason: null }], first);
    }
  }
  const reason = turn.calls.length > 0 ? "tool_calls" : "stop";
  const last = flavour === "groq" ? { x_groq: { id: `req_${turn.id("groq")}`, usage: usageOf(turn) } } : {};
  for (let index = 0; index < count; index += 1) {
    push([{ index, delta: {}, logprobs: null, finish_reason: reason }], last);
  }
  if (include || flavour === "openrouter") push([], { usage: usageOf(turn) });
  return events;
}
