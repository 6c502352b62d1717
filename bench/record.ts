/**
 * Measures what recording costs a client: JSON responses and a stream of many chunks from a local server, with
 * and without a cassette. The time to write the tape at the end of a test is measured separately.
 *
 *     node bench/record.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { withCassette } from "../src/core.ts";
import { type Figure, measure, printFigures } from "./support/figures.ts";

const POSTS = 200;
const CHUNKS = 250;
const STREAMS = 10;

const answer = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-5-mini",
  choices: [
    { index: 0, message: { role: "assistant", content: "An answer. ".repeat(10) }, finish_reason: "stop" },
  ],
});
const events = Array.from(
  { length: CHUNKS },
  (_, index) => `data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":" word${index}"}}]}\n\n`,
);

const server = http.createServer((request, response) => {
  request
    .resume()
    .on("end", () => (request.url === "/v1/responses" ? stream(response) : response.end(answer)));
});

/** Sends one chunk per turn of the event loop. */
function stream(response: http.ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  let next = 0;
  const write = (): void => {
    const event = events[next++];
    if (event === undefined) response.end();
    else {
      response.write(event);
      setImmediate(write);
    }
  };
  write();
}

await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

type Ask = (path: string, body: string) => Promise<void>;

const askFetch: Ask = async (path, body) => {
  const response = await fetch(origin + path, { method: "POST", body });
  for await (const _ of response.body ?? []);
};

const agent = new http.Agent({ keepAlive: true });
const askNode: Ask = (path, body) =>
  new Promise((resolve, reject) => {
    const headers = { "content-length": Buffer.byteLength(body) };
    const request = http.request(origin + path, { method: "POST", agent, headers }, (response) => {
      response.resume().on("end", resolve);
    });
    request.on("error", reject);
    request.end(body);
  });

async function posts(ask: Ask): Promise<number> {
  for (let index = 0; index < POSTS; index++) await ask("/v1/chat/completions", `{"question":${index}}`);
  return POSTS;
}

async function streams(ask: Ask): Promise<number> {
  for (let index = 0; index < STREAMS; index++) await ask("/v1/responses", `{"question":${index}}`);
  return STREAMS;
}

const dir = mkdtempSync(join(tmpdir(), "bench-"));
const written = new Map<string, number>();
Object.assign(process.env, { RECORD: "1", RECORD_ON_CI: "1" });

/** The work alone; closing the cassette is timed apart. */
async function taped(name: string, work: () => Promise<number>): Promise<{ each: number }> {
  return measure(async () => {
    let count = 0;
    let done = 0;
    await withCassette(name, { dir }, async () => {
      count = await work();
      done = performance.now();
    });
    const closing = performance.now() - done;
    written.set(name, Math.min(closing, written.get(name) ?? Number.POSITIVE_INFINITY));
    return { count, paused: closing };
  });
}

const live = {
  postsFetch: await measure(() => posts(askFetch)),
  postsNode: await measure(() => posts(askNode)),
  streamsFetch: await measure(() => streams(askFetch)),
  streamsNode: await measure(() => streams(askNode)),
};
const figures: Figure[] = [
  { name: "JSON POST, live, fetch", ...live.postsFetch },
  {
    name: "JSON POST, recorded, fetch",
    ...(await taped("a", () => posts(askFetch))),
    beside: [live.postsFetch],
  },
  { name: "JSON POST, live, node:http", ...live.postsNode },
  {
    name: "JSON POST, recorded, node:http",
    ...(await taped("b", () => posts(askNode))),
    beside: [live.postsNode],
  },
  { name: `stream of ${CHUNKS} chunks, live, fetch`, ...live.streamsFetch },
  {
    name: `stream of ${CHUNKS} chunks, recorded, fetch`,
    ...(await taped("c", () => streams(askFetch))),
    beside: [live.streamsFetch],
  },
  { name: `stream of ${CHUNKS} chunks, live, node:http`, ...live.streamsNode },
  {
    name: `stream of ${CHUNKS} chunks, recorded, node:http`,
    ...(await taped("d", () => streams(askNode))),
    beside: [live.streamsNode],
  },
];
printFigures(figures);
console.log(`writing a tape of ${POSTS} JSON answers: ${written.get("a")?.toFixed(1)} ms`);
console.log(`writing a tape of ${STREAMS} streams of ${CHUNKS} chunks: ${written.get("c")?.toFixed(1)} ms`);
agent.destroy();
server.closeAllConnections();
server.close();
rmSync(dir, { recursive: true, force: true });
