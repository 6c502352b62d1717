import { expect, test } from "vitest";
import { startProviderServer } from "../support/provider-server/index.ts";
import { createProject } from "../support/run-vitest.ts";

/** Evaluated before anything of ours, as an SDK's module is that keeps the fetch it finds. */
const captured = `export const capturedFetch = globalThis.fetch;`;

const clients = `
import http from "node:http";
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { capturedFetch } from "./captured.ts";

const url = process.env.PROVIDER + "/v1/chat/completions";
const body = (content: string) => JSON.stringify({ model: "gpt-5-mini", stream: true, messages: [{ role: "user", content }] });
const headers = { "content-type": "application/json", authorization: "Bearer sk-test" };

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

test("environment", () => { expect(process.env.ENVIRONMENT === "node" ? undefined : typeof (globalThis as any)[process.env.MARK!]).toBe(process.env.ENVIRONMENT === "node" ? undefined : process.env.MARK_TYPE); });

test("global fetch", async () => {
  const cassette = useCassette();
  const chunks = await read(await fetch(url, { method: "POST", headers, body: body("global") }));
  expect(chunks.join("")).toContain("[DONE]");
  expect(chunks).toEqual(cassette.interactions.find(({ request }) => request.method === "POST")!.response.chunks.map((chunk) => new TextDecoder().decode(chunk)));
});

test("captured fetch", async () => {
  const cassette = useCassette();
  const chunks = await read(await capturedFetch(url, { method: "POST", headers, body: body("captured") }));
  expect(chunks.join("")).toContain("[DONE]");
  expect(chunks).toEqual(cassette.interactions.find(({ request }) => request.method === "POST")!.response.chunks.map((chunk) => new TextDecoder().decode(chunk)));
});

test("node:http", async () => {
  const cassette = useCassette();
  const text = await new Promise<string>((resolve, reject) => {
    const request = http.request(url, { method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => { text += chunk; }).on("end", () => resolve(text)).on("error", reject);
    });
    request.on("error", reject).end(body("http"));
  });
  expect(text).toContain("[DONE]");
  expect(cassette.requests).toHaveLength(1);
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
  expect(cassette.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
});

test("abort", async () => {
  useCassette();
  const controller = new AbortController();
  const response = await fetch(url, { method: "POST", headers, body: body("abort"), signal: controller.signal });
  const reader = response.body!.getReader();
  await reader.read();
  controller.abort();
  await expect((async () => { for (;;) { const { done } = await reader.read(); if (done) break; } })()).rejects.toThrow(/abort/i);
});
`;

test.for([
  { environment: "node", mark: "", type: "undefined" },
  { environment: "jsdom", mark: "document", type: "object" },
  { environment: "happy-dom", mark: "happyDOM", type: "object" },
  { environment: "edge-runtime", mark: "EdgeRuntime", type: "string" },
])(
  "every client of the $environment environment is recorded and replayed",
  { timeout: 60_000 },
  async ({ environment, mark, type }) => {
    // A page's own origin rules apply in a DOM: the provider has to allow it.
    const cors = [
      ["access-control-allow-origin", "*"],
      ["access-control-allow-headers", "*"],
    ] as const;
    const server = await startProviderServer({ script: { pace: 2, headers: cors } });
    using project = createProject({ files: { "captured.ts": captured, "clients.test.ts": clients } });
    const env = { PROVIDER: server.url, ENVIRONMENT: environment, MARK: mark, MARK_TYPE: type };
    const args = [`--environment=${environment}`];
    const recorded = await project.run({ args, env: { ...env, RECORD: "1" } });
    expect(recorded.failures).toEqual({});
    await server.close();
    const replayed = await project.run({ args, env });
    expect(replayed.failures).toEqual({});
    expect(replayed.status, replayed.output).toBe(0);
  },
);
