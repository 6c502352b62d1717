import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClientRequest, STREAM_CLIENTS } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { chatRequest } from "./support/endings.ts";
import { testCassette } from "./support/taping.ts";
import { textOf } from "./support/three-ways.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

/**
 * These collect what they have not handed out yet in a stream of their own, from which it comes as one piece;
 * live as well, where the provider is faster than the code that reads.
 */
const JOINS = ["captured fetch", "undici fetch", "got stream"];

describe.concurrent.for(STREAM_CLIENTS)("$name", (client) => {
  test("has headers and chunks at the provider's pace while recording, and at once while replaying", async ({
    expect,
  }) => {
    using cassette = testCassette();
    const request = chatRequest(server.url, { headerDelay: 80, stall: { after: 2, ms: 1500 } });
    const recorded = await cassette.record(() => client.send(request));
    const [headers = 0, first = 0, second = 0, third = 0] = recorded.times;
    expect(headers).toBeGreaterThan(75);
    expect(third - second).toBeGreaterThan(1000);

    await cassette.play(async ({ interactions }) => {
      const timing = interactions[0]?.response.timing;
      // Between what the provider took at least and what the client saw.
      expect(timing?.headers).toBeGreaterThan(75);
      expect(timing?.headers).toBeLessThanOrEqual(headers + 1);
      expect(timing?.chunks[0]).toBeLessThanOrEqual(first + 1);
      expect((timing?.chunks[2] ?? 0) - (timing?.chunks[1] ?? 0)).toBeGreaterThan(1000);
      expect(timing?.chunks[2]).toBeLessThanOrEqual(third + 1);
      const replayed = await client.send(request);
      expect(replayed.times.at(-1)).toBeLessThan(1000);
      expect(replayed.chunks).toEqual(recorded.chunks);
    });
  });

  test("has the headers before the body begins while recording", async ({ expect }) => {
    using cassette = testCassette();
    const request = chatRequest(server.url, { stall: { after: 0, ms: 1500 } });
    const { times } = await cassette.record(() => client.send(request));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1000);
    await cassette.play(async ({ interactions }) => {
      const timing = interactions[0]?.response.timing;
      expect((timing?.chunks[0] ?? 0) - (timing?.headers ?? 0)).toBeGreaterThan(1000);
      await client.send(request);
    });
  });
});

describe.for(STREAM_CLIENTS)("$name", (client) => {
  test("takes no more from the provider than it reads", async () => {
    using cassette = testCassette({ include: [server.url] });
    const request: ClientRequest = {
      url: `${server.url}/bytes?size=8000000`,
      stop: { by: "leave", after: 1 },
    };
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
    await cassette.record(() => client.send({ ...request, onChunk: pause }));
    await cassette.play(async ({ interactions }) => {
      const { end, chunks } = interactions[0]?.response ?? {};
      expect(end).toBe("aborted");
      expect(Buffer.concat(chunks ?? []).length).toBeLessThan(1_000_000);
      await client.send(request);
    });
  });

  test("reads one chunk at a time of a replay, however slow it is", async () => {
    using cassette = testCassette();
    const request = chatRequest(server.url);
    const recorded = await cassette.record(() => client.send(request));
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3));
    const replayed = await cassette.play(() => client.send({ ...request, onChunk: pause }));
    expect(textOf(replayed.chunks)).toBe(textOf(recorded.chunks));
    if (!JOINS.includes(client.name)) expect(replayed.chunks).toEqual(recorded.chunks);
  });
});
