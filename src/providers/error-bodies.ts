import { encodeText } from "../streams/text.ts";

/** What an error body is made from; see `ProviderProfile.errorBody`. */
export interface ErrorFacts {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

export const OVERLOADED_MESSAGE = "The model is currently overloaded. Please try again later.";

/** `{ error: { message, type, param, code } }`, as OpenAI and most of its relatives answer. */
export function openAIErrorBody({ type, message }: ErrorFacts): unknown {
  return { error: { message, type, param: null, code: type } };
}

/** `{ type: "error", error: { type, message } }`, Anthropic's. */
export function anthropicErrorBody({ type, message }: ErrorFacts): unknown {
  return { type: "error", error: { type, message } };
}

/** Google's `google.rpc.Status` as JSON; `type` stands in the ErrorInfo detail, where Google puts its reason. */
export function googleErrorBody({ status, type, message }: ErrorFacts): unknown {
  return {
    error: {
      code: status,
      message,
      status: GOOGLE_STATUS[status] ?? "UNKNOWN",
      details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: type }],
    },
  };
}

const GOOGLE_STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/**
 * Overload inside a stream of OpenAI's APIs: a bare `data:` line for Chat Completions, a named and numbered event for
 * Responses.
 */
export function openAIOverloadedEvent(api: string, sequence_number: number): Uint8Array | undefined {
  const error = {
    message: OVERLOADED_MESSAGE,
    type: "server_error",
    param: null,
    code: "server_is_overloaded",
  };
  switch (api) {
    case "chat":
    case "completions":
      return sse({ error });
    case "responses":
      return sse({ type: "error", sequence_number, error }, "error");
    case "messages":
      return anthropicOverloadedEvent();
    default:
      return undefined;
  }
}

/** Anthropic's `event: error` with `overloaded_error`. */
export function anthropicOverloadedEvent(): Uint8Array {
  return sse(anthropicErrorBody({ status: 529, type: "overloaded_error", message: "Overloaded" }), "error");
}

/** Google's error object as a `data:` line, with its CRLF line ends. */
export function googleOverloadedEvent(): Uint8Array {
  const error = { code: 503, message: OVERLOADED_MESSAGE, status: "UNAVAILABLE" };
  return encodeText(`data: ${JSON.stringify({ error })}\r\n\r\n`);
}

/** Frames `payload` as one SSE event. */
export function sse(payload: unknown, event?: string): Uint8Array {
  const name = event === undefined ? "" : `event: ${event}\n`;
  return encodeText(`${name}data: ${JSON.stringify(payload)}\n\n`);
}
