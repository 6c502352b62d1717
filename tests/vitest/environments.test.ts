import { beforeAll, expect, test } from "vitest";
import { startProviderServer } from "../support/provider-server/index.ts";
import { createProject, type RunResult } from "../support/run-vitest.ts";

/** Evaluated before anything of ours, as an SDK's module is that keeps the fetch it finds. */
const CAPTURED = `export const capturedFetch = globalThis.fetch;`;

/** What every file of a worker does. */
const BASIC = `
import http from "node:http";
import { expect, test, vi } from "vitest";
import { useCassette } from "vitest-cassette";
import { capturedFetch } from "./captured.ts";

const url = process.env.PROVIDER + "/v1/chat/completions";
const body = (content: string) => JSON.stringify({ model: "gpt-5-mini", stream: true, messages: [{ role: "user", content }] });
const headers = { "content-type": "application/json", authorization: "Bearer sk-test" };
const init = (content: string) => ({ method: "POST", headers, body: body(content) });

async function read(response: Response): Promise<string[]> {
  const chunks: string[] = [];
  const decoder = new TextDecoder();
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    chunks.push(decoder.decode(value, { stream: true }));
  }
}

function recordedChunks(cassette: ReturnType<typeof useCassette>): string[] {
  return cassette.interactions.at(-1)!.response.chunks.map((chunk) => new TextDecoder().decode(chunk));
}

function byNodeHttp(content: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => { text += chunk; }).on("end", () => resolve(text)).on("error", reject);
    });
    request.on("error", reject).end(body(content));
  });
}

test("environment", () => {
  const found = "happyDOM" in globalThis ? "happy-dom" : "EdgeRuntime" in globalThis ? "edge-runtime" : "document" in globalThis ? "jsdom" : "node";
  expect(found).toBe(process.env.ENVIRONMENT);
});

test("global fetch", async () => {
  const cassette = useCassette();
  const chunks = await read(await fetch(url, init("global")));
  expect(chunks.join("")).toContain("[DONE]");
  expect(chunks).toEqual(recordedChunks(cassette));
  expect(cassette.requests).toHaveLength(1);
  expect(cassette.interactions).toHaveLength(1);
});

test("captured fetch", async () => {
  const cassette = useCassette();
  const chunks = await read(await capturedFetch(url, init("captured")));
  expect(chunks.join("")).toContain("[DONE]");
  expect(chunks).toEqual(recordedChunks(cassette));
});

test("node:http", async () => {
  const cassette = useCassette();
  expect(await byNodeHttp("http")).toContain("[DONE]");
  expect(cassette.requests).toHaveLength(1);
});

`;

/** What only the first file of a worker does. */
const MORE = `
import OpenAI from "openai";

test("openai", async () => {
  const cassette = useCassette();
  const client = new OpenAI({ apiKey: "sk-test", baseURL: process.env.PROVIDER + "/v1", dangerouslyAllowBrowser: true });
  const stream = await client.chat.completions.create({ model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: "openai" }] });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
  expect(text).not.toBe("");
  // happy-dom does not tell its source that the SDK cancels: a recording ends with the server's response.
  const trace = await vi.waitFor(() => cassette.stream());
  expect(trace.text).toBe(text);
});

test.skipIf(typeof XMLHttpRequest === "undefined")("XMLHttpRequest", async () => {
  const cassette = useCassette();
  const text = await new Promise<string>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("content-type", "application/json");
    request.onload = () => resolve(request.responseText);
    request.onerror = () => reject(new Error("XMLHttpRequest failed"));
    request.send(body("xhr"));
  });
  expect(text).toContain("[DONE]");
  expect(cassette.requests).toHaveLength(1);
});

test("abort", async () => {
  useCassette();
  const controller = new AbortController();
  const response = await fetch(url, { ...init("abort"), signal: controller.signal });
  const reader = response.body!.getReader();
  await reader.read();
  controller.abort();
  await expect((async () => { for (;;) { const { done } = await reader.read(); if (done) break; } })()).rejects.toThrow(/abort/i);
});

// Sending by Node's fetch needs queueMicrotask, and so does every fetch of edge-runtime: with a fake they never answer,
// with or without a cassette.
function fakeTimers(): void {
  const names = ["setTimeout", "setImmediate", "setInterval", "Date", "queueMicrotask"];
  if (process.env.RECORD || "EdgeRuntime" in globalThis) names.pop();
  vi.useFakeTimers({ toFake: names.filter((name) => name in globalThis) as never });
}

test("fake timers", async () => {
  const cassette = useCassette();
  fakeTimers();
  try {
    expect((await read(await fetch(url, init("fake")))).join("")).toContain("[DONE]");
    expect(cassette.requests).toHaveLength(1);
  } finally { vi.useRealTimers(); }
});

test("fake timers: node:http", async () => {
  const cassette = useCassette();
  fakeTimers();
  try {
    expect(await byNodeHttp("fake http")).toContain("[DONE]");
    expect(cassette.requests).toHaveLength(1);
  } finally { vi.useRealTimers(); }
});

test("spied before", async () => {
  const spy = vi.spyOn(globalThis, "fetch");
  const cassette = useCassette();
  expect((await read(await fetch(url, init("spied before")))).join("")).toContain("[DONE]");
  expect(spy).toHaveBeenCalledTimes(1);
  expect(cassette.requests).toHaveLength(1);
  spy.mockRestore();
});

test("spied after", async () => {
  const cassette = useCassette();
  const spy = vi.spyOn(globalThis, "fetch");
  expect((await read(await fetch(url, init("spied after")))).join("")).toContain("[DONE]");
  expect(spy).toHaveBeenCalledTimes(1);
  expect(cassette.requests).toHaveLength(1);
  spy.mockRestore();
  expect((await read(await fetch(url, init("spied after, restored")))).join("")).toContain("[DONE]");
  expect(cassette.requests).toHaveLength(2);
});
`;

