import { Buffer } from "node:buffer";
import { isNestedDeeper } from "../cassette/is-nested-deeper.ts";
import { isObject } from "../cassette/is-object.ts";
import type { RecordedRequest } from "../cassette/model.ts";
import { headerOf } from "../http/headers.ts";
import { multipartBoundary, parseMultipart } from "../http/multipart.ts";
import { parseJson } from "../streams/parse-json.ts";
import { decodeText } from "../streams/text.ts";

/** Deeper bodies could overflow the stack; no message is nested like this. */
const MAX_DEPTH = 500;

/**
 * Returns what a request asks a model, for a person to read: the last message of the user and the results of
 * tools after it. Goes by the shapes that the providers have in common, and is empty for any other request.
 */
export function askedOf(request: RecordedRequest): readonly string[] {
  const { body } = request;
  if (body === undefined) return [];
  const boundary = multipartBoundary(headerOf(request.headers, "content-type"), body);
  if (boundary !== undefined) return askedOfForm(body, boundary);
  const value = parseJson(decodeText(body));
  if (!isObject(value) || isNestedDeeper(value, MAX_DEPTH)) return [];
  return askedOfJson(value).filter((text) => text.trim() !== "");
}

/** Fields of a form, files by their names. */
function askedOfForm(body: Uint8Array, boundary: string): readonly string[] {
  return (parseMultipart(body, boundary) ?? []).map(({ name, filename, type, bytes }) => {
    const value =
      filename === undefined ? Buffer.from(bytes).toString() : [filename, type].filter(Boolean).join(", ");
    return `${name ?? ""}: ${value}`;
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** Lists of messages: chat and Anthropic, Gemini, OpenAI responses. */
const LISTS = ["messages", "contents", "input"];
/** Texts: of older endpoints, of images, speech, embeddings and reranking. */
const TEXTS = ["prompt", "message", "input", "inputs", "query", "text", "texts", "content"];

function askedOfJson(body: Fields): readonly string[] {
  if (body.jsonrpc !== undefined) return askedOfRpc(body);
  for (const name of LISTS) {
    const list = body[name];
    if (Array.isArray(list) && list.some(isObject)) return lastTurn(list);
  }
  for (const name of TEXTS) if (body[name] !== undefined) return [textOf(body[name])];
  return [];
}

function askedOfRpc({ method, params }: Fields): readonly string[] {
  if (!isObject(params) || typeof params.name !== "string") return [String(method)];
  const input = params.arguments === undefined ? "" : JSON.stringify(params.arguments);
  return [`${String(method)} ${params.name} ${input}`];
}

/** The last message of the user, and the results of tools after it. */
function lastTurn(messages: readonly unknown[]): readonly string[] {
  const last = messages.findLastIndex((message) => !isResult(message) && isOfUser(message));
  return messages
    .slice(Math.max(0, last))
    .filter((message, index) => index === 0 || isResult(message))
    .map((message) =>
      isResult(message) && isOfTool(message) ? `tool result: ${textOf(message)}` : textOf(message),
    );
}

function isOfUser(message: unknown): boolean {
  if (!isObject(message)) return typeof message === "string";
  return message.role === undefined
    ? message.type === undefined || message.parts !== undefined
    : message.role === "user" || message.role === "human";
}

/** A message of a tool, or one of the user that holds nothing but results of tools. */
function isResult(message: unknown): boolean {
  if (isOfTool(message)) return true;
  if (!isObject(message)) return false;
  const parts = message.content ?? message.parts;
  return Array.isArray(parts) && parts.length > 0 && parts.every(isResultPart);
}

function isOfTool(message: unknown): boolean {
  if (!isObject(message)) return false;
  return message.role === "tool" || message.role === "function" || message.type === "function_call_output";
}

function isResultPart(part: unknown): boolean {
  if (!isObject(part)) return false;
  return part.type === "tool_result" || part.toolResult !== undefined || part.functionResponse !== undefined;
}

/** The text of a message, of its content or of a part of that. Other parts are named by their kind. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).join("\n");
  if (!isObject(value)) return value === undefined || value === null ? "" : String(value);
  const { text, content, parts, output, toolResult, functionResponse, prompt } = value;
  if (typeof text === "string") return text;
  if (value.type === "tool_result") return `tool result: ${textOf(content)}`;
  if (toolResult !== undefined) return `tool result: ${textOf(toolResult)}`;
  if (isObject(functionResponse)) return `tool result: ${JSON.stringify(functionResponse.response)}`;
  const inner = content ?? parts ?? output ?? prompt;
  if (inner !== undefined) return textOf(inner);
  return value.json === undefined ? kindOf(value) : JSON.stringify(value.json);
}

function kindOf(part: Fields): string {
  if (typeof part.type === "string") return `[${part.type}]`;
  const media = part.inlineData ?? part.inline_data ?? part.fileData;
  if (isObject(media)) return `[${String(media.mimeType ?? media.mime_type ?? "file")}]`;
  return `[${Object.keys(part)[0] ?? "nothing"}]`;
}
