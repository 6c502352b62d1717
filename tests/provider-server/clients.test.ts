import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  CLIENTS,
  type ClientBody,
  type ClientRequest,
  SECURE_CLIENTS,
  trustCertificate,
} from "../support/clients/index.ts";
import {
  type ProviderServer,
  type Script,
  scriptHeaders,
  startProviderServer,
} from "../support/provider-server/index.ts";
import { CHAT, dataOf } from "./ask.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

/** A streamed chat request, a few milliseconds a chunk. */
function chat(script: Script = {}): ClientRequest {
  return {
    url: `${server.url}/v1/chat/completions`,
    headers: { "content-type": "application/json", ...scriptHeaders({ pace: 2, tokens: 6, ...script }) },
    body: JSON.stringify(CHAT),
  };
}
const EVENTS = 6 + 3;

const outcome = (): string | undefined => server.requests.at(-1)?.outcome;
const text = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString();

describe.for(CLIENTS)("$name", (client) => {
  const streams = client.reads === "stream";

  test("gets status, headers and each event as one chunk", async () => {
    const result = await client.send(chat({ statusText: "Very Well" }));
    expect(result).toMatchObject({ status: 200, statusText: "Very Well", ended: true });
    expect(result.error).toBeUndefined();
    expect(result.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(dataOf(text(result.chunks))).toHaveLength(EVENTS);
    expect(result.chunks).toHaveLength(streams ? EVENTS : 1);
    expect(result.times).toHaveLength(result.chunks.length + 1);
    expect(result.times).toEqual(result.times.toSorted((a, b) => a - b));
  });

  test("sees headers sent twice", async () => {
    const result = await client.send({ url: `${server.url}/headers`, method: "GET" });
    const cookies = [result.headers["set-cookie"]].flat();
    expect(cookies).toEqual(["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]);
    if (result.rawHeaders !== undefined) expect(result.rawHeaders).toContainEqual(["X-ODD-Case", "Kept"]);
  });

  test("decodes gzip or does not", async () => {
    const { chunks } = await client.send(chat({ encoding: "gzip" }));
    const bytes = Buffer.concat(chunks);
    expect(dataOf((client.decodes ? bytes : gunzipSync(bytes)).toString())).toHaveLength(EVENTS);
  });

  test("follows a redirect or does not", async () => {
    const result = await client.send(chat({ redirect: { status: 307 } }));
    // Node 22's fetch does not send the body of a Request again, which is what axios gives it.
    if (client.name === "axios, fetch adapter" && process.version.startsWith("v22.")) return;
    expect(result.status).toBe(client.follows ? 200 : 307);
  });

  test.for([204, 304, 404, 500])("gets status %i as an answer, not as an error", async (status) => {
    const result = await client.send({ url: `${server.url}/status/${status}` });
    expect(result).toMatchObject({ status, ended: true });
    expect(text(result.chunks)).toBe(status === 204 || status === 304 ? "" : `status ${status}`);
  });

  test("gets no body of a HEAD request", async () => {
    const result = await client.send({ url: `${server.url}/png`, method: "HEAD" });
    expect(result).toMatchObject({ status: 200, chunks: [], ended: true });
  });

  test.for(["cut", "reset"] as const)("fails where the server ends the body by a %s", async (ending) => {
    const result = await client.send(chat({ ending, endAfter: 3 }));
    expect(result.error).toBeDefined();
    expect(result.ended).toBe(false);
    expect(result.status).toBe(streams ? 200 : 0);
    expect(result.chunks).toHaveLength(streams ? 3 : 0);
  });

  test("fails without a response if the server resets at once", async () => {
    const result = await client.send(chat({ ending: "reset-before-headers" }));
    expect(result).toMatchObject({ status: 0, chunks: [], ended: false, error: {} });
  });

  test("ends normally if only the terminal event is missing", async () => {
    const result = await client.send(chat({ ending: "truncated" }));
    expect(result).toMatchObject({ status: 200, ended: true });
    expect(dataOf(text(result.chunks))).toHaveLength(EVENTS - 1);
  });

  test("gives up by its signal before there is a response", async () => {
    const result = await client.send({
      ...chat({ headerDelay: 5000 }),
      stop: { by: "signal", after: "sent" },
    });
    expect(result).toMatchObject({ status: 0, ended: false });
    expect(`${result.error?.name} ${result.error?.code}`).toMatch(/Abort|Cancel/i);
    await vi.waitFor(() => expect(outcome()).toBe("client-gone"));
  });

  test.runIf(streams)("gives up by its signal in the middle of the body", async () => {
    const result = await client.send({ ...chat({ ending: "endless" }), stop: { by: "signal", after: 4 } });
    expect(result).toMatchObject({ status: 200, ended: false });
    expect(result.chunks).toHaveLength(4);
    expect(result.error).toBeDefined();
    await vi.waitFor(() => expect(outcome()).toBe("client-gone"));
  });

  test.runIf(streams)("gives up by leaving the body", async () => {
    const result = await client.send({ ...chat({ ending: "endless" }), stop: { by: "leave", after: 4 } });
    expect(result).toMatchObject({ status: 200, ended: false });
    expect(result.chunks).toHaveLength(4);
    // undici's body tells its own destruction as an error, no other client does.
    expect(result.error?.code).toBe(
      /^undici (request|Pool)$/.test(client.name) ? "UND_ERR_ABORTED" : undefined,
    );
    await vi.waitFor(() => expect(outcome()).toBe("client-gone"));
  });

  test.runIf(streams)("has the headers before the body begins", async () => {
    let early = false;
    const stall = { after: 0, ms: 250 };
    const result = await client.send({ ...chat({ stall }), onHeaders: () => (early = true) });
    expect(early).toBe(true);
    expect((result.times[1] ?? 0) - (result.times[0] ?? 0)).toBeGreaterThan(120);
  });

  test.runIf(streams)("holds the server back while it does not read", async () => {
    const size = 32 * 1024 * 1024;
    let sent = size;
    const result = await client.send({
      url: `${server.url}/bytes?size=${size}`,
      stop: { by: "leave", after: 1 },
      onChunk: async () => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        sent = server.requests.at(-1)?.sent.bytes ?? 0;
      },
    });
    expect(result.chunks).toHaveLength(1);
    expect(sent).toBeLessThan(size / 2);
  });

  const streamBody = (): ClientBody =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from("one "));
        controller.enqueue(Buffer.from("two ☀️"));
        controller.close();
      },
    });
  const form = (): FormData => {
    const data = new FormData();
    data.set("field", "naïve");
    return data;
  };
  const bodies: readonly (readonly [string, () => ClientBody, object])[] = [
    ["a string", () => "naïve", { body: "naïve" }],
    ["bytes", () => new Uint8Array([0, 255]), { base64: "AP8=" }],
    ["URLSearchParams", () => new URLSearchParams({ a: "é" }), { body: "a=%C3%A9" }],
    ["a stream", streamBody, { body: "one two ☀️" }],
    ["FormData", form, { body: expect.stringContaining("naïve") }],
  ];
  test.for(bodies)("sends %s", async ([, body, expected]) => {
    const result = await client.send({ url: `${server.url}/echo`, body: body() });
    expect(JSON.parse(text(result.chunks))).toMatchObject({ method: "POST", ...expected });
  });
});

test("every client speaks https once the certificate is trusted", async () => {
  await using secure = await startProviderServer({ tls: true });
  if (!trustCertificate(secure.certificate ?? "")) return;
  for (const client of SECURE_CLIENTS) {
    const result = await client.send({ url: `${secure.url}/lines?count=2` });
    expect([client.name, text(result.chunks)]).toEqual([client.name, "line 0 é🎉\nline 1 é🎉\n"]);
  }
});
