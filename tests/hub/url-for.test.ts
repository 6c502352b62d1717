import { AsyncLocalStorage } from "node:async_hooks";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { urlFor } from "../../src/interception/hub/url-for.ts";
import { chatRequest, ENDINGS, EVENTS } from "../contract/support/endings.ts";
import { testCassette } from "../contract/support/taping.ts";
import { expectAllSame, expectOnTape, threeWays } from "../contract/support/three-ways.ts";
import { send, startHttp2Server, withSession } from "../http2/support.ts";
import type { Client } from "../support/clients/index.ts";
import { nodeHttpClient } from "../support/clients/node-http-clients.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";

const outsideAnyTest = AsyncLocalStorage.snapshot();

let server: ProviderServer;
let printed: MockInstance<typeof console.warn>;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());
beforeEach(() => {
  printed = vi.spyOn(console, "warn").mockReturnValue(undefined);
});
afterEach(() => printed.mockRestore());

/** A client whose base URL is one of the hub. */
const client: Client = {
  ...nodeHttpClient,
  send(request) {
    const url = urlFor(request.url);
    return outsideAnyTest(() => nodeHttpClient.send({ ...request, url }));
  },
};

// Only a chunked body has boundaries that any client sees.
test.for(ENDINGS.filter(({ name }) => !name.startsWith("a stream of known length")))(
  "gets $name the same way live, recorded and replayed",
  async (ending) => {
    const all = await threeWays(client, server, () => ending.request(server.url));
    expectAllSame(all);
    expectOnTape(all, ending, client);
    expect(all.tape[0]?.response.chunks).toHaveLength(ending.chunks);
  },
);

test("HTTP/2 is recorded and replayed, with its trailers", async () => {
  const provider = await startHttp2Server((stream, headers) => {
    stream.respond({ ":status": 200, "content-type": "text/plain" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "2" }));
    stream.write(`from ${headers[":path"]}`);
    setTimeout(() => stream.end("the end"), 5);
  });
  using cassette = testCassette({ include: [provider.url] });
  const ask = () => {
    const { origin, pathname } = new URL(urlFor(`${provider.url}/v1?a=b`));
    return outsideAnyTest(() =>
      withSession(origin, (session) => send(session, { ":path": `${pathname}?a=b` })),
    );
  };
  const recorded = await cassette.record(ask);
  expect(recorded).toMatchObject({
    status: 200,
    chunks: ["from /v1?a=b", "the end"],
    trailers: { "x-sum": "2" },
  });
  await provider.close();
  expect(await cassette.play(ask)).toEqual(recorded);
});

/** Asks for a streamed completion, and returns the text. Runs in another process or thread. */
const ASK = `
const ask = async (base, { headers, body }) => {
  const response = await fetch(base + "/chat/completions", { method: "POST", headers, body });
  return { status: response.status, text: await response.text() };
};
`;

interface Told {
  readonly status: number;
  readonly text: string;
}

async function askInProcess(base: string, request: unknown): Promise<Told> {
  const code = `${ASK} ask(process.env.OPENAI_BASE_URL, JSON.parse(process.argv[1])).then((told) => console.log(JSON.stringify(told)));`;
  const env = { ...process.env, OPENAI_BASE_URL: base };
  const child = spawn(process.execPath, ["-e", code, JSON.stringify(request)], { env });
  let out = "";
  for await (const part of child.stdout) out += String(part);
  return JSON.parse(out) as Told;
}

async function askInThread(base: string, request: unknown): Promise<Told> {
  const code = `${ASK} const { workerData: [base, request], parentPort } = require("node:worker_threads");
    ask(base, request).then((told) => parentPort.postMessage(told));`;
  const worker = new Worker(code, { eval: true, workerData: [base, request] });
  return (await once(worker, "message"))[0] as Told;
}

test.for([
  ["a child process", askInProcess],
  ["a worker thread", askInThread],
] as const)("what %s sends is recorded and replayed", async ([, ask]) => {
  const provider = await startProviderServer();
  using cassette = testCassette({ include: [provider.url], ignore: ["worker:"] });
  const { headers, body } = chatRequest(provider.url);
  const base = `${provider.url}/v1`;
  const recorded = await cassette.record(() => ask(urlFor(base), { headers, body }));
  expect(recorded).toMatchObject({ status: 200, text: expect.stringContaining("[DONE]") });
  await provider.close();
  await cassette.play(async ({ interactions }) => {
    expect(interactions.map(({ request }) => request.url)).toEqual([`${base}/chat/completions`]);
    expect(interactions[0]?.response.chunks).toHaveLength(EVENTS);
    expect(await ask(urlFor(base), { headers, body })).toEqual(recorded);
  });
  expect(printed).not.toHaveBeenCalled();
});

const get = (url: string): Promise<Response> => outsideAnyTest(() => fetch(url));

test("each concurrent test gets the requests to its own URLs", async () => {
  const cassettes = [0, 1, 2].map(() => testCassette({ include: [server.url] }));
  await Promise.all(
    cassettes.map((cassette, index) =>
      cassette.record(async ({ requests }) => {
        for (const path of ["a", "b"]) await get(urlFor(`${server.url}/echo?test=${index}&${path}`));
        expect(requests.map(({ url }) => url.replace(/.*\?/, ""))).toEqual([
          `test=${index}&a`,
          `test=${index}&b`,
        ]);
      }),
    ),
  );
  for (const cassette of cassettes) cassette[Symbol.dispose]();
});

test("an unrecorded request is a miss, and an ignored one passes through", async () => {
  using cassette = testCassette({ include: [server.url] });
  const missed = cassette.play(async () =>
    expect((await get(urlFor(`${server.url}/echo`))).status).toBe(400),
  );
  await expect(missed).rejects.toMatchObject({ code: "CASSETTE_MISS" });
  await cassette.play(
    async ({ bypassed }) => {
      expect((await get(urlFor(`${server.url}/echo`))).status).toBe(200);
      expect(bypassed).toEqual([]);
    },
    { ignore: [server.url] },
  );
});

test("after its test, a URL answers that the cassette is closed", async () => {
  using cassette = testCassette({ include: [server.url] });
  const before = server.requests.length;
  const url = await cassette.record(() => urlFor(`${server.url}/echo`));
  const response = await get(url);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("its cassette is closed");
  expect(server.requests).toHaveLength(before);
});

test("only a whole URL can be replaced", () => {
  for (const url of ["/v1", "api.openai.com/v1", "ws://api.openai.com"]) {
    expect(() => urlFor(url)).toThrow("Give it one such as https://api.openai.com/v1.");
  }
});
