import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS, type Client, type ClientResult } from "../support/clients/index.ts";
import { type ProviderServer, type Script, startProviderServer } from "../support/provider-server/index.ts";
import { chatRequest, EVENTS } from "./support/endings.ts";
import { testCassette } from "./support/taping.ts";
import { textOf } from "./support/three-ways.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

/** One client for each way to read a body: the global fetch, undici and `node:http`. */
const READERS = CLIENTS.filter(({ name }) => ["fetch", "undici request", "node:http"].includes(name));

/** What a client gets of a request that is not recorded. */
const lives = new Map<string, Promise<ClientResult>>();
function liveOf(client: Client, script: Script): Promise<ClientResult> {
  const key = `${client.name} ${script.ending}`;
  const live = lives.get(key) ?? client.send(chatRequest(server.url, script));
  lives.set(key, live);
  return live;
}

describe.for(CLIENTS)("recorded by $name", (recorder) => {
  // All clients play what is recorded in one of the three ways. Other recordings differ only in their headers.
  const players = READERS.includes(recorder) ? CLIENTS : READERS;

  test("a tape plays for other clients", async () => {
    using cassette = testCassette();
    const recorded = await cassette.record(() => recorder.send(chatRequest(server.url)));
    for (const player of players) {
      const replayed = await cassette.play(() => player.send(chatRequest(server.url)));
      expect([player.name, replayed.status, replayed.ended]).toEqual([player.name, 200, true]);
      expect(textOf(replayed.chunks)).toBe(textOf(recorded.chunks));
      if (player.reads === "stream") expect(replayed.chunks).toHaveLength(EVENTS);
    }
  });

  test("an encoded tape plays for other clients", async () => {
    using cassette = testCassette();
    const request = chatRequest(server.url, { encoding: "gzip" });
    await cassette.record(() => recorder.send(request));
    for (const player of players) {
      const replayed = await cassette.play(() => player.send(request));
      expect([player.name, replayed.status, replayed.ended]).toEqual([player.name, 200, true]);
      const bytes = Buffer.concat(replayed.chunks);
      // A body that fetch decoded while recording is not encoded again.
      const encoded = !player.decodes && !recorder.globalFetch;
      if (!player.decodes) expect(replayed.headers["content-encoding"]).toBe(encoded ? "gzip" : undefined);
      expect((encoded ? gunzipSync(bytes) : bytes).toString()).toContain("data: [DONE]\n\n");
    }
  });

  test("a tape of a stream that was cut is cut for other clients", async () => {
    using cassette = testCassette();
    const script: Script = { ending: "cut" };
    const request = chatRequest(server.url, script);
    await cassette.record(() => recorder.send(request));
    for (const player of players) {
      const live = await liveOf(player, script);
      const replayed = await cassette.play(() => player.send(request));
      expect([player.name, replayed.error]).toEqual([player.name, live.error]);
      expect(replayed.chunks).toEqual(live.chunks);
    }
  });

  test("a tape of a reset without a response is a reset for other clients", async () => {
    using cassette = testCassette();
    const script: Script = { ending: "reset-before-headers" };
    const request = chatRequest(server.url, script);
    await cassette.record(() => recorder.send(request));
    for (const player of players) {
      const live = await liveOf(player, script);
      const replayed = await cassette.play(() => player.send(request));
      expect([player.name, replayed.error]).toEqual([player.name, live.error]);
    }
  });
});
