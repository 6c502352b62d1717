import type { ToolCall, Turn } from "../compose-turn.ts";
import { stableId, stableNumber } from "../ids.ts";

type Fields = Record<string, unknown>;

/** The finished output items of a Responses answer. */
export function outputItems(turn: Turn): readonly Fields[] {
  return [
    ...(turn.reasoning.length > 0 ? [reasoningItem(turn, turn.reasoning.join(""))] : []),
    ...(turn.text.length > 0 ? [messageItem(turn, "completed", [textPart(turn.text.join(""))])] : []),
    ...turn.calls.map((call, index) => callItem(turn, index, call, call.pieces.join(""))),
  ];
}

/** The events between `response.in_progress` and the terminal one, without sequence numbers. */
export function responseEvents(turn: Turn): readonly Fields[] {
  const events: Fields[] = [];
  let output = 0;
  if (turn.reasoning.length > 0) {
    events.push(...reasoningEvents(turn, output));
    output += 1;
  }
  if (turn.text.length > 0) {
    events.push(...messageEvents(turn, output));
    output += 1;
  }
  for (const [index, call] of turn.calls.entries()) {
    events.push(...callEvents(turn, index, call, output));
    output += 1;
  }
  return events;
}

function reasoningItem(turn: Turn, summary: string): Fields {
  return {
    id: `rs_${turn.id("reasoning", 48).toLowerCase()}`,
    type: "reasoning",
    summary: summary === "" ? [] : [{ type: "summary_text", text: summary }],
  };
}

function textPart(text: string): Fields {
  return { type: "output_text", annotations: [], logprobs: [], text };
}

function messageItem(turn: Turn, status: string, content: readonly Fields[]): Fields {
  return { id: messageId(turn), type: "message", status, content, role: "assistant" };
}

function messageId(turn: Turn): string {
  return `msg_${turn.id("message", 48).toLowerCase()}`;
}

function callItem(turn: Turn, index: number, call: ToolCall, argumentText: string): Fields {
  return {
    id: `fc_${turn.id(`item ${index}`, 48).toLowerCase()}`,
    type: "function_call",
    status: argumentText === "" ? "in_progress" : "completed",
    arguments: argumentText,
    call_id: `call_${turn.id(`call ${index}`)}`,
    name: call.name,
  };
}

function obfuscation(index: number): Fields {
  return { obfuscation: stableId(`${index}`, 2 + stableNumber(`${index}`, 15)) };
}

function reasoningEvents(turn: Turn, output: number): readonly Fields[] {
  const item = reasoningItem(turn, "");
  const text = turn.reasoning.join("");
  const place = { item_id: item.id, output_index: output, summary_index: 0 };
  return [
    { type: "response.output_item.added", output_index: output, item },
    { type: "response.reasoning_summary_part.added", ...place, part: { type: "summary_text", text: "" } },
    ...turn.reasoning.map((delta, index) => ({
      type: "response.reasoning_summary_text.delta",
      ...place,
      delta,
      ...obfuscation(index),
    })),
    { type: "response.reasoning_summary_text.done", ...place, text },
    { type: "response.reasoning_summary_part.done", ...place, part: { type: "summary_text", text } },
    { type: "response.output_item.done", output_index: output, item: reasoningItem(turn, text) },
  ];
}

function messageEvents(turn: Turn, output: number): readonly Fields[] {
  const text = turn.text.join("");
  const place = { item_id: messageId(turn), output_index: output, content_index: 0 };
  return [
    { type: "response.output_item.added", output_index: output, item: messageItem(turn, "in_progress", []) },
    { type: "response.content_part.added", ...place, part: textPart("") },
    ...turn.text.map((delta, index) => ({
      type: "response.output_text.delta",
      ...place,
      delta,
      logprobs: [],
      ...obfuscation(index),
    })),
    { type: "response.output_text.done", ...place, text, logprobs: [] },
    { type: "response.content_part.done", ...place, part: textPart(text) },
    {
      type: "response.output_item.done",
      output_index: output,
      item: messageItem(turn, "completed", [textPart(text)]),
    },
  ];
}

function callEvents(turn: Turn, index: number, call: ToolCall, output: number): readonly Fields[] {
  const item = callItem(turn, index, call, "");
  const done = call.pieces.join("");
  const place = { item_id: item.id, output_index: output };
  return [
    { type: "response.output_item.added", output_index: output, item },
    ...call.pieces.map((delta, piece) => ({
      type: "response.function_call_arguments.delta",
      ...place,
      delta,
      ...obfuscation(piece),
    })),
    { type: "response.function_call_arguments.done", ...place, arguments: done, name: call.name },
    { type: "response.output_item.done", output_index: output, item: callItem(turn, index, call, done) },
  ];
}
