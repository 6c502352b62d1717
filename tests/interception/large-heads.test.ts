import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";

const server = createServer({ maxHeaderSize: 2 ** 22 }, (request, response) => {
  const { searchParams } = new URL(request.url ?? "", "http://localhost");
  const lines = Number(searchParams.get("lines"));
  for (let line = 0; line < lines; line++)
    response.setHeader(`x-${line}`, "b".repeat(Number(searchParams.get("size"))));
  response.end(`got ${request.headers["x-large"]?.length}`);
});
let origin = "";
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface Seen {
  readonly text: string;
  readonly lines: number;
  readonly size: number;
}

const seen = (text: string, headers: object): Seen => {
  const large = Object.entries(headers).filter(([name]) => name.startsWith("x-"));
  return { text, lines: large.length, size: String(large[0]?.[1]).length };
};

/** Clients that take a head of a megabyte where they can. */
const CLIENTS: Readonly<Record<string, (url: string, headers: Record<string, string>) => Promise<Seen>>> = {
  fetch: async (url, headers) => {
    const response = await fetch(url, { headers });
    return seen(await response.text(), Object.fromEntries(response.headers));
  },
  undici: async (url, headers) => {
    const client = new Client(origin, { maxHeaderSize: 2 ** 20 });
    const response = await client.request({ method: "GET", path: url.slice(origin.length), headers });
    const text = await response.body.text();
    await client.close();
    return seen(text, response.headers);
  },
  "node:http": (url, headers) =>
    new Promise((resolve, reject) => {
      const request = get(url, { headers, maxHeaderSize: 2 ** 20 }, (message) => {
        let text = "";
        message.on("data", (data) => {
          text += String(data);
        });
        message.on("end", () => resolve(seen(text, message.headers)));
        message.on("error", reject);
      });
      request.maxHeadersCount = 0;
      request.on("error", reject);
    }),
};

test.each([
  ["fetch", { lines: 1, size: 14_000, sent: 200_000 }],
  ["undici", { lines: 1, size: 900_000, sent: 200_000 }],
  ["undici", { lines: 3000, size: 100, sent: 1 }],
  ["node:http", { lines: 1, size: 900_000, sent: 200_000 }],
  ["node:http", { lines: 3000, size: 100, sent: 1 }],
] as const)("%s: a head of %o comes through recorded and replayed", async (client, { lines, size, sent }) => {
  using cassette = testCassette({ include: [origin] });
  const send = (): Promise<Seen> | undefined =>
    CLIENTS[client]?.(`${origin}/?lines=${lines}&size=${size}`, { "x-large": "a".repeat(sent) });
  const expected: Seen = { text: `got ${sent}`, lines, size };
  expect(await cassette.record(send)).toEqual(expected);
  expect(await cassette.play(send)).toEqual(expected);
});

test("a head that is too large for fetch is the same failure recorded and replayed", async () => {
  using cassette = testCassette({ include: [origin] });
  const failure = (): Promise<unknown> =>
    fetch(`${origin}/?lines=1&size=100000`).catch((error: Error) => error.cause);
  const expected = { name: "HeadersOverflowError", code: "UND_ERR_HEADERS_OVERFLOW" };
  expect(await cassette.record(failure)).toMatchObject(expected);
  expect(await cassette.play(failure)).toMatchObject(expected);
});
