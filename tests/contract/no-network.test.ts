import { expect, test } from "vitest";
import { CLIENTS, SECURE_CLIENTS } from "../support/clients/index.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { chatRequest } from "./support/endings.ts";
import { writeTape } from "./support/hand-written-tape.ts";
import { watchNetwork } from "./support/network-watch.ts";
import { testCassette } from "./support/taping.ts";
import { expectAllSame, textOf } from "./support/three-ways.ts";

const EVENTS = ["data: one\n\n", "data: two\n\n"];

test("the watch sees connections and lookups", async () => {
  await using server = await startProviderServer();
  expect(await watchNetwork(() => fetch(server.url))).toEqual({ connections: 1, lookups: 0 });
  const named = server.url.replace("127.0.0.1", "localhost");
  const { connections, lookups } = await watchNetwork(() => fetch(named));
  expect(connections).toBeGreaterThan(0);
  expect(lookups).toBeGreaterThan(0);
});

test.for(CLIENTS)("$name plays with its server gone", async (client) => {
  using cassette = testCassette();
  const server = await startProviderServer();
  const request = chatRequest(server.url);
  const live = await client.send(request);
  const recorded = await cassette.record(() => client.send(request));
  await server.close();
  // A connection that was kept from the live request is closed by now: let its client notice.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const use = await watchNetwork(() =>
    cassette.play(async ({ interactions }) => {
      expectAllSame({ live, recorded, replayed: await client.send(request), tape: interactions });
    }),
  );
  expect(use).toEqual({ connections: 0, lookups: 0 });
});

test.for(CLIENTS)("$name plays a host that there is not", async (client) => {
  using cassette = testCassette();
  const url = "http://made-up.example/v1/events?a=1";
  writeTape(cassette.dir, { url, events: EVENTS });
  const use = await watchNetwork(async () => {
    const result = await cassette.play(() => client.send({ url }));
    expect(result).toMatchObject({ status: 200, ended: true });
    expect(textOf(result.chunks)).toBe(EVENTS.join(""));
  });
  expect(use).toEqual({ connections: 0, lookups: 0 });
});

test.for(SECURE_CLIENTS)("$name plays a host that there is not, over TLS", async (client) => {
  using cassette = testCassette();
  const url = "https://made-up.example/v1/events?a=1";
  writeTape(cassette.dir, { url, events: EVENTS });
  const use = await watchNetwork(async () => {
    const result = await cassette.play(() => client.send({ url }));
    expect(result).toMatchObject({ status: 200, ended: true });
    expect(textOf(result.chunks)).toBe(EVENTS.join(""));
  });
  expect(use).toEqual({ connections: 0, lookups: 0 });
});

test.for(SECURE_CLIENTS)("$name misses without asking anybody", async (client) => {
  using cassette = testCassette();
  const use = await watchNetwork(async () => {
    const playing = cassette.play(async () => {
      const result = await client.send({ url: "https://made-up.example/v1/chat/completions", body: "{}" });
      expect(result.status).toBe(400);
      expect(result.headers["x-should-retry"]).toBe("false");
    });
    await expect(playing).rejects.toMatchObject({ name: "CassetteMissError" });
  });
  expect(use).toEqual({ connections: 0, lookups: 0 });
});
