import { type HeaderList, sse, stream, type Wire, type WireRequest, wholeJson } from "../answer.ts";
import { composeTurn, type Turn } from "../compose-turn.ts";
import { stableNumber } from "../ids.ts";
import { asList, asText, at, contentText } from "../json.ts";

const ERRORS: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ["invalid_request_error", "messages: naïve input"],
  401: ["authentication_error", "invalid x-api-key"],
  404: ["not_found_error", "model: not found"],
  429: ["rate_limit_error", "This request would exceed your rate limit."],
  529: ["overloaded_error", "Overloaded"],
};

/** Anthropic's Messages API. */
export const anthropicMessages: Wire = {
  name: "anthropic-messages",
  path: /\/messages$/,
  answer(request) {
    const turn = readAnthropicTurn(request.body, request);
    if (at(request.body, "stream") !== true) return wholeJson(200, headersOf(turn), anthropicMessage(turn));
    const type: HeaderList = [
      ["content-type", "text/event-stream; charset=utf-8"],
      ["cache-control", "no-cache"],
    ];
    const pieces = anthropicEvents(turn).map((event, index) => padded(event, index));
    return stream([...type, ...headersOf(turn)], pieces, 1);
  },
  failure(status, request) {
    const [type, message] = ERRORS[status] ?? ["api_error", "Internal server error"];
    const retry: HeaderList =
      request.script.retryAfter === undefined ? [] : [["retry-after", request.script.retryAfter]];
    return wholeJson(status, retry, { type: "error", error: { type, message }, request_id: "req_failed" });
  },
  streamFailure() {
    const error = { type: "overloaded_error", message: "Overloaded" };
    return [sse({ type: "error", error }, "error")];
  },
};

/** A turn from a Messages body; `request` lends script and count. */
export function readAnthropicTurn(body: unknown, request: WireRequest, model?: string): Turn {
  const messages = asList(at(body, "messages"));
  const isResult = (part: unknown): boolean => at(part, "type") === "tool_result";
  const results = asList(at(messages.at(-1), "content")).filter(isResult);
  const asked = messages.findLast(
    (message) => at(message, "role") === "user" && !asList(at(message, "content")).some(isResult),
  );
  const thinking = at(body, "thinking", "type");
  const format = at(body, "output_config", "format") ?? at(body, "output_format");
  return composeTurn(
    {
      model: model ?? asText(at(body, "model"), "unknown-model"),
      user: contentText(at(asked, "content")),
      toolResult:
        results.length > 0 ? results.map((part) => contentText(at(part, "content"))).join(" ") : undefined,
      tools:
        at(body, "tool_choice", "type") === "none"
          ? []
          : asList(at(body, "tools"))
              .filter((tool) => at(tool, "input_schema") !== undefined)
              .map((tool) => ({ name: asText(at(tool, "name")), schema: at(tool, "input_schema") })),
      reasons: thinking === "enabled" || thinking === "adaptive",
      schema: at(format, "schema"),
    },
    request.script,
    request.nth,
  );
}

function headersOf(turn: Turn): HeaderList {
  return [
    ["request-id", `req_${turn.id("request")}`],
    ["anthropic-organization-id", "00000000-0000-4000-8000-000000000000"],
    ["anthropic-ratelimit-requests-remaining", "49"],
    ["cf-ray", "0000000000000000-LOO"],
  ];
}

function usageOf(turn: Turn, output: number): Record<string, unknown> {
  return {
    input_tokens: turn.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
    service_tier: "standard",
  };
}

/** The message that is not streamed. */
export function anthropicMessage(turn: Turn): Record<string, unknown> {
  const content = [
    ...(turn.reasoning.length > 0
      ? [{ type: "thinking", thinking: turn.reasoning.join(""), signature: signatureOf(turn) }]
      : []),
    ...(turn.text.length > 0 ? [{ type: "text", text: turn.text.join("") }] : []),
    ...turn.calls.map((call, index) => ({
      type: "tool_use",
      id: `toolu_${turn.id(`call ${index}`)}`,
      name: call.name,
      input: call.input,
    })),
  ];
  return {
    model: turn.model,
    id: `msg_${turn.id("message")}`,
    type: "message",
    role: "assistant",
    content,
    stop_reason: stopReason(turn),
    stop_sequence: null,
    usage: usageOf(turn, turn.outputTokens),
  };
}

function stopReason(turn: Turn): string {
  return turn.calls.length > 0 ? "tool_use" : "end_turn";
}

function signatureOf(turn: Turn): string {
  return Buffer.from(turn.id("signature", 60)).toString("base64");
}

/** The events of a streamed message, in order, before padding. */
export function anthropicEvents(turn: Turn): readonly Record<string, unknown>[] {
  const blocks: { readonly start: unknown; readonly deltas: readonly unknown[] }[] = [];
  if (turn.reasoning.length > 0) {
    blocks.push({
      start: { type: "thinking", thinking: "", signature: "" },
      deltas: [
        ...turn.reasoning.map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: signatureOf(turn) },
      ],
    });
  }
  if (turn.text.length > 0) {
    blocks.push({
      start: { type: "text", text: "" },
      deltas: turn.text.map((text) => ({ type: "text_delta", text })),
    });
  }
  for (const [index, call] of turn.calls.entries()) {
    blocks.push({
      start: { type: "tool_use", id: `toolu_${turn.id(`call ${index}`)}`, name: call.name, input: {} },
      deltas: ["", ...call.pieces].map((partial_json) => ({ type: "input_json_delta", partial_json })),
    });
  }
  return [
    {
      type: "message_start",
      message: { ...anthropicMessage(turn), content: [], stop_reason: null, usage: usageOf(turn, 1) },
    },
    ...blocks.flatMap(({ start, deltas }, index) => [
      { type: "content_block_start", index, content_block: start },
      ...(index === 0 ? [{ type: "ping" }] : []),
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    {
      type: "message_delta",
      delta: { stop_reason: stopReason(turn), stop_sequence: null },
      usage: usageOf(turn, turn.outputTokens),
    },
    { type: "message_stop" },
  ];
}

/** The event as it stands on the wire: blanks before the closing brace, `ping` apart. */
function padded(event: Record<string, unknown>, index: number): string {
  const type = asText(event.type);
  if (type === "ping") return sse('{"type": "ping"}', "ping");
  const json = JSON.stringify(event);
  return sse(`${json.slice(0, -1)}${" ".repeat(stableNumber(`${index} ${type}`, 16))}}`, type);
}
