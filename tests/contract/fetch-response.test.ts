import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capturedFetch } from "../support/clients/captured-fetch.ts";
import { type ProviderServer, scriptHeaders, startProviderServer } from "../support/provider-server/index.ts";
import { CHAT } from "./support/endings.ts";
import { testCassette } from "./support/taping.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

async function readAll(stream: ReadableStream<Uint8Array> | null): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of stream ?? []) parts.push(Buffer.from(part).toString("latin1"));
  return parts;
}

async function byob(response: Response, size: number): Promise<unknown> {
  const reader = response.body?.getReader({ mode: "byob" });
  const lengths: number[] = [];
  let text = "";
  for (;;) {
    const { done, value } = (await reader?.read(new Uint8Array(size))) ?? { done: true, value: undefined };
    text += Buffer.from(value ?? []).toString("latin1");
    if (done) return { text, lengths, last: value?.length };
    lengths.push(value.length);
  }
}

async function failure(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return "none";
  } catch (error) {
    return [(error as Error).name, (error as Error).message];
  }
}

/** Ways to use a `Response`, each told as a value. */
const WAYS: readonly (readonly [name: string, use: (response: Response) => unknown])[] = [
  ["text", (response) => response.text()],
  ["arrayBuffer", async (response) => Buffer.from(await response.arrayBuffer()).toString("base64")],
  ["bytes", async (response) => Buffer.from(await response.bytes()).toString("base64")],
  [
    "blob",
    async (response) => {
      const { type, size } = await response.blob();
      return [type, size];
    },
  ],
  ["json", (response) => failure(() => response.json())],
  ["a loop", (response) => readAll(response.body)],
  [
    "a decoder stream",
    async (response) => {
      const stream = response.body?.pipeThrough(new TextDecoderStream());
      const parts: string[] = [];
      for await (const part of stream ?? []) parts.push(part);
      return parts;
    },
  ],
  [
    "tee",
    async (response) => {
      const [one, other] = response.body?.tee() ?? [null, null];
      return [await readAll(one), await readAll(other)];
    },
  ],
  [
    "clone",
    async (response) => {
      const copy = response.clone();
      const { url, type, status, ok, redirected } = copy;
      return [url, type, status, ok, redirected, await readAll(copy.body), await response.text()];
    },
  ],
  [
    "a copy of a clone",
    async (response) => (await response.clone().clone().text()) === (await response.text()),
  ],
  ["a reader of one's own buffers", (response) => byob(response, 65_536)],
  ["a reader of small buffers of one's own", (response) => byob(response, 100)],
  [
    "a second reading",
    async (response) => {
      await response.text();
      return [response.bodyUsed, await failure(() => response.text()), await failure(() => response.clone())];
    },
  ],
  [
    "cancel",
    async (response) => {
      await response.body?.cancel();
      return [response.bodyUsed, await failure(() => response.text())];
    },
  ],
  ["a Response around its body", (response) => new Response(response.body, response).text()],
  [
    "what it is",
    (response) => [
      response instanceof Response,
      Object.prototype.toString.call(response),
      response.constructor.name === "Response" || response.constructor.name,
      response.body instanceof ReadableStream,
      response.headers instanceof Headers,
      response.headers.get("CONTENT-TYPE"),
      [...response.headers.keys()].filter((name) => name !== "content-encoding").toSorted(),
    ],
  ],
  ["headers that cannot be changed", (response) => failure(() => response.headers.set("a", "b"))],
];

describe.for([
  ["fetch", (...args: Parameters<typeof fetch>) => globalThis.fetch(...args)],
  ["captured fetch", capturedFetch],
] as const)("%s", ([, fetch]) => {
  test.for(WAYS)("gives the same by %s live, recorded and replayed", async ([, use]) => {
    using cassette = testCassette({ unplayed: "ignore" });
    const send = async (): Promise<unknown> =>
      use(
        await fetch(`${server.url}/v1/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json", ...scriptHeaders({ tokens: 4, pace: 1 }) },
          body: JSON.stringify(CHAT),
        }),
      );
    const live = await send();
    expect(await cassette.record(send)).toEqual(live);
    expect(await cassette.play(send)).toEqual(live);
  });
});
