import type { ClientRequest } from "../../support/clients/index.ts";
import { type Script, scriptHeaders } from "../../support/provider-server/index.ts";

/** One way for a response to be and to end, and what a tape has to say of it. */
export interface Ending {
  readonly name: string;
  /** A request to the server at `origin`. */
  request(origin: string): ClientRequest;
  readonly status: number;
  readonly end: "complete" | "truncated" | "reset";
  /** Code of the failure that the client was told. */
  readonly code?: string;
  /** How many chunks the tape has. */
  readonly chunks: number;
}

export const CHAT = {
  model: "gpt-5-mini",
  stream: true,
  messages: [{ role: "user", content: "Why do programmers prefer dark mode? ☀️" }],
};

/** A streamed chat request of `tokens` + 3 events. */
export function chatRequest(origin: string, script: Script = {}): ClientRequest {
  return {
    url: `${origin}/v1/chat/completions`,
    headers: { "content-type": "application/json", ...scriptHeaders({ tokens: 4, ...script }) },
    body: JSON.stringify(CHAT),
  };
}

export const EVENTS = 4 + 3;

function chat(
  name: string,
  script: Script,
  tape: Pick<Ending, "end" | "code"> & { readonly chunks?: number },
): Ending {
  return { name, request: (origin) => chatRequest(origin, script), status: 200, chunks: EVENTS, ...tape };
}

function plain(name: string, method: string, path: string, status: number, chunks: number): Ending {
  return { name, request: (origin) => ({ url: origin + path, method }), status, end: "complete", chunks };
}

const CLOSED = { end: "truncated", code: "UND_ERR_SOCKET" } as const;
const RESET = { end: "reset", code: "ECONNRESET" } as const;
const COMPLETE = { end: "complete" } as const;

/** Every ending of a response that the server decides on. */
export const ENDINGS: readonly Ending[] = [
  chat("a complete stream", {}, COMPLETE),
  chat("a stream of known length", { framing: "length" }, COMPLETE),
  chat("a stream that ends with its connection", { framing: "close" }, COMPLETE),
  // A finish reason stands for `[DONE]`, which many servers leave out.
  chat("a stream without [DONE]", { ending: "truncated" }, { ...COMPLETE, chunks: EVENTS - 1 }),
  {
    name: "a stream without its terminal event",
    request: (origin) => ({
      ...chatRequest(origin, { ending: "truncated" }),
      url: `${origin}/v1/messages`,
      body: JSON.stringify({ ...CHAT, model: "claude-opus-5", max_tokens: 100 }),
    }),
    status: 200,
    end: "truncated",
    chunks: 9,
  },
  chat("a stream that is cut", { ending: "cut" }, { ...CLOSED, chunks: 3 }),
  chat(
    "a stream of known length that is cut",
    { ending: "cut", framing: "length" },
    { ...CLOSED, chunks: 3 },
  ),
  chat(
    "a stream that is cut before its first event",
    { ending: "cut", endAfter: 0 },
    { ...CLOSED, chunks: 0 },
  ),
  chat("a stream that is reset", { ending: "reset" }, { ...RESET, chunks: 3 }),
  {
    ...chat("a reset before the headers", { ending: "reset-before-headers" }, { ...RESET, chunks: 0 }),
    status: 0,
  },
  {
    ...chat(
      "a close before the headers",
      { ending: "close-before-headers" },
      { ...CLOSED, end: "reset", chunks: 0 },
    ),
    status: 0,
  },
  chat("an error in the stream", { errorAfter: 3 }, { ...COMPLETE, chunks: 4 }),
  { ...chat("a rate limit", { status: 429, retryAfter: "1" }, { ...COMPLETE, chunks: 1 }), status: 429 },
  { ...chat("a server error", { status: 500 }, { ...COMPLETE, chunks: 1 }), status: 500 },
  chat("a reason phrase of its own", { statusText: "Very Well" }, COMPLETE),
  chat("informational responses first", { informational: [102, 103] }, COMPLETE),
  chat("pings and comments", { comments: "keep-alive" }, COMPLETE),
  plain("no content", "POST", "/status/204", 204, 0),
  plain("not modified", "GET", "/status/304", 304, 0),
  plain("a HEAD request", "HEAD", "/png", 200, 0),
  plain("an empty body", "POST", "/bytes?size=0", 200, 0),
  plain("an empty body of known length", "GET", "/status/205", 205, 0),
  plain("an unknown status", "POST", "/status/299", 299, 1),
  plain("an image", "GET", "/png", 200, 1),
  plain("headers sent twice and in odd case", "GET", "/headers", 200, 1),
];

/** Those that depend on how bytes are framed or how a connection ends, which TLS could change. */
export const CONNECTION_ENDINGS: readonly Ending[] = ENDINGS.filter(
  ({ name, end }) => end !== "complete" || /^a (?:complete )?stream|HEAD/.test(name),
);
