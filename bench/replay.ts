/**
 * Measures how fast a tape plays: sequential JSON responses, and a stream of many chunks, through the global fetch
 * and through sockets. For comparison: the same interceptor with a mocked response, and a live local server.
 *
 *     node bench/replay.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http, { createServer } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FetchInterceptor } from "@mswjs/interceptors/fetch/web";
import type { Interaction, Tape } from "../src/cassette/model.ts";
import { withCassette } from "../src/core.ts";
import { renderTape } from "../src/format/index.ts";
import { type Figure, measure, printFigures } from "./support/figures.ts";

const POSTS = 600;
const CHUNKS = 250;
const STREAMS = 20;

const encoder = new TextEncoder();
const capturedFetch = globalThis.fetch;

const question = (index: number): string =>
  JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: `Question ${index}?` }] });
const answer = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-5-mini",
  choices: [
    { index: 0, message: { role: "assistant", content: "An answer. ".repeat(10) }, finish_reason: "stop" },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 30, total_tokens: 40 },
});
const events = Array.from(
  { length: CHUNKS },
  (_, index) => `data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":" word${index}"}}]}\n\n`,
);
const HOST = "https://api.openai.com/v1/chat/completions";

function interaction(body: string, type: string, chunks: readonly string[], at: number): Interaction {
  const headers = [
    ["content-type", type],
    ["transfer-encoding", "chunked"],
  ] as const;
  return {
    kind: "request",
    at,
    request: {
      method: "POST",
      url: HOST,
      headers: [["content-type", "application/json"]],
      body: encoder.encode(body),
    },
    response: {
      status: 200,
      statusText: "OK",
      headers,
      chunks: chunks.map((chunk) => encoder.encode(chunk)),
      timing: { headers: 300, chunks: chunks.map((_, index) => 310 + index) },
      end: "complete",
    },
  };
}

type Ask = (body: string) => Promise<number>;

async function drain(body: AsyncIterable<Uint8Array> | null): Promise<number> {
  let reads = 0;
  for await (const _ of body ?? []) reads++;
  return reads;
}

const askWith =
  (fetch: typeof globalThis.fetch, url = HOST): Ask =>
  async (body) => {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    return drain(response.body);
  };

const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
const askNode =
  (url: string): Ask =>
  (body) =>
    new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const [client, agent] = url.startsWith("https:") ? [https, agents.https] : [http, agents.http];
      const request = client.request(url, { method: "POST", agent, headers }, (response) =>
        resolve(drain(response)),
      );
      request.on("error", reject);
      request.end(body);
    });

async function posts(ask: Ask): Promise<number> {
  for (let index = 0; index < POSTS; index++) await ask(question(index));
  return POSTS;
}

async function streams(ask: Ask): Promise<number> {
  for (let index = 0; index < STREAMS; index++) {
    const reads = await ask("{}");
    if (reads !== CHUNKS) throw new Error(`Expected ${CHUNKS} reads, got ${reads}.`);
  }
  return STREAMS;
}

const dir = mkdtempSync(join(tmpdir(), "bench-"));
const write = (name: string, interactions: readonly Interaction[]): void => {
  const tape: Tape = { version: 1, interactions };
  writeFileSync(join(dir, `${name}.yaml`), renderTape(tape));
};
write(
  "posts",
  Array.from({ length: POSTS }, (_, at) => interaction(question(at), "application/json", [answer], at)),
);
write("streams", [interaction("{}", "text/event-stream", events, 0)]);
delete process.env.RECORD;

const play = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  withCassette(name, { dir, repeat: "last" }, work);

// Before anything is installed: the live server and the bare interceptor.
const server = createServer((request, response) => {
  request.resume().on("end", () => response.end(answer));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const live = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
const liveFetch = await measure(() => posts(askWith(capturedFetch, live)));
const liveHttp = await measure(() => posts(askNode(live)));

const bare = new FetchInterceptor();
bare.apply();
bare.on("request", ({ controller }) => controller.respondWith(new Response(answer)));
const mocked = await measure(() => posts(askWith((...args) => globalThis.fetch(...args))));
bare.dispose();
const byTurns = await measure(() => streams(async () => drain(new Response(streamOf(events)).body)));

function streamOf(chunks: readonly string[]): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(encoder.encode(chunk));
    },
  });
}

const now: typeof fetch = (...args) => globalThis.fetch(...args);
const figures: Figure[] = [
  { name: "JSON POST, live server, fetch", ...liveFetch },
  { name: "JSON POST, live server, node:http", ...liveHttp },
  { name: "JSON POST, mocked by the bare interceptor, fetch", ...mocked },
  {
    name: "JSON POST, replay, fetch",
    ...(await measure(() => play("posts", () => posts(askWith(now))))),
    beside: [mocked, liveFetch],
  },
  {
    name: "JSON POST, replay, fetch captured before (sockets)",
    ...(await measure(() => play("posts", () => posts(askWith(capturedFetch))))),
    beside: [liveFetch],
  },
  {
    name: "JSON POST, replay, node:https (sockets)",
    ...(await measure(() => play("posts", () => posts(askNode(HOST))))),
    beside: [liveHttp],
  },
  { name: `stream of ${CHUNKS} chunks, a bare Response`, ...byTurns },
  {
    name: `stream of ${CHUNKS} chunks, replay, fetch`,
    ...(await measure(() => play("streams", () => streams(askWith(now))))),
    beside: [byTurns],
  },
  {
    name: `stream of ${CHUNKS} chunks, replay, fetch captured before (sockets)`,
    ...(await measure(() => play("streams", () => streams(askWith(capturedFetch))))),
    beside: [byTurns],
  },
];
printFigures(figures);
agents.http.destroy();
agents.https.destroy();
server.closeAllConnections();
server.close();
rmSync(dir, { recursive: true, force: true });
