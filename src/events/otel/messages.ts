import { isObject } from "../../cassette/is-object.ts";
import { parseJson } from "../../streams/parse-json.ts";
import type { LlmCallEvent, LlmResultEvent } from "../event.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A part of a message, in the conventions' form. */
export type Part = { readonly type: string; readonly [field: string]: unknown };

export interface Message {
  readonly role: string;
  readonly parts: readonly Part[];
  readonly finish_reason?: string;
}

const ROLES: Readonly<Record<string, string>> = { model: "assistant", developer: "system" };

/**
 * Returns the messages of a request, in the conventions' form. Goes by the shapes that the providers have in common. Of a
 * request that is too large for an event, only what was asked last is known.
 */
export function inputMessages({ request, prompt }: LlmCallEvent): readonly Message[] | undefined {
  const list = isObject(request) ? (request.messages ?? request.contents ?? request.input) : undefined;
  if (Array.isArray(list) && list.some(isObject)) return list.flatMap(messageOf);
  return prompt === undefined ? undefined : [{ role: "user", parts: [textPart(prompt)] }];
}

/** Returns the instructions that a request gives apart from its messages. */
export function systemInstructions({ request }: LlmCallEvent): readonly Part[] | undefined {
  if (!isObject(request)) return undefined;
  const given =
    request.system ?? request.instructions ?? request.systemInstruction ?? request.system_instruction;
  return given === undefined ? undefined : partsOf(isObject(given) ? given.parts : given);
}

/** Returns what the model answered, in the conventions' form. */
export function outputMessages(result: LlmResultEvent): readonly Message[] | undefined {
  const { text, reasoning, toolCalls = [], finishReason } = result;
  const parts: readonly Part[] = [
    ...(reasoning === undefined ? [] : [{ type: "reasoning", content: reasoning }]),
    ...(text === undefined ? [] : [textPart(text)]),
    ...toolCalls.map(({ id, name, input }) => toolCall(id, name, input)),
  ];
  if (parts.length === 0) return undefined;
  return [{ role: "assistant", parts, finish_reason: finishReason ?? "error" }];
}

function messageOf(given: unknown): readonly Message[] {
  if (!isObject(given)) return typeof given === "string" ? [{ role: "user", parts: [textPart(given)] }] : [];
  const { type, role = given.author, content, parts, tool_calls: calls } = given;
  if (typeof role !== "string")
    return [{ role: type === "function_call_output" ? "tool" : "assistant", parts: [partOf(given)] }];
  if (role === "tool" && given.tool_call_id !== undefined) {
    return [{ role, parts: [toolResponse(given.tool_call_id, content)] }];
  }
  const called = Array.isArray(calls) ? calls.filter(isObject).map(partOf) : [];
  return [{ role: ROLES[role] ?? role, parts: [...partsOf(content ?? parts), ...called] }];
}

function partsOf(given: unknown): readonly Part[] {
  if (given === undefined || given === null || given === "") return [];
  return (Array.isArray(given) ? given : [given]).map(partOf);
}

/** Files have no content here: they are large. */
function partOf(given: unknown): Part {
  if (!isObject(given)) return textPart(String(given));
  const { type, text, thinking } = given;
  const inner = (name: string): Fields | undefined => (isObject(given[name]) ? given[name] : undefined);
  if (typeof thinking === "string") return { type: "reasoning", content: thinking };
  if (typeof text === "string")
    return given.thought === true ? { type: "reasoning", content: text } : textPart(text);
  // OpenAI chat · Gemini · Bedrock · OpenAI responses and Anthropic
  const call = inner("function") ?? inner("functionCall") ?? inner("toolUse");
  if (call !== undefined || type === "function_call" || type === "tool_use") {
    const { id = call?.id, call_id = id, name = call?.name, input } = given;
    return toolCall(
      call?.toolUseId ?? call_id,
      name,
      input ?? call?.input ?? call?.args ?? given.arguments ?? call?.arguments,
    );
  }
  const result = inner("functionResponse") ?? inner("toolResult");
  if (result !== undefined)
    return toolResponse(result.toolUseId ?? result.id, result.response ?? result.content);
  if (type === "tool_result") return toolResponse(given.tool_use_id, given.content);
  if (type === "function_call_output") return toolResponse(given.call_id, given.output);
  return { type: typeof type === "string" ? type : (Object.keys(given)[0] ?? "unknown") };
}

function textPart(content: string): Part {
  return { type: "text", content };
}

function toolCall(id: unknown, name: unknown, given: unknown): Part {
  return { type: "tool_call", id: id ?? null, name, arguments: parsed(given) };
}

function toolResponse(id: unknown, response: unknown): Part {
  return { type: "tool_call_response", id: id ?? null, response };
}

/** Some providers give arguments as JSON text. */
function parsed(given: unknown): unknown {
  // Else it is cut off, or plain text.
  return (typeof given === "string" ? parseJson(given) : undefined) ?? given;
}
