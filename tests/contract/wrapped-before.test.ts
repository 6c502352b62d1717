import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { chatRequest, EVENTS } from "./support/endings.ts";
import { testCassette } from "./support/taping.ts";

const seen: string[] = [];
const original = globalThis.fetch;
/** What a tracer, or a mock of another kind, puts in the place of fetch before anything of ours is there. */
globalThis.fetch = async (input, init) => {
  const { url } = new Request(input, init);
  seen.push(url);
  if (url === "https://api.openai.com/v1/mine") return new Response("mine");
  return original(input, init);
};

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(async () => {
  globalThis.fetch = original;
  await server.close();
});

test("a fetch that was replaced earlier is called first, and the requests that it forwards are recorded", async () => {
  using cassette = testCassette();
  const { url, ...init } = chatRequest(server.url);
  const ask = async (): Promise<number> => {
    const response = await fetch(url, { method: "POST", ...(init as RequestInit) });
    let reads = 0;
    for await (const _ of response.body ?? []) reads++;
    return reads;
  };
  expect(await cassette.record(ask)).toBe(EVENTS);
  const before = server.requests.length;
  expect(await cassette.play(ask)).toBe(EVENTS);
  expect(server.requests).toHaveLength(before);
  expect(seen).toEqual([url, url]);
});

test("a response of its own never reaches the cassette", async () => {
  using cassette = testCassette();
  await cassette.play(async ({ requests }) => {
    expect(await (await fetch("https://api.openai.com/v1/mine")).text()).toBe("mine");
    expect(requests).toEqual([]);
  });
});
