import { type Answer, sse, stream, type Wire, wholeJson } from "../answer.ts";
import { composeTurn, type Turn } from "../compose-turn.ts";
import { CREATED, stableNumber } from "../ids.ts";
import { asList, asText, at } from "../json.ts";
import { chatQuestion, EVENT_STREAM } from "./openai-common.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Mistral: padding in `p`, thinking as content parts, a tool call whole in the chunk that finishes. */
export const mistralChat: Wire = {
  name: "mistral-chat",
  path: /\/chat\/completions$/,
  answer(request): Answer {
    const body = request.body;
    const turn = composeTurn(
      {
        model: asText(at(body, "model")),
        ...chatQuestion(asList(at(body, "messages"))),
        tools: asList(at(body, "tools")).map((tool) => ({
          name: asText(at(tool, "function", "name")),
          schema: at(tool, "function", "parameters"),
        })),
        reasons: asText(at(body, "model")).startsWith("magistral"),
      },
      request.script,
      request.nth,
    );
    if (at(body, "stream") === true) return stream(EVENT_STREAM, [...chunks(turn), sse("[DONE]")], 1);
    const message = {
      role: "assistant",
      content: turn.text.join(""),
      tool_calls: turn.calls.length > 0 ? calls(turn) : null,
    };
    return wholeJson(200, [["mistral-correlation-id", turn.id("request")]], {
      id: turn.id("completion", 32).toLowerCase(),
      object: "chat.completion",
      created: CREATED,
      model: turn.model,
      choices: [{ index: 0, message, finish_reason: turn.calls.length > 0 ? "tool_calls" : "stop" }],
      usage: usageOf(turn),
    });
  },
  failure(status) {
    return wholeJson(status, [], {
      object: "error",
      message: "Service tier naïve.",
      type: "error",
      code: status,
    });
  },
  streamFailure() {
    return [
      sse({ object: "error", message: "Internal server error", type: "internal_server_error", code: 3000 }),
    ];
  },
};

function calls(turn: Turn): readonly unknown[] {
  return turn.calls.map((call, index) => ({
    id: turn.id(`call ${index}`, 9),
    function: { name: call.name, arguments: call.pieces.join("") },
    index,
  }));
}

function usageOf(turn: Turn): Record<string, number> {
  return {
    prompt_tokens: turn.inputTokens,
    total_tokens: turn.inputTokens + turn.outputTokens,
    completion_tokens: turn.outputTokens,
  };
}

function chunks(turn: Turn): readonly string[] {
  const content: unknown[] = [
    "",
    ...turn.reasoning.map((text) => [{ type: "thinking", thinking: [{ type: "text", text }] }]),
    ...turn.text,
  ];
  const events = content.map((piece, index) =>
    chunk(turn, index, { ...(index === 0 ? { role: "assistant" } : {}), content: piece }, null),
  );
  const last = turn.calls.length > 0 ? { content: "", tool_calls: calls(turn) } : { content: "" };
  const reason = turn.calls.length > 0 ? "tool_calls" : "stop";
  return [...events, chunk(turn, events.length, last, reason)];
}

function chunk(turn: Turn, index: number, delta: unknown, reason: string | null): string {
  return sse({
    id: turn.id("completion", 32).toLowerCase(),
    object: "chat.completion.chunk",
    created: CREATED,
    model: turn.model,
    choices: [{ index: 0, delta, finish_reason: reason }],
    ...(reason === null ? {} : { usage: usageOf(turn) }),
    p: ALPHABET.slice(0, 3 + stableNumber(`${index}`, 30)),
  });
}
