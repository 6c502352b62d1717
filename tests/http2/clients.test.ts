import got from "got";
import { Agent, request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { watchTraffic } from "../../src/interception/watch-traffic.ts";
import { testCassette } from "../contract/support/taping.ts";
import { trustCertificate } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";

let server: ProviderServer;
let trusted: boolean;
beforeAll(async () => {
  server = await startProviderServer({ tls: true, http2: true });
  trusted = trustCertificate(server.certificate ?? "");
  // The plugin does so before a test file runs.
  watchTraffic();
});
afterAll(() => server.close());

const BODY = { model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: "Tell a joke" }] };

interface Answer {
  readonly status: number;
  readonly chunks: readonly string[];
}

async function read(status: number, body: AsyncIterable<unknown>): Promise<Answer> {
  const chunks: string[] = [];
  for await (const chunk of body) chunks.push(String(chunk));
  return { status, chunks };
}

async function askByGot(): Promise<Answer> {
  const stream = got.stream.post(`${server.url}/v1/chat/completions`, {
    http2: true,
    json: BODY,
    retry: { limit: 0 },
    throwHttpErrors: false,
  });
  const chunks: string[] = [];
  let status = 0;
  stream.on("response", (response: { statusCode: number }) => {
    status = response.statusCode;
  });
  for await (const chunk of stream) chunks.push(String(chunk));
  return { status, chunks };
}

async function askByUndici(options: Agent.Options): Promise<Answer> {
  const dispatcher = new Agent({ allowH2: true, ...options });
  const { statusCode, body } = await request(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(BODY),
    dispatcher,
  });
  const answer = await read(statusCode, body);
  await dispatcher.close();
  return answer;
}

const CLIENTS: readonly (readonly [string, () => Promise<Answer>])[] = [
  ["got with http2", askByGot],
  ["undici with allowH2", () => askByUndici({})],
  ["undici that prefers HTTP/2", () => askByUndici({ connect: { preferH2: true } as object })],
];

test.for(CLIENTS)("%s gets the same chunks live, recorded and replayed", async ([, ask], { skip }) => {
  skip(!trusted, "this Node cannot be told to trust a certificate while it runs");
  using cassette = testCassette();
  const live = await ask();
  expect(live.status).toBe(200);
  expect(live.chunks.length).toBeGreaterThan(3);
  expect(await cassette.record(ask)).toEqual(live);
  const { acceptedConnections } = server;
  expect(await cassette.play(ask)).toEqual(live);
  expect(server.acceptedConnections).toBe(acceptedConnections);
});

test.for(CLIENTS)("%s gets a miss for what is not on the tape", async ([, ask], { skip }) => {
  skip(!trusted, "this Node cannot be told to trust a certificate while it runs");
  using cassette = testCassette();
  const { acceptedConnections } = server;
  await expect(cassette.play(ask)).rejects.toMatchObject({ code: "CASSETTE_MISS" });
  expect(server.acceptedConnections).toBe(acceptedConnections);
});
