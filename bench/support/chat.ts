import type { Interaction } from "../../src/cassette/model.ts";

const encoder = new TextEncoder();

/** A request for a streamed chat completion; `index` tells it apart from others. */
export function chatRequest(index: number): { readonly url: string; readonly json: object } {
  const messages = [
    { role: "system", content: "You are a helpful assistant. Answer in plain words." },
    { role: "user", content: `Why do programmers prefer dark mode (${index})?` },
  ];
  return {
    url: "https://api.openai.com/v1/chat/completions",
    json: { model: "gpt-5-mini", stream: true, messages },
  };
}

/** A recorded chat completion, streamed in `chunkCount` chunks of some 240 bytes. */
export function chatInteraction(index: number, chunkCount: number): Interaction {
  const random = randomNumbers(index + 1);
  const chunks: Uint8Array[] = [];
  const times: number[] = [];
  let time = 310.2;
  for (let i = 0; i < chunkCount; i += 1) {
    const delta = { content: ` word${Math.floor(random() * 10_000)}` };
    const payload = {
      id: `chatcmpl-${index}`,
      object: "chat.completion.chunk",
      created: 1_795_158_000,
      model: "gpt-5-mini-2025-08-07",
      service_tier: "default",
      system_fingerprint: null,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: null }],
      obfuscation: Math.floor(random() * 1e12).toString(36),
    };
    const end = i === chunkCount - 1 ? "data: [DONE]\n\n" : "";
    chunks.push(encoder.encode(`data: ${JSON.stringify(payload)}\n\n${end}`));
    time += random() * 20;
    times.push(Math.round(time * 10) / 10);
  }
  const { url, json } = chatRequest(index);
  return {
    kind: "request",
    at: index,
    request: {
      method: "POST",
      url,
      headers: [["content-type", "application/json"]],
      body: encoder.encode(JSON.stringify(json)),
    },
    response: {
      status: 200,
      statusText: "OK",
      headers: [["content-type", "text/event-stream; charset=utf-8"]],
      chunks,
      timing: { headers: 310.2, chunks: times },
      end: "complete",
    },
  };
}

/** Pseudo-random numbers that are the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
