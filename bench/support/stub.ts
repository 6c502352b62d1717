import { type ChatRequest, chatAnswer } from "./chat.ts";

/** The least that a replay can do: a hand-written stub of fetch. It knows the answers, and gives one chunk a read. */
export const STUB = "a hand-written stub of fetch";

/** Runs `work` while the stub answers these requests. */
export async function withStub<T>(requests: readonly ChatRequest[], work: () => Promise<T>): Promise<T> {
  const encoder = new TextEncoder();
  const answers = new Map(
    requests.map((request) => [
      JSON.stringify(request),
      {
        type: request.stream ? "text/event-stream" : "application/json",
        chunks: chatAnswer(request).map((chunk) => encoder.encode(chunk)),
      },
    ]),
  );
  const real = globalThis.fetch;
  globalThis.fetch = async (_, { body } = {}) => {
    const { chunks, type } = answers.get(String(body)) ?? { chunks: [], type: "" };
    let next = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks[next++];
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    });
    return new Response(stream, { headers: { "content-type": type } });
  };
  try {
    return await work();
  } finally {
    globalThis.fetch = real;
  }
}
