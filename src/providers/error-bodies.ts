import { encodeText } from "../streams/text.ts";

/** The facts of an error body; see `ProviderProfile.errorBody`. */
export interface ErrorFacts {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

export const OVERLOADED_MESSAGE = "The model is currently overloaded. Please try again later.";

/** Returns `{ error: { message, type, param, code } }`, the format of OpenAI and most compatible APIs. */
export function openAIErrorBody({ type, message }: ErrorFacts): unknown {
  return { error: { message, type, param: null, code: type } };
}

/** Returns `{ type: "error", error: { type, message } }`, Anthropic's format. */
export function anthropicErrorBody({ type, message }: ErrorFacts): unknown {
  return { type: "error", error: { type, message } };
}

/** Returns Google's `google.rpc.Status` as JSON. `type` is the reason in its ErrorInfo detail. */
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
 * Returns an overload event for a stream of OpenAI's APIs: a `data:` line for Chat Completions, a named and numbered
 * event for Responses.
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

/** Returns Anthropic's `event: error` with `overloaded_error`. */
export function anthropicOverloadedEvent(): Uint8Array {
  return sse(anthropicErrorBody({ status: 529, type: "overloaded_error", message: "Overloaded" }), "error");
}

/** Returns Google's error object as a `data:` line with CRLF. */
export function googleOverloadedEvent(): Uint8Array {
  const error = { code: 503, message: OVERLOADED_MESSAGE, status: "UNAVAILABLE" };
  return encodeText(`data: ${JSON.stringify({ error })}\r\n\r\n`);
}

/** Frames `payload` as one SSE event. */
export function sse(payload: unknown, event?: string): Uint8Array {
  const name = event === undefined ? "" : `event: ${event}\n`;
  return encodeText(`${name}data: ${JSON.stringify(payload)}\n\n`);
}
