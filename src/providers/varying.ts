/**
 * Parts of requests that change on every run, shared by several profiles.
 */

/** Headers that SDKs, tracing and retry layers add. Lower case; `*` matches any ending. */
export const SDK_HEADERS: readonly string[] = [
  "x-stainless-*",
  "user-agent",
  "idempotency-key",
  "x-idempotency-key",
  "x-request-id",
  "x-client-request-id",
  "traceparent",
  "tracestate",
  "baggage",
  "sentry-trace",
  "b3",
  "x-b3-*",
  "x-datadog-*",
];

/** Headers that AWS Signature Version 4 and the AWS SDKs generate for each request. */
export const SIGV4_HEADERS: readonly string[] = [
  "authorization",
  "x-amz-date",
  "x-amz-security-token",
  "x-amz-content-sha256",
  "amz-sdk-invocation-id",
  "amz-sdk-request",
  "x-amzn-trace-id",
];

/** Body fields that OpenAI and compatible APIs use for routing and billing. They don't affect the response. */
export const OPENAI_BODY: readonly string[] = [
  "prompt_cache_key",
  "safety_identifier",
  "metadata.user_id",
  "**.obfuscation",
];

/** Generated ids in a Chat Completions request. */
export const CHAT_IDS: readonly string[] = ["messages[*].tool_calls[*].id", "messages[*].tool_call_id"];

/** Generated ids in a Responses request. */
export const RESPONSES_IDS: readonly string[] = ["input[*].id", "input[*].call_id"];

/** Generated ids in an Anthropic Messages request. */
export const MESSAGES_IDS: readonly string[] = [
  "messages[*].content[*].id",
  "messages[*].content[*].tool_use_id",
];

/** Generated ids in a Gemini `generateContent` request. */
export const GENERATE_CONTENT_IDS: readonly string[] = [
  "contents[*].parts[*].functionCall.id",
  "contents[*].parts[*].functionResponse.id",
];
