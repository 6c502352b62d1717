import { sse, stream, type Wire, type WireRequest, wholeJson } from "../answer.ts";
import { composeTurn, type Turn } from "../compose-turn.ts";
import { CREATED } from "../ids.ts";
import { asList, asText, at, contentText } from "../json.ts";
import { EVENT_STREAM, openaiError, openaiFailure, openaiHeaders } from "./openai-common.ts";
import { outputItems, responseEvents } from "./responses-output.ts";

/** OpenAI's Responses API. */
export const openaiResponses: Wire = {
  name: "openai-responses",
  path: /\/responses$/,
  answer(request) {
    const turn = readTurn(request);
    const headers = openaiHeaders(`req_${turn.id("request")}`);
    if (at(request.body, "stream") !== true) {
      return wholeJson(200, headers, finished(turn, request));
    }
    const events: readonly Record<string, unknown>[] = [
      { type: "response.created", response: envelope(turn, request, "in_progress") },
      { type: "response.in_progress", response: envelope(turn, request, "in_progress") },
      ...responseEvents(turn),
      { type: "response.completed", response: finished(turn, request) },
    ];
    return stream([...EVENT_STREAM, ...headers], numbered(events), 1);
  },
  failure: openaiFailure,
  streamFailure(request, sent) {
    const error = openaiError(500);
    const response = {
      ...envelope(readTurn(request), request, "failed"),
      error: { code: "server_error", message: error.message },
    };
    return numbered(
      [
        { type: "error", error },
        { type: "response.failed", response },
      ],
      sent,
    );
  },
};

function numbered(events: readonly Record<string, unknown>[], start = 0): readonly string[] {
  return events.map((event, index) => sse({ ...event, sequence_number: start + index }, asText(event.type)));
}

function readTurn(request: WireRequest): Turn {
  const body = request.body;
  const input = at(body, "input");
  const items = typeof input === "string" ? [{ role: "user", content: input }] : asList(input);
  const results: string[] = [];
  for (let index = items.length - 1; index >= 0; index -= 1) {
    if (at(items[index], "type") !== "function_call_output") break;
    results.unshift(contentText(at(items[index], "output")));
  }
  const format = at(body, "text", "format");
  return composeTurn(
    {
      model: asText(at(body, "model"), "unknown-model"),
      user: contentText(
        at(
          items.findLast((item) => at(item, "role") === "user"),
          "content",
        ),
      ),
      toolResult: results.length > 0 ? results.join(" ") : undefined,
      tools:
        at(body, "tool_choice") === "none"
          ? []
          : asList(at(body, "tools"))
              .filter((tool) => at(tool, "type") === "function")
              .map((tool) => ({ name: asText(at(tool, "name")), schema: at(tool, "parameters") })),
      reasons:
        at(body, "reasoning", "summary") !== undefined || at(body, "reasoning", "effort") !== undefined,
      schema: at(format, "type") === "json_schema" ? at(format, "schema") : undefined,
    },
    request.script,
    request.nth,
  );
}

function envelope(turn: Turn, request: WireRequest, status: string): Record<string, unknown> {
  const body = request.body;
  return {
    id: `resp_${turn.id("response", 48).toLowerCase()}`,
    object: "response",
    created_at: CREATED,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: at(body, "instructions") ?? null,
    max_output_tokens: at(body, "max_output_tokens") ?? null,
    max_tool_calls: null,
    model: turn.model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: at(body, "previous_response_id") ?? null,
    reasoning: {
      effort: at(body, "reasoning", "effort") ?? null,
      summary: at(body, "reasoning", "summary") ?? null,
    },
    service_tier: "default",
    store: at(body, "store") ?? true,
    temperature: 1,
    text: at(body, "text") ?? { format: { type: "text" } },
    tool_choice: at(body, "tool_choice") ?? "auto",
    tools: at(body, "tools") ?? [],
    top_logprobs: 0,
    top_p: 1,
    truncation: "disabled",
    usage: null,
    user: null,
    metadata: {},
  };
}

function finished(turn: Turn, request: WireRequest): Record<string, unknown> {
  return {
    ...envelope(turn, request, "completed"),
    completed_at: CREATED + 1,
    output: outputItems(turn),
    usage: {
      input_tokens: turn.inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: turn.outputTokens,
      output_tokens_details: { reasoning_tokens: turn.reasoningTokens },
      total_tokens: turn.inputTokens + turn.outputTokens,
    },
  };
}
