import { type ChatRequest, chatAnswer } from "./chat.ts";

/** The least that a replay can do: a hand-written stub of fetch. It knows the answers, and gives one chunk a read. */
export const STUB = "a hand-written stub of fetch";

/** The same with a stream of bytes, as a response of fetch has: its reader may bring a buffer of its own. */
export const BYTE_STUB = "the same stub with a stream of bytes";

/** Runs `work` while the stub answers these requests. */
export async function withStub<T>(
  requests: readonly ChatRequest[],
  work: () => Promise<T>,
  type?: "bytes",
): Promise<T> {
  const encoder = new TextEncoder();
  const answers = new Map(
    requests.map((request) => [
      JSON.stringify(request),
      {
        contentType: request.stream ? "text/event-stream" : "application/json",
        chunks: chatAnswer(request).map((chunk) => encoder.encode(chunk)),
      },
    ]),
  );
  const real = globalThis.fetch;
  globalThis.fetch = async (_, { body } = {}) => {
    const { chunks, contentType } = answers.get(String(body)) ?? { chunks: [], contentType: "" };
    let next = 0;
    const stream = new ReadableStream<Uint8Array>({
      type: type as undefined,
      pull(controller) {
        const chunk = chunks[next++];
        if (chunk === undefined) controller.close();
        else controller.enqueue(type === "bytes" ? new Uint8Array(chunk) : chunk);
      },
    });
    return new Response(stream, { headers: { "content-type": contentType } });
  };
  try {
    return await work();
  } finally {
    globalThis.fetch = real;
  }
}
