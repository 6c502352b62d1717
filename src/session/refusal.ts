import { Buffer } from "node:buffer";
import type { Answer, RequestHead } from "../interception/exchange.ts";
import { recognize } from "../providers/registry.ts";

/**
 * Makes the response to a request that may neither be played nor sent: HTTP 400 in the provider's own error format,
 * marked as not retryable. SDKs retry thrown errors and 5xx for seconds.
 */
export function refusal(head: Pick<RequestHead, "method" | "url">, type: string, message: string): Answer {
  const recognized = recognize(head.url, { method: head.method });
  const error = { status: 400, type, message };
  const value = recognized?.profile.errorBody(error) ?? unknownShape(error);
  const bytes = Buffer.from(JSON.stringify(value));
  let done = false;
  return {
    kind: "respond",
    response: {
      status: 400,
      statusText: "Bad Request",
      headers: [
        ["content-type", "application/json"],
        ["content-length", String(bytes.length)],
        ["x-should-retry", "false"],
        ["x-vitest-cassette", type],
      ],
      decoded: true,
      body: {
        read() {
          if (done) return undefined;
          done = true;
          return bytes;
        },
        cancel() {},
      },
    },
  };
}

/** Unknown clients often print `error` directly, and would print an object as "[object Object]". */
function unknownShape({ type, message }: { readonly type: string; readonly message: string }): object {
  return { error: message, type };
}
