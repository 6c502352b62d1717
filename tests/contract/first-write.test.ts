import http from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { startProviderServer } from "../support/provider-server/index.ts";
import { testCassette } from "./support/taping.ts";

/** Connects at once, and writes after a while: the head of a request goes out with its first bytes. */
async function askSlowly(url: string): Promise<string> {
  const request = http.request(url, { method: "POST", agent: new http.Agent() });
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.on("response", resolve).on("error", reject);
  });
  await pause(30);
  request.end("question");
  return text(await answered);
}

test("a client that connects before it has anything to say does not reach the network in replay", async () => {
  const server = await startProviderServer();
  using cassette = testCassette({ include: [server.url] });
  const url = `${server.url}/lines?count=2`;
  const live = await askSlowly(url);
  expect(await cassette.record(() => askSlowly(url))).toBe(live);
  await server.close();
  const before = server.acceptedConnections;
  expect(await cassette.play(() => askSlowly(url))).toBe(live);
  expect(server.acceptedConnections).toBe(before);
});
