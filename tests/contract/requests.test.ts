import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS, type ClientBody, type ClientRequest } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { testCassette } from "./support/taping.ts";
import { expectAllSame, seen, textOf, threeWays } from "./support/three-ways.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const form = (): FormData => {
  const data = new FormData();
  data.set("field", "naïve");
  data.set("file", new Blob([new Uint8Array([0, 255, 13, 10])], { type: "image/png" }), "é.png");
  return data;
};
const stream = (): ClientBody =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from("one "));
      controller.enqueue(Buffer.from("two ☀️"));
      controller.close();
    },
  });

const BODIES: readonly (readonly [string, () => ClientBody, string | RegExp])[] = [
  ["a string", () => "naïve", "naïve"],
  ["JSON", () => '{ "a" : 1.0 }', '{ "a" : 1.0 }'],
  ["an empty string", () => "", ""],
  ["bytes", () => new Uint8Array([0, 255, 13, 10]), "\u0000\u00ff\r\n"],
  ["URLSearchParams", () => new URLSearchParams({ a: "é" }), "a=%C3%A9"],
  ["a stream", stream, "one two ☀️"],
  ["a large body", () => "x".repeat(300_000), "x".repeat(300_000)],
];

/** Header lines that a server may see otherwise while recording than live, by name. */
const CHANGED = [
  // Recordings are to be readable, and their times the provider's own.
  "accept-encoding",
  // The body is read before it is sent on, so its length is known.
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
];

describe.for(CLIENTS)("$name", (client) => {
  test.for(BODIES)("sends %s", async ([, body, sent]) => {
    const request = (): ClientRequest => ({ url: `${server.url}/lines?count=1`, body: body() });
    const all = await threeWays(client, server, request);
    expectAllSame(all);
    const [live, recorded] = server.requests.slice(-2);
    expect(recorded?.body).toEqual(live?.body);
    const bytes = Buffer.from(all.tape[0]?.request.body ?? []);
    expect([bytes.toString(), bytes.toString("latin1")]).toContainEqual(sent);
  });

  test("sends a form", async () => {
    using cassette = testCassette({ include: [server.url] });
    const request = (): ClientRequest => ({ url: `${server.url}/lines?count=1`, body: form() });
    const recorded = await cassette.record(() => client.send(request()));
    const received = server.requests.at(-1);
    expect(received?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(Buffer.from(received?.body ?? []).toString("latin1")).toContain("\u0000\u00ff\r\n");
    // The boundary is another one each time.
    const replayed = await cassette.play(() => client.send(request()));
    expect(seen(replayed)).toEqual(seen(recorded));
  });

  test("sends every method", async () => {
    using cassette = testCassette({ include: [server.url] });
    const sendAll = async (): Promise<unknown[]> => {
      const answers: unknown[] = [];
      for (const method of ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        const { chunks } = await client.send({ url: `${server.url}/echo?b=2&a=%C3%A9`, method });
        expect(echoOf(chunks)).toMatchObject({ method, url: "/echo?b=2&a=%C3%A9" });
        answers.push(echoOf(chunks));
      }
      return answers;
    };
    const live = await sendAll();
    expect(await cassette.record(sendAll)).toEqual(live);
    expect(await cassette.play(sendAll)).toEqual(live);
  });

  test("sends the same headers while recording, but those of length and encoding", async () => {
    const headers = {
      authorization: "Bearer secret-of-nobody",
      "content-type": "application/json",
      "X-Odd-Case": "Kept",
      "x-empty": "",
      accept: "text/event-stream",
      "user-agent": "test/1.0",
      cookie: "a=1; b=2",
      origin: "http://localhost",
      referer: "http://localhost/page",
    };
    using cassette = testCassette({ include: [server.url] });
    const request: ClientRequest = { url: `${server.url}/echo`, headers, body: "{}" };
    await client.send(request);
    await cassette.record(() => client.send(request));
    const [live, recorded] = server.requests
      .slice(-2)
      .map(({ rawHeaders }) => rawHeaders.filter(([name]) => !CHANGED.includes(name.toLowerCase())));
    const lines = (of: typeof live): readonly string[] =>
      (of ?? []).map(([name, value]) => `${name.toLowerCase()}: ${value}`).toSorted();
    expect(lines(recorded)).toEqual(lines(live));
    expect(lines(recorded)).toContain("x-odd-case: Kept");
  });
});

test("a body that fails while it is read fails the fetch as live", async () => {
  using cassette = testCassette({ include: [server.url] });
  const send = async (): Promise<unknown> => {
    const body = new ReadableStream({ pull: () => Promise.reject(new RangeError("no more")) });
    return fetch(`${server.url}/echo`, { method: "POST", body, duplex: "half" } as RequestInit).catch(
      (error: Error) => [error.name, error.message, error.cause],
    );
  };
  const live = await send();
  expect(live).toEqual(["TypeError", "fetch failed", new RangeError("no more")]);
  expect(await cassette.record(send)).toEqual(live);
  expect(await cassette.play(send)).toEqual(live);
});

test("two million characters without a break are taped", async () => {
  using cassette = testCassette({ include: [server.url] });
  const body = "a1".repeat(1_000_000);
  const send = async (): Promise<unknown> => {
    const response = await fetch(`${server.url}/lines?count=1`, { method: "POST", body });
    return (await response.text()).length;
  };
  const live = await send();
  expect(await cassette.record(send)).toBe(live);
  expect(await cassette.play(send)).toBe(live);
});

function echoOf(chunks: readonly Uint8Array[]): unknown {
  const { headers: _, ...rest } = JSON.parse(textOf(chunks)) as Record<string, unknown>;
  return rest;
}
