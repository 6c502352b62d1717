import http from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

/** Not URL, which Node's own fetch takes from the globals. The server of this test needs them too, so it records first. */
const NAMES = [
  "Buffer",
  "Headers",
  "process",
  "queueMicrotask",
  "ReadableStream",
  "Request",
  "Response",
  "setImmediate",
  "setTimeout",
];

/** Takes a global away while `body` runs, or puts `replacement` in its place. */
async function without<T>(name: string, replacement: unknown, body: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor;
  if (replacement === undefined) Reflect.deleteProperty(globalThis, name);
  else Object.defineProperty(globalThis, name, { value: replacement, configurable: true, writable: true });
  try {
    return await body();
  } finally {
    Object.defineProperty(globalThis, name, before);
  }
}

function broken(): never {
  throw new Error("This replacement is for the code under test alone.");
}

const BODY = JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "hi" }] });
const HEADERS = { "content-type": "application/json" };

async function byFetch(url: string, init?: RequestInit): Promise<number> {
  const { body } = await fetch(url, init);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return length;
    length += value.length;
  }
}

const CLIENTS: Readonly<Record<string, (url: string) => Promise<number>>> = {
  "fetch, GET": (url) => byFetch(url.replace("/v1/chat/completions", "/png")),
  "fetch, POST": (url) => byFetch(url, { method: "POST", headers: HEADERS, body: BODY }),
  "node:http": (url) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { method: "POST", headers: HEADERS }, (response) => {
        let length = 0;
        response.on("data", (chunk: Uint8Array) => {
          length += chunk.length;
        });
        response.on("end", () => resolve(length));
      });
      request.on("error", reject).end(BODY);
    }),
};

/** What others take from the globals: Node's fetch for a body that is a string, and the interceptors at the sockets. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "fetch, POST": ["Buffer", "queueMicrotask", "ReadableStream"],
  "node:http": ["Buffer", "Headers", "process", "Request", "Response", "setImmediate"],
};

const ROWS = Object.keys(CLIENTS).flatMap((client) =>
  NAMES.filter((name) => NEEDED[client]?.includes(name) !== true).flatMap((name) => [
    [name, "deletes", client, undefined] as const,
    [name, "replaces", client, broken] as const,
  ]),
);

test.each(ROWS)(
  "%s: code under test that %s it gets its response: %s",
  async (name, _, client, replacement) => {
    using cassette = testCassette({ include: [server.url] });
    const send = async (): Promise<number> =>
      CLIENTS[client]?.(`${server.url}/v1/chat/completions`) as Promise<number>;
    const sendWithout = async (): Promise<number> => {
      // The cassette restores the environment first.
      await Promise.resolve();
      return without(name, replacement, send);
    };
    const recorded = await cassette.record(send);
    expect(await cassette.play(sendWithout)).toBe(recorded);
  },
  5000,
);
