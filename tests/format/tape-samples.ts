import type { Interaction, RecordedResponse, Tape } from "../../src/cassette/model.ts";

const encoder = new TextEncoder();

export const bytes = (text: string): Uint8Array => encoder.encode(text);

/** An interaction with a plain request and a response of these chunks. */
export function interaction(
  chunks: readonly (string | Uint8Array)[],
  response: Partial<RecordedResponse> = {},
  requestBody: string | Uint8Array | null = '{"model":"gpt-5-mini","stream":true}',
): Interaction {
  return {
    kind: "request",
    at: 0,
    request: {
      method: "POST",
      url: "https://api.openai.com/v1/chat/completions",
      headers: [["content-type", "application/json"]],
      ...(requestBody !== null && {
        body: typeof requestBody === "string" ? bytes(requestBody) : requestBody,
      }),
    },
    response: {
      status: 200,
      statusText: "OK",
      headers: [["content-type", "text/event-stream; charset=utf-8"]],
      chunks: chunks.map((chunk) => (typeof chunk === "string" ? bytes(chunk) : chunk)),
      end: "complete",
      ...response,
    },
  };
}

export function tape(...interactions: readonly Interaction[]): Tape {
  return {
    version: 1,
    recorded: { at: "2026-11-20T07:00:00.000Z", with: "vitest-cassette 0.1.0" },
    interactions,
  };
}
