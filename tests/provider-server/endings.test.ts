import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type ProviderServer, scriptHeaders, startProviderServer } from "../support/provider-server/index.ts";
import { ask, CHAT, dataOf } from "./ask.ts";
import { rawExchange } from "./raw-exchange.ts";

let server: ProviderServer;
let url: string;
beforeAll(async () => {
  server = await startProviderServer();
  url = `${server.url}/v1/chat/completions`;
});
afterAll(() => server.close());

const outcome = (): string | undefined => server.requests.at(-1)?.outcome;

/** The chunks that fetch gave before it failed, and the code of the failure. */
async function untilFailure(
  script: Parameters<typeof scriptHeaders>[0],
): Promise<{ chunks: number; code: unknown }> {
  let chunks = 0;
  try {
    const response = await fetch(url, {
      method: "POST",
      body: JSON.stringify(CHAT),
      headers: scriptHeaders(script),
    });
    for await (const _ of response.body ?? []) chunks += 1;
  } catch (error) {
    return { chunks, code: ((error as Error).cause as { code?: unknown } | undefined)?.code };
  }
  return { chunks, code: undefined };
}

test("a complete answer is finished, all of it sent", async () => {
  const { chunks, text } = await ask(url, CHAT);
  expect(dataOf(text).at(-1)).toBe("[DONE]");
  expect(server.requests.at(-1)).toMatchObject({
    outcome: "finished",
    sent: { chunks: chunks.length, bytes: Buffer.byteLength(text) },
  });
});

test("truncated: HTTP ends in order, the terminal event is missing", async () => {
  const { text } = await ask(url, CHAT, { ending: "truncated" });
  expect(text).not.toContain("[DONE]");
  expect(dataOf(text).at(-1)).toMatchObject({ choices: [{ finish_reason: "stop" }] });
  expect(outcome()).toBe("finished");
});

test("cut: FIN without the last HTTP chunk", async () => {
  expect(await untilFailure({ ending: "cut", endAfter: 2 })).toEqual({ chunks: 2, code: "UND_ERR_SOCKET" });
  const raw = await rawExchange(url, JSON.stringify(CHAT), scriptHeaders({ ending: "cut", endAfter: 2 }));
  expect(raw.end).toBe("fin");
  expect(raw.text.match(/data: /g)).toHaveLength(2);
  expect(outcome()).toBe("broken");
});

test("reset: RST after the chunks have arrived", async () => {
  expect(await untilFailure({ ending: "reset", endAfter: 2 })).toEqual({ chunks: 2, code: "ECONNRESET" });
  const raw = await rawExchange(url, JSON.stringify(CHAT), scriptHeaders({ ending: "reset", endAfter: 2 }));
  expect(raw.end).toBe("reset");
  expect(raw.text.match(/data: /g)).toHaveLength(2);
  expect(outcome()).toBe("broken");
});

test("reset and close before the headers: not a byte", async () => {
  const reset = await rawExchange(url, "{}", scriptHeaders({ ending: "reset-before-headers" }));
  expect([reset.end, reset.text]).toEqual(["reset", ""]);
  const closed = await rawExchange(url, "{}", scriptHeaders({ ending: "close-before-headers" }));
  expect([closed.end, closed.text]).toEqual(["fin", ""]);
  expect((await untilFailure({ ending: "reset-before-headers" })).code).toBe("ECONNRESET");
});

test("hang: the chunks come, then nothing, and the client's abort is seen", async () => {
  const raw = await rawExchange(
    url,
    JSON.stringify(CHAT),
    scriptHeaders({ ending: "hang", endAfter: 2 }),
    150,
  );
  expect(raw.end).toBe("open");
  expect(raw.text.match(/data: /g)).toHaveLength(2);
  await vi.waitFor(() => expect(outcome()).toBe("client-gone"));
});

test("endless: content goes on until the client has had enough", async () => {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(CHAT),
    headers: scriptHeaders({ ending: "endless" }),
  });
  let chunks = 0;
  for await (const _ of response.body ?? []) {
    chunks += 1;
    if (chunks === 200) break;
  }
  await vi.waitFor(() => expect(outcome()).toBe("client-gone"));
});

test("a server that closes ends open responses and frees its port", async () => {
  const own = await startProviderServer({ script: { ending: "hang" } });
  const hanging = ask(`${own.url}/v1/chat/completions`, CHAT).catch((error: Error) => error.message);
  await vi.waitFor(() => expect(own.openConnections).toBe(1));
  await vi.waitFor(() => expect(own.requests[0]?.sent.chunks).toBe(3));
  await own.close();
  await own.close();
  expect(await hanging).toBe("terminated");
  expect(own.openConnections).toBe(0);
  await using again = await startProviderServer({ port: own.port });
  expect(again.port).toBe(own.port);
});

test("pace, stall and header delay are kept", async () => {
  const started = performance.now();
  const script = { tokens: 3, headerDelay: 60, pace: 10, stall: { after: 2, ms: 120 } };
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(CHAT),
    headers: scriptHeaders(script),
  });
  expect(performance.now() - started).toBeGreaterThan(58);
  const times: number[] = [];
  for await (const _ of response.body ?? []) times.push(performance.now());
  // Differences of times that are apart: a busy machine may read two chunks late, and together.
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(115);
  expect((times.at(-1) ?? 0) - started).toBeGreaterThan(60 + 120 + 10 * (times.length - 1) - 5);
});

test("the server's timers are real even if a test fakes timers", async () => {
  vi.useFakeTimers();
  try {
    // Not fetch: it reuses its connections by a timer of its own.
    const text = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(
        url,
        { method: "POST", headers: scriptHeaders({ pace: 2 }) },
        (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (part: string) => {
            body += part;
          });
          response.on("end", () => resolve(body));
        },
      );
      request.on("error", reject).end(JSON.stringify(CHAT));
    });
    expect(text).toContain("[DONE]");
  } finally {
    vi.useRealTimers();
  }
});

test("a client that does not read holds the server back", async () => {
  const size = 64 * 1024 * 1024;
  const response = await fetch(`${server.url}/bytes?size=${size}`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const receipt = server.requests.at(-1);
  expect(receipt?.sent.bytes).toBeGreaterThan(0);
  expect(receipt?.sent.bytes).toBeLessThan(size / 2);
  await response.body?.cancel();
  await vi.waitFor(() => expect(receipt?.outcome).toBe("client-gone"));
});