/** A cassette that is recorded in node, and replayed everywhere. */
const SHARED = `
test.skipIf(process.env.RECORD && process.env.ENVIRONMENT !== "node")("recorded in node", async () => {
  const cassette = useCassette("shared");
  const response = await fetch(process.env.PROVIDER_WITHOUT_CORS + "/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-test", "x-custom": "1" },
    body: JSON.stringify({ model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: "shared" }] }),
  });
  expect(await response.text()).toContain("[DONE]");
  expect(cassette.requests.map(({ method }) => method)).toEqual(["POST"]);
  expect(cassette).toBeFullyPlayed();
});
`;

interface Row {
  readonly name: string;
  readonly pool: string;
  readonly environment: string;
  readonly dir: string;
  readonly files: readonly string[];
}

/**
 * Environments by pool: a project of Vitest each. `forks` and `threads` set up environments with the same code, and so
 * do the two vm pools: every environment is in one of each pair. Other whole runs are in `forks` with `node`.
 */
const POOLS: Readonly<Record<string, readonly string[]>> = {
  forks: ["jsdom", "happy-dom", "edge-runtime"],
  threads: ["node"],
  vmThreads: ["jsdom", "happy-dom", "edge-runtime"],
  vmForks: ["node"],
};

const ROWS: readonly Row[] = Object.entries(POOLS).flatMap(([pool, environments]) =>
  environments.map((environment) => ({
    name: `${pool} ${environment}`,
    pool,
    environment,
    dir: `cassettes/${pool}-${environment}`,
    files: filesOf(pool, environment).map((file) => `clients-${file}.test.ts`),
  })),
);

/** Only a worker of a vm pool runs a second file. Node's own globals and those of a DOM differ there. */
function filesOf(pool: string, environment: string): readonly string[] {
  // The short one: no cassette opens in it.
  if (isRefused(pool, environment)) return ["b"];
  return pool.startsWith("vm") && /node|jsdom/.test(environment) ? ["a", "b"] : ["a"];
}

/** The globals of edge-runtime cannot be patched there. */
function isRefused(pool: string, environment: string): boolean {
  return pool.startsWith("vm") && environment === "edge-runtime";
}

const CONFIG = `
import { defineConfig } from "vitest/config";
import { cassette } from "vitest-cassette/plugin";

export default defineConfig({
  test: {
    projects: ${JSON.stringify(ROWS)}.map(({ name, pool, environment, dir, files }) => ({
      plugins: [cassette({ dir })],
      test: { name, pool, environment, include: files, env: { ENVIRONMENT: environment }, testTimeout: 60_000 },
    })),
  },
});
`;

const REFUSED = ROWS.filter(({ pool, environment }) => isRefused(pool, environment));
const PATCHED = ROWS.filter((row) => !REFUSED.includes(row));

let recorded: RunResult;
let replayed: RunResult;

beforeAll(async () => {
  // A page's own origin rules apply in a DOM: the provider has to allow it while recording.
  const cors = [
    ["access-control-allow-origin", "*"],
    ["access-control-allow-headers", "*"],
  ] as const;
  await using server = await disposable({ script: { pace: 2, headers: cors } });
  await using plain = await disposable({ script: { pace: 2 } });
  using project = createProject({
    files: {
      "vitest.config.ts": CONFIG,
      "captured.ts": CAPTURED,
      "clients-a.test.ts": BASIC + MORE + SHARED,
      "clients-b.test.ts": BASIC,
    },
  });
  const env = { PROVIDER: server.url, PROVIDER_WITHOUT_CORS: plain.url };
  const args = ["--maxWorkers=2"];
  recorded = await project.run({ args, env: { ...env, RECORD: "1" } });
  await Promise.all([server.close(), plain.close()]);
  const shared = project.read("cassettes/threads-node/shared.yaml");
  for (const { dir } of ROWS) project.write(`${dir}/shared.yaml`, shared);
  replayed = await project.run({ args, env });
}, 400_000);

async function disposable(options: Parameters<typeof startProviderServer>[0]) {
  const server = await startProviderServer(options);
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}

/** The failed tests of a project, with their files. */
function failedIn({ output }: RunResult, { name }: Row): readonly string[] {
  return output.split("\n").filter((line) => line.startsWith(` FAIL  |${name}| `));
}

test.each(PATCHED)("$name: every client is recorded and replayed", (row) => {
  for (const run of [recorded, replayed]) {
    for (const file of row.files) expect(run.output).toContain(` |${row.name}| ${file} (`);
    expect(failedIn(run, row), run.output).toEqual([]);
  }
});

test.each(REFUSED)("$name: every cassette is refused, and no test that opens one passes", (row) => {
  for (const run of [recorded, replayed]) {
    // All but the test of the environment itself.
    expect(failedIn(run, row)).toHaveLength(3);
    expect(run.output).toContain(
      "CassetteError: Failed to open a cassette: the edge-runtime environment does not allow it in the pools vmThreads and vmForks.",
    );
  }
});

test("no environment has an unhandled error", () => {
  for (const { output } of [recorded, replayed]) expect(output).not.toContain("Unhandled");
});
