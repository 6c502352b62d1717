/** What the loopback server answers. The same request gets the same answer in every run. */

export interface ChatRequest {
  readonly model: string;
  readonly stream: boolean;
  /** The server sends as many chunks. */
  readonly max_tokens: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** Returns the body of a request. `index` tells it apart from others. */
export function chatRequest(index: number, chunks?: number): ChatRequest {
  return {
    model: "gpt-5-mini",
    stream: chunks !== undefined,
    max_tokens: chunks ?? 100,
    messages: [
      { role: "system", content: "You are a helpful assistant. Answer in plain words." },
      { role: "user", content: `Question ${index}: why do programmers prefer dark mode?` },
    ],
  };
}

/** Returns the body of the answer, chunk by chunk. */
export function chatAnswer(request: ChatRequest): readonly string[] {
  const question = request.messages.at(-1)?.content ?? "";
  return request.stream ? streamed(question, request.max_tokens) : [completion(question)];
}

const head = { id: "chatcmpl-1", created: 1_795_158_000, model: "gpt-5-mini-2025-08-07" };

function completion(question: string): string {
  const message = { role: "assistant", content: `${question} Because light attracts bugs. `.repeat(3) };
  return JSON.stringify({
    ...head,
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { prompt_tokens: 10, completion_tokens: 30, total_tokens: 40 },
  });
}

function streamed(question: string, count: number): readonly string[] {
  const random = randomNumbers(question.length + Number(/\d+/.exec(question)?.[0] ?? 0));
  const events = Array.from({ length: count - 1 }, (_, index) => {
    const content = index === 0 ? question : ` word${Math.floor(random() * 10_000)}`;
    const payload = {
      ...head,
      object: "chat.completion.chunk",
      service_tier: "default",
      system_fingerprint: null,
      choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
      obfuscation: Math.floor(random() * 1e12).toString(36),
    };
    return `data: ${JSON.stringify(payload)}\n\n`;
  });
  return [...events, "data: [DONE]\n\n"];
}

/** Returns pseudo-random numbers that are the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
