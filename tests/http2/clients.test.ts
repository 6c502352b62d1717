import got from "got";
import { Agent, request } from "undici";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { watchTraffic } from "../../src/interception/watch-traffic.ts";
import { testCassette } from "../contract/support/taping.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";

let secure: ProviderServer;
let plain: ProviderServer;
let http1: ProviderServer;
let http2: ProviderServer;
beforeAll(async () => {
  [secure, plain, http1, http2] = await Promise.all([
    startProviderServer({ tls: true, http2: true }),
    startProviderServer({ http2: true }),
    startProviderServer({ tls: true }),
    startProviderServer({ tls: true, http2: "only" }),
  ]);
  // The plugin does so before a test file runs.
  watchTraffic();
});
afterAll(() => Promise.all([secure, plain, http1, http2].map((server) => server.close())));

const BODY = { model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: "Tell a joke" }] };

interface Answer {
  readonly status: number | undefined;
  readonly chunks: readonly string[];
}

async function askByGot({ url, certificate }: ProviderServer): Promise<Answer> {
  const stream = got.stream.post(`${url}/v1/chat/completions`, {
    http2: true,
    json: BODY,
    retry: { limit: 0 },
    throwHttpErrors: false,
    https: { certificateAuthority: certificate },
  });
  const chunks: string[] = [];
  for await (const chunk of stream) chunks.push(String(chunk));
  return { status: stream.response?.statusCode, chunks };
}

async function askByUndici({ url, certificate }: ProviderServer, options: object = {}): Promise<Answer> {
  const dispatcher = new Agent({ allowH2: true, connect: { ca: certificate, ...options }, ...options });
  const { statusCode, body } = await request(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(BODY),
    dispatcher,
  });
  const chunks: string[] = [];
  for await (const chunk of body) chunks.push(String(chunk));
  await dispatcher.close();
  return { status: statusCode, chunks };
}

interface Case {
  readonly name: string;
  readonly server: () => ProviderServer;
  readonly ask: (server: ProviderServer) => Promise<Answer>;
}

const CASES: readonly Case[] = [
  { name: "got with http2", server: () => secure, ask: askByGot },
  { name: "got with http2 at a server without it", server: () => http1, ask: askByGot },
  { name: "undici with allowH2", server: () => secure, ask: (server) => askByUndici(server) },
  {
    name: "undici with allowH2 at a server without HTTP/1.1",
    server: () => http2,
    ask: (server) => askByUndici(server),
  },
  {
    name: "undici that prefers HTTP/2",
    server: () => secure,
    ask: (server) => askByUndici(server, { preferH2: true }),
  },
  {
    name: "undici with HTTP/2 without TLS",
    server: () => plain,
    ask: (server) => askByUndici(server, { useH2c: true }),
  },
];

test.for(CASES)("$name gets the same chunks recorded, live and replayed", async ({ server, ask }) => {
  using cassette = testCassette();
  const recorded = await cassette.record(() => ask(server()));
  expect(recorded.status).toBe(200);
  expect(recorded.chunks.length).toBeGreaterThan(3);
  expect(await ask(server())).toEqual(recorded);
  const { acceptedConnections } = server();
  expect(await cassette.play(() => ask(server()))).toEqual(recorded);
  expect(server().acceptedConnections).toBe(acceptedConnections);
});

test.for(CASES)("$name gets a miss in CI for an unrecorded request", async ({ server, ask }) => {
  vi.stubEnv("CI", "1");
  using cassette = testCassette();
  const { acceptedConnections } = server();
  await expect(cassette.play(() => ask(server()))).rejects.toMatchObject({ code: "CASSETTE_MISS" });
  expect(server().acceptedConnections).toBe(acceptedConnections);
  vi.unstubAllEnvs();
});
