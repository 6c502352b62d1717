import { type HeaderList, stream, type Wire, type WireRequest, wholeJson } from "../answer.ts";
import { composeTurn, type Turn } from "../compose-turn.ts";
import { stableNumber, stableUuid } from "../ids.ts";
import { asList, asText, at } from "../json.ts";
import { anthropicEvents, anthropicMessage, readAnthropicTurn } from "./anthropic-messages.ts";
import { eventFrame, exceptionFrame } from "./aws-frame.ts";

const PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** AWS Bedrock: converse and invoke, streamed as AWS event frames and whole. */
export const bedrock: Wire = {
  name: "bedrock",
  path: /\/model\/.+\/(converse|converse-stream|invoke|invoke-with-response-stream)$/,
  answer(request) {
    const [, model = "", method] = /\/model\/(.+)\/([a-z-]+)$/.exec(request.path) ?? [];
    if (method === "invoke") {
      return wholeJson(
        200,
        headersOf(model),
        anthropicMessage(readAnthropicTurn(request.body, request, model)),
      );
    }
    if (method === "invoke-with-response-stream") {
      const turn = readAnthropicTurn(request.body, request, model);
      return stream([...frameType(), ...headersOf(model)], invokeFrames(turn), 1);
    }
    const turn = converseTurn(request, model);
    if (method === "converse") return wholeJson(200, headersOf(model), converseWhole(turn));
    return stream([...frameType(), ...headersOf(model)], converseFrames(turn), 2);
  },
  failure(status) {
    const type =
      status === 429 ? "ThrottlingException" : status === 400 ? "ValidationException" : "ServiceException";
    return wholeJson(status, [["x-amzn-errortype", type]], { message: "The naïve request was refused." });
  },
  streamFailure() {
    return [exceptionFrame("throttlingException", "Too many tokens, please wait before trying again.")];
  },
};

function frameType(): HeaderList {
  return [["content-type", "application/vnd.amazon.eventstream"]];
}

function headersOf(model: string): HeaderList {
  return [["x-amzn-requestid", stableUuid(model)]];
}

function converseTurn(request: WireRequest, model: string): Turn {
  const body = request.body;
  const messages = asList(at(body, "messages"));
  const parts = (message: unknown): readonly unknown[] => asList(at(message, "content"));
  const isResult = (part: unknown): boolean => at(part, "toolResult") !== undefined;
  const results = parts(messages.at(-1)).filter(isResult);
  const asked = messages.findLast(
    (message) => at(message, "role") === "user" && !parts(message).some(isResult),
  );
  const textOf = (list: readonly unknown[]): string => list.map((part) => asText(at(part, "text"))).join("");
  return composeTurn(
    {
      model,
      user: textOf(parts(asked)),
      toolResult:
        results.length > 0
          ? results.map((part) => textOf(asList(at(part, "toolResult", "content")))).join(" ")
          : undefined,
      tools: asList(at(body, "toolConfig", "tools")).map((tool) => ({
        name: asText(at(tool, "toolSpec", "name")),
        schema: at(tool, "toolSpec", "inputSchema", "json"),
      })),
      reasons: at(body, "additionalModelRequestFields", "thinking") !== undefined,
    },
    request.script,
    request.nth,
  );
}

function stopReason(turn: Turn): string {
  return turn.calls.length > 0 ? "tool_use" : "end_turn";
}

function usageOf(turn: Turn): Record<string, number> {
  return {
    inputTokens: turn.inputTokens,
    outputTokens: turn.outputTokens,
    totalTokens: turn.inputTokens + turn.outputTokens,
  };
}

function toolUse(turn: Turn, index: number): { toolUseId: string; name: string } {
  return { toolUseId: `tooluse_${turn.id(`call ${index}`, 22)}`, name: turn.calls[index]?.name ?? "" };
}

function converseWhole(turn: Turn): Record<string, unknown> {
  const reasoning = turn.reasoning.join("");
  const content = [
    ...(reasoning === ""
      ? []
      : [{ reasoningContent: { reasoningText: { text: reasoning, signature: "c2ln" } } }]),
    ...(turn.text.length > 0 ? [{ text: turn.text.join("") }] : []),
    ...turn.calls.map((call, index) => ({ toolUse: { ...toolUse(turn, index), input: call.input } })),
  ];
  return {
    output: { message: { role: "assistant", content } },
    stopReason: stopReason(turn),
    usage: usageOf(turn),
    metrics: { latencyMs: 321 },
  };
}

function converseFrames(turn: Turn): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  const push = (type: string, payload: Record<string, unknown>): void => {
    const p = PADDING.slice(0, 3 + stableNumber(`${frames.length}`, 50));
    frames.push(eventFrame(type, { ...payload, p }));
  };
  let contentBlockIndex = 0;
  const block = (deltas: readonly unknown[]): void => {
    for (const delta of deltas) push("contentBlockDelta", { contentBlockIndex, delta });
    push("contentBlockStop", { contentBlockIndex });
    contentBlockIndex += 1;
  };
  push("messageStart", { role: "assistant" });
  if (turn.reasoning.length > 0) {
    const texts = turn.reasoning.map((text) => ({ reasoningContent: { text } }));
    block([...texts, { reasoningContent: { signature: "c2lnbmF0dXJl" } }]);
  }
  if (turn.text.length > 0) block(turn.text.map((text) => ({ text })));
  for (const [index, call] of turn.calls.entries()) {
    push("contentBlockStart", { contentBlockIndex, start: { toolUse: toolUse(turn, index) } });
    block(call.pieces.map((input) => ({ toolUse: { input } })));
  }
  push("messageStop", { stopReason: stopReason(turn) });
  push("metadata", { metrics: { latencyMs: 321 }, usage: usageOf(turn) });
  return frames;
}

function invokeFrames(turn: Turn): readonly Uint8Array[] {
  const metrics = {
    inputTokenCount: turn.inputTokens,
    outputTokenCount: turn.outputTokens,
    invocationLatency: 321,
    firstByteLatency: 123,
  };
  return anthropicEvents(turn)
    .filter((event) => event.type !== "ping")
    .map((event, index) => {
      const last = event.type === "message_stop" ? { "amazon-bedrock-invocationMetrics": metrics } : {};
      const bytes = Buffer.from(JSON.stringify({ ...event, ...last })).toString("base64");
      return eventFrame("chunk", { bytes, p: PADDING.slice(0, 3 + stableNumber(`${index}`, 50)) });
    });
}
