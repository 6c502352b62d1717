import { encodeEventStreamMessage } from "../streams/event-stream-message.ts";
import { encodeText } from "../streams/text.ts";
import { ConverseDecoder } from "./decoders/converse.ts";
import { InvokeDecoder } from "./decoders/invoke.ts";
import { endpoint } from "./endpoint.ts";
import { anthropicOverloadedEvent, openAIOverloadedEvent } from "./error-bodies.ts";
import { messagesEndpoints, openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, MESSAGES_IDS, RESPONSES_IDS, SDK_HEADERS, SIGV4_HEADERS } from "./varying.ts";

const ANY = { anyHost: true };

/**
 * Amazon Bedrock: Converse and Invoke, by their path also behind VPC endpoints and proxies, and the OpenAI and
 * Anthropic APIs that `bedrock-mantle` and `bedrock-runtime/openai` serve.
 */
export const bedrock: ProviderProfile = {
  name: "aws.bedrock",
  hosts: [
    /^bedrock(?:-[a-z-]+)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/,
    /^bedrock(?:-[a-z-]+)?\.[a-z0-9-]+\.api\.aws$/,
    /\.bedrock(?:-[a-z-]+)?\.[a-z0-9-]+\.vpce\.amazonaws\.com$/,
  ],
  endpoints: [
    endpoint("converse", "/model/.+/converse(?:-stream)?", {
      ...ANY,
      decoder: () => new ConverseDecoder(),
    }),
    endpoint("invoke", "/model/.+/invoke(?:-with-response-stream)?", {
      ...ANY,
      decoder: () => new InvokeDecoder(),
    }),
    endpoint("countTokens", "/model/.+/count-tokens", ANY),
    ...openAIEndpoints("(?:/openai)?/v1"),
    ...messagesEndpoints("(?:/anthropic)?/v1"),
  ],
  keyVariables: ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  varies: {
    headers: [...SDK_HEADERS, ...SIGV4_HEADERS],
    query: ["X-Amz-Date", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "X-Amz-Expires"],
    body: ["metadata.user_id", "prompt_cache_key", "safety_identifier"],
    ids: [
      "messages[*].content[*].toolUse.toolUseId",
      "messages[*].content[*].toolResult.toolUseId",
      ...MESSAGES_IDS,
      ...CHAT_IDS,
      ...RESPONSES_IDS,
    ],
    normalizePath,
  },
  secrets: {
    headers: ["x-amz-security-token"],
    query: ["X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token"],
    fields: ["RoleArn", "SecretAccessKey", "SessionToken"],
    patterns: [
      { type: "aws-access-key-id", pattern: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/g },
      { type: "aws-bedrock-key", pattern: /ABSK[A-Za-z0-9+/]{60,}={0,2}/g },
      { type: "aws-sigv4", pattern: /Credential=[A-Z0-9]+\/[0-9]{8}\/[^\s,]+/g },
      { type: "aws-sigv4", pattern: /Signature=[0-9a-f]{64}/g },
    ],
  },
  errorBody: ({ type, message }) => ({ __type: type, message }),
  overloadedEvent: (api, seq) => {
    if (api === "converse" || api === "invoke") return throttled();
    return api === "messages" ? anthropicOverloadedEvent() : openAIOverloadedEvent(api, seq);
  },
};

/** Returns an exception frame, as Bedrock sends it inside a response with HTTP 200. */
function throttled(): Uint8Array {
  return encodeEventStreamMessage(
    {
      ":exception-type": "throttlingException",
      ":content-type": "application/json",
      ":message-type": "exception",
    },
    encodeText('{"message":"Too many requests, please wait before trying again."}'),
  );
}

/** Percent-encodes the model id exactly once: some SDKs encode it (`%3A`), some don't. */
function normalizePath(path: string): string {
  const match = /^\/model\/(.+)\/([^/]+)$/.exec(path);
  if (match === null) return path;
  return `/model/${encodeURIComponent(decode(match[1]!))}/${match[2]}`;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign: the segment is not percent-encoded.
    return segment;
  }
}
