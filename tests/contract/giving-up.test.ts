import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { CLIENTS, STREAM_CLIENTS } from "../support/clients/index.ts";
import { type ProviderServer, type Script, startProviderServer } from "../support/provider-server/index.ts";
import { chatRequest } from "./support/endings.ts";
import { testCassette } from "./support/taping.ts";
import { expectAllSame, expectSameReplay, threeWays } from "./support/three-ways.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const untilLastIsGone = (): Promise<void> =>
  vi.waitFor(() => expect(server.requests.at(-1)?.outcome).toBe("client-gone"));

describe.for(CLIENTS)("$name", (client) => {
  test("gives up by its signal before there is a response", async () => {
    const stop = { by: "signal", after: "sent" } as const;
    const all = await threeWays(client, server, () => ({
      ...chatRequest(server.url, { headerDelay: 60_000 }),
      stop,
    }));
    expectAllSame(all);
    expect(all.live.error).toBeDefined();
    expect(all.tape[0]?.response).toMatchObject({ status: 0, end: "aborted", chunks: [] });
    expect(all.tape[0]?.response.error).toBeUndefined();
    await untilLastIsGone();
  });

  test("gives up before it sends anything", async () => {
    using cassette = testCassette();
    const signal = AbortSignal.abort();
    await cassette.play(async ({ requests }) => {
      await expect(fetch(chatRequest(server.url).url, { signal })).rejects.toThrow("aborted");
      expect(requests).toEqual([]);
    });
  });
});

describe.for(STREAM_CLIENTS)("$name", (client) => {
  test.for(["signal", "leave"] as const)("gives up an endless stream by %s", async (by) => {
    const stop = { by, after: 4 };
    const all = await threeWays(client, server, () => ({
      ...chatRequest(server.url, { ending: "endless", pace: 2 }),
      stop,
    }));
    expectAllSame(all);
    expect(all.live.chunks).toHaveLength(4);
    const { end, error, chunks } = all.tape[0]?.response ?? {};
    expect([end, error]).toEqual(["aborted", undefined]);
    // One more may have been on its way to the client.
    expect(chunks?.slice(0, 4)).toEqual(all.live.chunks);
    expect(chunks?.length).toBeLessThan(7);
    await untilLastIsGone();
  });

  test.for(["signal", "leave"] as const)("gives up once it has the headers, by %s", async (by, { skip }) => {
    skip(by === "leave" && client.name === "axios, fetch adapter", "its cancel() waits for the next chunk");
    const stop = { by, after: 0 };
    const all = await threeWays(client, server, () => ({
      ...chatRequest(server.url, { ending: "endless", stall: { after: 0, ms: 60_000 } }),
      stop,
    }));
    expectAllSame(all);
    expect(all.live).toMatchObject({ status: 200, chunks: [] });
    expect(all.tape[0]?.response).toMatchObject({ status: 200, end: "aborted", chunks: [] });
    await untilLastIsGone();
  });

  test.for(["signal", "leave"] as const)("gives a whole recording up in its middle, by %s", async (by) => {
    using cassette = testCassette();
    const request = chatRequest(server.url, { pace: 2 });
    const stop = { by, after: 3 };
    const live = await client.send({ ...request, stop });
    await cassette.record(() => client.send(request));
    const replayed = await cassette.play(() => client.send({ ...request, stop }));
    expectSameReplay(replayed, live);
  });

  test("has a whole answer on the tape of which it left the end unread", async () => {
    const stop = { by: "leave", after: 7 } as const;
    const { tape } = await threeWays(client, server, () => ({
      ...chatRequest(server.url, { pace: 2 }),
      stop,
    }));
    expect(tape[0]?.response).toMatchObject({ end: "complete" });
  });
});

test("the part of a response that a client does not read is still recorded", async () => {
  using cassette = testCassette();
  const { url, ...init } = chatRequest(server.url, { pace: 2 });
  await cassette.record(async () => {
    await fetch(url, { method: "POST", ...(init as RequestInit) });
  });
  await cassette.play(async ({ interactions }) => {
    expect(interactions[0]?.response).toMatchObject({ status: 200, end: "complete" });
    expect(interactions[0]?.response.chunks).toHaveLength(7);
    const response = await fetch(url, { method: "POST", ...(init as RequestInit) });
    expect(await response.text()).toContain("[DONE]");
  });
});

const UNANSWERED: readonly (readonly [string, Script, object])[] = [
  ["that is never answered", { headerDelay: 60_000 }, { status: 0, end: "aborted" }],
  ["whose stream never ends", { ending: "endless", pace: 20 }, { status: 200, end: "aborted" }],
  ["whose stream falls silent", { ending: "hang" }, { status: 200, end: "aborted" }],
];
test.concurrent.for(UNANSWERED)(
  "a request %s holds closing up for two seconds at most",
  async ([, script, response], { expect }) => {
    using cassette = testCassette();
    const { url, ...init } = chatRequest(server.url, script);
    const started = performance.now();
    let failed: unknown;
    await cassette.record(async () => {
      const pending = fetch(url, { method: "POST", ...(init as RequestInit) });
      pending.catch((error: unknown) => {
        failed = error;
      });
      if (script.headerDelay === undefined) await pending;
      else await new Promise((resolve) => setTimeout(resolve, 50));
    });
    expect(performance.now() - started).toBeLessThan(4000);
    await cassette.play(
      ({ interactions }) => {
        expect(interactions[0]?.response).toMatchObject(response);
      },
      { unplayed: "ignore" },
    );
    if (script.headerDelay !== undefined) expect(failed).toBeInstanceOf(Error);
  },
);

test.concurrent("a client that reads further than its aborted recording gets an error, and the test fails", async ({
  expect,
}) => {
  using cassette = testCassette();
  const { url, ...init } = chatRequest(server.url, { ending: "endless", pace: 2 });
  const send = (): Promise<Response> => fetch(url, { method: "POST", ...(init as RequestInit) });
  await cassette.record(async () => {
    for await (const _ of (await send()).body ?? []) break;
  });
  const told: unknown[] = [];
  const playing = cassette.play(async () => {
    await (await send()).text().catch((error: unknown) => told.push(error));
  });
  await expect(playing).rejects.toThrow(
    "in the recording, the client aborted after 1 chunks, and now it reads on",
  );
  expect(told).toEqual([expect.any(TypeError)]);
});
