import { type Script, scriptHeaders } from "../support/provider-server/index.ts";
import { at } from "../support/provider-server/json.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** One element a read. */
  readonly chunks: readonly Uint8Array[];
  readonly text: string;
}

/** POSTs JSON with the global fetch and reads the body chunk by chunk. Rejects as fetch does. */
export async function ask(
  url: string,
  body: unknown,
  script: Script = {},
  signal?: AbortSignal,
): Promise<Reply> {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { ...scriptHeaders(script), accept: "application/json, text/event-stream" },
    ...(signal === undefined ? {} : { signal }),
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) chunks.push(chunk);
  return {
    status: response.status,
    headers: response.headers,
    chunks,
    text: Buffer.concat(chunks).toString("utf8"),
  };
}

/** A streamed Chat Completions request. */
export const CHAT = {
  model: "gpt-5-mini",
  stream: true,
  messages: [{ role: "user", content: "Why do programmers prefer dark mode?" }],
};

/** Payloads of the `data:` lines of an SSE text with LF or CRLF, `[DONE]` as text. */
export function dataOf(text: string): readonly unknown[] {
  return text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith("data: "))
    .map((line) => line.slice(6))
    .map((data) => (data === "[DONE]" ? data : JSON.parse(data)));
}

/** The texts at a path of each event, joined. */
export function join(events: readonly unknown[], ...path: (string | number)[]): string {
  return events.map((event) => at(event, ...path) ?? "").join("");
}
