import { type Answer, type HeaderList, type WireRequest, wholeJson } from "../answer.ts";
import { asText, at } from "../json.ts";

const TYPES: Readonly<Record<number, readonly [type: string, code: string | null, message: string]>> = {
  400: ["invalid_request_error", null, "Invalid value for 'messages': naïve input."],
  401: ["invalid_request_error", "invalid_api_key", "Incorrect API key provided."],
  404: [
    "invalid_request_error",
    "model_not_found",
    "The model does not exist or you do not have access to it.",
  ],
  429: ["requests", "rate_limit_exceeded", "Rate limit reached. Please try again in 1s."],
};

/** An error as OpenAI words it. */
export function openaiError(status: number): Record<string, unknown> {
  const [type, code, message] = TYPES[status] ?? ["server_error", null, "The server had an error."];
  return { message, type, param: null, code };
}

export function openaiFailure(status: number, request: WireRequest): Answer {
  const retry: HeaderList =
    request.script.retryAfter === undefined ? [] : [["retry-after", request.script.retryAfter]];
  return wholeJson(status, [...openaiHeaders("req_failed"), ...retry], { error: openaiError(status) });
}

/** What OpenAI sends beside the content: ids, an organization, a cookie, none of which belongs on a tape. */
export function openaiHeaders(id: string): HeaderList {
  return [
    ["openai-organization", "org-loopback"],
    ["openai-processing-ms", "12"],
    ["openai-version", "2020-10-01"],
    ["x-request-id", id],
    ["x-ratelimit-remaining-requests", "9999"],
    ["set-cookie", "__cf_bm=loopback; path=/; HttpOnly"],
    ["set-cookie", "_cfuvid=loopback; path=/; HttpOnly"],
    ["cf-ray", "0000000000000000-LOO"],
  ];
}

export const EVENT_STREAM: HeaderList = [
  ["content-type", "text/event-stream; charset=utf-8"],
  ["cache-control", "no-cache"],
];

/** Text of the last user message, and of the tool results after it, in the Chat Completions shape. */
export function chatQuestion(messages: readonly unknown[]): { user: string; toolResult: string | undefined } {
  const role = (message: unknown): string => asText(at(message, "role"));
  const user = messages.findLast((message) => role(message) === "user");
  const results: string[] = [];
  for (let index = messages.length - 1; index >= 0 && role(messages[index]) === "tool"; index -= 1) {
    results.unshift(chatContent(at(messages[index], "content")));
  }
  return {
    user: chatContent(at(user, "content")),
    toolResult: results.length > 0 ? results.join(" ") : undefined,
  };
}

function chatContent(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => asText(at(part, "text"))).join("");
}
