import { HttpResponse, http, passthrough } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLIENTS } from "../../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../../support/provider-server/index.ts";
import { testCassette } from "./taping.ts";
import { seen, textOf } from "./three-ways.ts";

/**
 * Clients that msw sees: it knows requests by the global fetch or by `http.request`, if that was called as a
 * property of its module. Others it sees by chance, on a connection that was opened by one of these.
 */
const SEEN = CLIENTS.filter(
  ({ name, globalFetch }) => globalFetch || ["got stream", "got", "node-fetch"].includes(name),
);

/** A server of msw's, as users have it in their own tests. */
export const userServer = setupServer(
  http.all("https://mocked.example/answer", async ({ request }) =>
    HttpResponse.text(`msw heard ${await request.text()}`, { headers: { "X-From": "msw" } }),
  ),
  http.all("https://mocked.example/failure", () => HttpResponse.error()),
  http.all("http://127.0.0.1:*/lines", () => passthrough()),
);

/** What has to hold whether msw came before us or after us. */
export function describeWithMsw(listen: () => void | Promise<void>): void {
  let server: ProviderServer;
  beforeAll(async () => {
    server = await startProviderServer();
    await listen();
  });
  afterAll(() => server.close());

  test.for(SEEN)("$name: handlers answer before a cassette does", async (client) => {
    using cassette = testCassette();
    const ask = () => client.send({ url: "https://mocked.example/answer", body: "question" });
    const outside = await ask();
    expect(textOf(outside.chunks)).toBe("msw heard question");
    expect(outside.headers["x-from"]).toBe("msw");
    for (const mode of ["record", "play"] as const) {
      await cassette[mode](async ({ requests }) => {
        expect(seen(await ask())).toEqual(seen(outside));
        expect(requests).toEqual([]);
      });
    }
  });

  test.for(SEEN)("$name: handlers fail before a cassette answers", async (client) => {
    using cassette = testCassette();
    const ask = () => client.send({ url: "https://mocked.example/failure", body: "question" });
    const outside = await ask();
    expect(outside.status).toBe(0);
    await cassette.play(async ({ requests }) => {
      expect((await ask()).error?.name).toBe(outside.error?.name);
      expect(requests).toEqual([]);
    });
  });

  test.for(CLIENTS)("$name: requests that handlers pass through are recorded", async (client) => {
    for (const path of ["/lines?count=2", "/bytes?size=10"]) {
      using cassette = testCassette({ include: [server.url] });
      const ask = () => client.send({ url: server.url + path, body: "question" });
      const recorded = await cassette.record(ask);
      expect(recorded.status).toBe(200);
      const before = server.requests.length;
      const replayed = await cassette.play(async ({ requests }) => {
        const result = await ask();
        expect(requests).toHaveLength(1);
        return result;
      });
      expect(seen(replayed)).toEqual(seen(recorded));
      expect(server.requests).toHaveLength(before);
    }
  });

  test.for(SEEN)("$name: a redirect goes on to a handler", async (client) => {
    using cassette = testCassette({ include: [server.url] });
    const to = encodeURIComponent("https://mocked.example/answer");
    const ask = () => client.send({ url: `${server.url}/redirect/307?to=${to}`, body: "question" });
    const recorded = await cassette.record(ask);
    // Node 22's fetch does not send the body of a Request again, which is what axios and msw give it.
    if (recorded.status === 200) expect(textOf(recorded.chunks)).toBe("msw heard question");
    else expect(recorded.error).toBeDefined();
    await cassette.play(async ({ interactions }) => {
      expect(interactions.map(({ response }) => response.status)).toEqual([307]);
      expect(seen(await ask())).toEqual(seen(recorded));
    });
  });

  test("a handler that is added for one test is asked", async () => {
    using cassette = testCassette();
    userServer.use(http.get("https://api.openai.com/v1/models", () => HttpResponse.json({ data: "of msw" })));
    await cassette.play(async ({ requests }) => {
      const response = await fetch("https://api.openai.com/v1/models");
      expect(await response.json()).toEqual({ data: "of msw" });
      expect(requests).toEqual([]);
    });
    userServer.resetHandlers();
  });

  test("a request without a handler and without a recording is a miss", async () => {
    using cassette = testCassette();
    const playing = cassette.play(async () => {
      const response = await fetch("https://api.openai.com/v1/models");
      expect(response.status).toBe(400);
    });
    await expect(playing).rejects.toMatchObject({ name: "CassetteMissError" });
  });

  test("cassettes go on when msw has gone", async () => {
    userServer.close();
    for (const client of CLIENTS) {
      using cassette = testCassette({ include: [server.url] });
      const ask = () => client.send({ url: `${server.url}/lines?count=1`, body: "question" });
      const recorded = await cassette.record(ask);
      expect([client.name, seen(await cassette.play(ask))]).toEqual([client.name, seen(recorded)]);
    }
  });
}
