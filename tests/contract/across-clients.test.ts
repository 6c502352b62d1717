import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { chatRequest, EVENTS } from "./support/endings.ts";
import { testCassette } from "./support/taping.ts";
import { textOf } from "./support/three-ways.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

describe.for(CLIENTS)("recorded by $name", (recorder) => {
  test("a tape plays for every other client", async () => {
    using cassette = testCassette();
    const recorded = await cassette.record(() => recorder.send(chatRequest(server.url)));
    for (const player of CLIENTS) {
      const replayed = await cassette.play(() => player.send(chatRequest(server.url)));
      expect([player.name, replayed.status, replayed.ended]).toEqual([player.name, 200, true]);
      expect(textOf(replayed.chunks)).toBe(textOf(recorded.chunks));
      if (player.reads === "stream") expect(replayed.chunks).toHaveLength(EVENTS);
    }
  });

  test("an encoded tape plays for every other client", async () => {
    using cassette = testCassette();
    const request = chatRequest(server.url, { encoding: "gzip" });
    await cassette.record(() => recorder.send(request));
    for (const player of CLIENTS) {
      const replayed = await cassette.play(() => player.send(request));
      expect([player.name, replayed.status, replayed.ended]).toEqual([player.name, 200, true]);
      const bytes = Buffer.concat(replayed.chunks);
      // What is left of a body that fetch has decoded is given out as what it is.
      const encoded = !player.decodes && !recorder.globalFetch;
      if (!player.decodes) expect(replayed.headers["content-encoding"]).toBe(encoded ? "gzip" : undefined);
      expect((encoded ? gunzipSync(bytes) : bytes).toString()).toContain("data: [DONE]\n\n");
    }
  });

  test("a tape that was cut is cut for every other client", async () => {
    using cassette = testCassette();
    const request = chatRequest(server.url, { ending: "cut" });
    await cassette.record(() => recorder.send(request));
    for (const player of CLIENTS) {
      const live = await player.send(request);
      const replayed = await cassette.play(() => player.send(request));
      expect([player.name, replayed.error]).toEqual([player.name, live.error]);
      expect(replayed.chunks).toEqual(live.chunks);
    }
  });

  test("a tape of a reset without a response is one for every other client", async () => {
    using cassette = testCassette();
    const request = chatRequest(server.url, { ending: "reset-before-headers" });
    await cassette.record(() => recorder.send(request));
    for (const player of CLIENTS) {
      const live = await player.send(request);
      const replayed = await cassette.play(() => player.send(request));
      expect([player.name, replayed.error]).toEqual([player.name, live.error]);
    }
  });
});
