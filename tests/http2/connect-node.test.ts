import type { Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { chatClient, startChatServer } from "./chat-service.ts";

const TRANSPORTS: readonly (readonly [string, (baseUrl: string) => Transport])[] = [
  ["gRPC", (baseUrl) => createGrpcTransport({ baseUrl })],
  ["Connect", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2" })],
];

/** All that a caller sees of a call: messages, or how it failed. */
async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { code, rawMessage, metadata } = error as { code: number; rawMessage: string; metadata: Headers };
    return { code, rawMessage, reason: metadata.get("x-reason") };
  }
}

test.for(TRANSPORTS)(
  "calls of connect-node by %s are the same live, recorded and replayed",
  async ([, make]) => {
    const server = await startChatServer();
    using cassette = testCassette({ include: [server.url] });
    const ask = async (): Promise<readonly unknown[]> => {
      const client = chatClient(make(server.url));
      const results: unknown[] = [];
      for (const text of ["why", "fail"]) {
        results.push(await outcome(async () => (await client.ask({ text })).text));
        const words: string[] = [];
        const end = await outcome(async () => {
          for await (const word of client.stream({ text })) words.push(word.text);
        });
        results.push({ words, end });
      }
      return results;
    };
    const live = await ask();
    expect(live).toMatchObject([
      "You said why",
      { words: ["You", "said", "why"], end: undefined },
      { rawMessage: "no such joke", reason: "none" },
      { words: ["You", "said", "fail"], end: { rawMessage: "out of jokes" } },
    ]);
    expect(await cassette.record(ask)).toEqual(live);
    await server.close();
    expect(await cassette.play(ask)).toEqual(live);
  },
);

test("a call that is not on the tape fails the test, and never reaches the server", async () => {
  const server = await startChatServer();
  using cassette = testCassette({ include: [server.url] });
  const client = chatClient(createGrpcTransport({ baseUrl: server.url }));
  await expect(cassette.play(() => outcome(() => client.ask({ text: "why" })))).rejects.toMatchObject({
    code: "CASSETTE_MISS",
  });
  expect(server.connections).toBe(0);
  await server.close();
});
