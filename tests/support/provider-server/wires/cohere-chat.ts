import { sse, stream, type Wire, type WireRequest, wholeJson } from "../answer.ts";
import { composeTurn, type Turn } from "../compose-turn.ts";
import { stableUuid } from "../ids.ts";
import { asList, asText, at } from "../json.ts";
import { chatQuestion, EVENT_STREAM } from "./openai-common.ts";

/** Cohere's chat, version 2. */
export const cohereChat: Wire = {
  name: "cohere-chat",
  path: /\/v2\/chat$/,
  answer(request) {
    const turn = readTurn(request);
    if (at(request.body, "stream") !== true) return wholeJson(200, [], wholeMessage(turn));
    const events = eventsOf(turn).map((event) => sse(event, asText(event.type)));
    return stream(EVENT_STREAM, [...events, sse("[DONE]")], 2);
  },
  failure(status) {
    return wholeJson(status, [], { id: stableUuid(`${status}`), message: "invalid request: naïve" });
  },
  streamFailure() {
    const delta = { error: "internal server error", finish_reason: "ERROR" };
    return [sse({ type: "message-end", delta }, "message-end"), sse("[DONE]")];
  },
};

function readTurn(request: WireRequest): Turn {
  const body = request.body;
  return composeTurn(
    {
      model: asText(at(body, "model"), "unknown-model"),
      ...chatQuestion(asList(at(body, "messages"))),
      tools: asList(at(body, "tools")).map((tool) => ({
        name: asText(at(tool, "function", "name")),
        schema: at(tool, "function", "parameters"),
      })),
      reasons: at(body, "thinking", "type") === "enabled",
    },
    request.script,
    request.nth,
  );
}

function finish(turn: Turn): Record<string, unknown> {
  const tokens = { input_tokens: turn.inputTokens, output_tokens: turn.outputTokens };
  return {
    finish_reason: turn.calls.length > 0 ? "TOOL_CALL" : "COMPLETE",
    usage: { billed_units: tokens, tokens: { ...tokens, input_tokens: turn.inputTokens + 60 } },
  };
}

function callOf(turn: Turn, index: number, argumentText: string): Record<string, unknown> {
  const name = turn.calls[index]?.name ?? "";
  return {
    id: `${name}_${turn.id(`call ${index}`, 12).toLowerCase()}`,
    type: "function",
    function: { name, arguments: argumentText },
  };
}

function wholeMessage(turn: Turn): Record<string, unknown> {
  const text = turn.text.join("");
  const calls = turn.calls.map((call, index) => callOf(turn, index, call.pieces.join("")));
  const message = {
    role: "assistant",
    ...(calls.length > 0 ? { tool_plan: text, tool_calls: calls } : { content: [{ type: "text", text }] }),
  };
  return { id: stableUuid(turn.id("message")), message, ...finish(turn) };
}

function eventsOf(turn: Turn): readonly Record<string, unknown>[] {
  const empty = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };
  const events: Record<string, unknown>[] = [
    { id: stableUuid(turn.id("message")), type: "message-start", delta: { message: empty } },
  ];
  const push = (type: string, index: number | undefined, message?: unknown): void => {
    events.push({
      type,
      ...(index === undefined ? {} : { index }),
      ...(message === undefined ? {} : { delta: { message } }),
    });
  };
  const block = (index: number, kind: "text" | "thinking", pieces: readonly string[]): void => {
    push("content-start", index, { content: { type: kind, [kind]: "" } });
    for (const piece of pieces) push("content-delta", index, { content: { [kind]: piece } });
    push("content-end", index);
  };
  if (turn.reasoning.length > 0) block(0, "thinking", turn.reasoning);
  if (turn.calls.length === 0) block(turn.reasoning.length > 0 ? 1 : 0, "text", turn.text);
  else for (const piece of turn.text) push("tool-plan-delta", undefined, { tool_plan: piece });
  for (const [index, call] of turn.calls.entries()) {
    push("tool-call-start", index, { tool_calls: callOf(turn, index, "") });
    for (const piece of call.input !== null && Object.keys(call.input as object).length > 0
      ? call.pieces
      : []) {
      push("tool-call-delta", index, { tool_calls: { function: { arguments: piece } } });
    }
    push("tool-call-end", index);
  }
  return [...events, { type: "message-end", delta: finish(turn) }];
}
