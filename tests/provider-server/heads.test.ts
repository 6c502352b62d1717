import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ProviderServer,
  type Script,
  scriptHeaders,
  startProviderServer,
} from "../support/provider-server/index.ts";
import { ask, CHAT } from "./ask.ts";
import { rawExchange } from "./raw-exchange.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

test("headers keep their case and their doubles", async () => {
  const { text } = await rawExchange(`${server.url}/headers`, "");
  expect(text).toContain(
    "Set-Cookie: a=1; Path=/\r\nset-cookie: b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\nX-ODD-Case: Kept\r\n",
  );
  expect(text).toMatch(/x-twice: one\r\nx-twice: two\r\nx-empty: \r\nx-high: na(\u00EF|\u00C3\u00AF)ve\r\n/);
});

test.for([204, 205, 304])("%i has no body", async (status) => {
  const response = await fetch(`${server.url}/status/${status}`);
  expect([response.status, await response.text()]).toEqual([status, ""]);
});

test.for([200, 201, 418, 500, 503])("%i says so in its body", async (status) => {
  const response = await fetch(`${server.url}/status/${status}`);
  expect([response.status, await response.text()]).toEqual([status, `status ${status}`]);
});

test("HEAD has the headers of GET and no body", async () => {
  const head = await fetch(`${server.url}/png`, { method: "HEAD" });
  const get = await fetch(`${server.url}/png`);
  const image = await get.arrayBuffer();
  expect(await head.text()).toBe("");
  expect(head.headers.get("content-length")).toBe(String(image.byteLength));
  expect(new Uint8Array(image).slice(1, 4)).toEqual(new Uint8Array([0x50, 0x4e, 0x47]));
});

test.for([301, 302, 303, 307, 308])("%i leads on, with or without the method", async (status) => {
  const response = await fetch(`${server.url}/redirect/${status}?to=/echo`, { method: "POST", body: "kept" });
  const echo = (await response.json()) as { method: string; body: string };
  expect(response.redirected).toBe(true);
  expect(echo).toMatchObject(status >= 307 ? { method: "POST", body: "kept" } : { method: "GET", body: "" });
});

test("a scripted redirect leads an SDK's own path to its answer, on another origin too", async () => {
  const url = `${server.url}/v1/chat/completions`;
  const same = await ask(url, CHAT, { redirect: { status: 307 } });
  expect(same.text).toContain("[DONE]");
  await using other = await startProviderServer();
  const to = `${other.url}/v1/chat/completions?test-redirected=1`;
  const cross = await ask(url, CHAT, { redirect: { status: 308, to } });
  expect(cross.text).toBe(same.text);
  expect(other.requests).toHaveLength(1);
});

test("informational responses, a reason phrase and added headers come before the body", async () => {
  const script: Script = {
    informational: [102, 103],
    statusText: "Tout va bien",
    headers: [
      ["X-A", "1"],
      ["x-a", "2"],
    ],
  };
  const { text } = await rawExchange(`${server.url}/lines`, "", scriptHeaders(script));
  expect(text.indexOf("HTTP/1.1 102 Processing")).toBe(0);
  expect(text).toMatch(/HTTP\/1\.1 103 Early Hints\r\nLink: .*\r\n\r\nHTTP\/1\.1 200 Tout va bien\r\n/);
  expect(text).toContain("X-A: 1\r\nx-a: 2\r\n");
});

test("content type and length can lie", async () => {
  const { text, end } = await rawExchange(
    `${server.url}/lines?count=1`,
    "",
    scriptHeaders({ contentType: "image/png", contentLength: 999 }),
  );
  expect(text).toContain("content-type: image/png\r\n");
  expect(text).not.toContain("text/plain");
  expect(text).toContain("content-length: 999\r\n");
  expect(end).toBe("fin");
  const failure = fetch(`${server.url}/lines?test-script={"contentLength":999}`).then((response) =>
    response.text(),
  );
  await expect(failure).rejects.toThrow("terminated");
});

test("a body can end with the connection", async () => {
  const { text, end } = await rawExchange(
    `${server.url}/lines?count=2`,
    "",
    scriptHeaders({ framing: "close" }),
  );
  expect(text).not.toMatch(/content-length|transfer-encoding/i);
  expect(text.endsWith("\r\n\r\nline 0 Ã©ð\u009f\u008e\u0089\nline 1 Ã©ð\u009f\u008e\u0089\n")).toBe(true);
  expect(end).toBe("fin");
});

test("a rate limit says when to come back", async () => {
  const reply = await ask(`${server.url}/v1/messages`, CHAT, { status: 429, retryAfter: "7" });
  expect(reply.headers.get("retry-after")).toBe("7");
  expect(JSON.parse(reply.text)).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
});

const form = new FormData();
form.set("field", "naïve");
form.set("file", new File([new Uint8Array([0, 255])], "ü.bin"));
const streamed = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    async start(controller) {
      for (const text of ["one ", "two ☀️"]) {
        controller.enqueue(new TextEncoder().encode(text));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      controller.close();
    },
  });
const BODIES: readonly (readonly [name: string, body: () => BodyInit, expected: unknown])[] = [
  ["a string", () => "naïve ☀️", { body: "naïve ☀️" }],
  ["bytes", () => new Uint8Array([0, 1, 254, 255]), { base64: "AAH+/w==" }],
  ["a byte order mark", () => "\uFEFFx", { body: "\uFEFFx" }],
  ["URLSearchParams", () => new URLSearchParams({ a: "é&" }), { body: "a=%C3%A9%26" }],
  ["a stream", streamed, { body: "one two ☀️" }],
  ["FormData", () => form, { base64: expect.any(String) }],
];

test.for(BODIES)("%s as a request body arrives and is echoed", async ([, body, expected]) => {
  const init: RequestInit & { duplex: "half" } = { method: "POST", body: body(), duplex: "half" };
  const response = await fetch(`${server.url}/echo?q=1`, init);
  expect(await response.json()).toMatchObject({ method: "POST", url: "/echo?q=1", ...(expected as object) });
});

test("a request is kept as it arrived", async () => {
  await fetch(`${server.url}/echo?x=%20y`, { method: "PUT", headers: { "X-Mixed": "Case" }, body: "b" });
  expect(server.requests.at(-1)).toMatchObject({ method: "PUT", url: "/echo?x=%20y", complete: true });
  expect(server.requests.at(-1)?.headers["x-mixed"]).toBe("Case");
  expect(server.requests.at(-1)?.rawHeaders).toContainEqual(["X-Mixed", "Case"]);
  expect(Buffer.from(server.requests.at(-1)?.body ?? []).toString()).toBe("b");
});

test("an upload that the client gives up stays incomplete", async () => {
  const before = server.requests.length;
  const request = httpRequest(`${server.url}/echo`, { method: "POST", headers: { "content-length": 100 } });
  request.on("error", () => {});
  request.write("part");
  await expect.poll(() => server.requests.length).toBe(before + 1);
  await expect.poll(() => server.requests.at(-1)?.body.length).toBe(4);
  request.destroy();
  await expect.poll(() => server.requests.at(-1)?.outcome).toBe("client-gone");
  expect(server.requests.at(-1)?.complete).toBe(false);
});

test("https with a certificate that a client can trust", async () => {
  await using secure = await startProviderServer({ tls: true });
  expect(secure.url).toMatch(/^https:/);
  const [status, text] = await new Promise<[number | undefined, string]>((resolve, reject) => {
    const read = (response: IncomingMessage): void => {
      let body = "";
      response.setEncoding("utf8").on("data", (part: string) => (body += part));
      response.on("end", () => resolve([response.statusCode, body]));
    };
    httpsRequest(`${secure.url}/lines?count=1`, { ca: secure.certificate }, read).on("error", reject).end();
  });
  expect([status, text]).toEqual([200, "line 0 é🎉\n"]);
  await expect(fetch(`${secure.url}/lines`)).rejects.toThrow("fetch failed");
});

test("a connection under TLS can be reset", async () => {
  await using secure = await startProviderServer({ tls: true, script: { ending: "reset-before-headers" } });
  const failure = await new Promise<NodeJS.ErrnoException>((resolve) => {
    httpsRequest(`${secure.url}/lines`, { ca: secure.certificate }).on("error", resolve).end();
  });
  expect(failure.code).toBe("ECONNRESET");
});

test("a mistake in a script is reported to the client", async () => {
  const response = await fetch(`${server.url}/lines`, { headers: { "x-test-script": '{"pase":1}' } });
  expect(response.status).toBe(500);
  expect(await response.text()).toContain('no field "pase". Fields: text, tokens,');
});

test("a script given at the start holds for every request, the request's own fields win", async () => {
  await using scripted = await startProviderServer({
    script: (_, nth) => ({ status: nth === 0 ? 500 : 404 }),
  });
  const url = `${scripted.url}/v1/messages`;
  expect((await ask(url, CHAT)).status).toBe(500);
  expect((await ask(url, CHAT)).status).toBe(404);
  expect((await ask(url, CHAT, { status: 529 })).status).toBe(529);
});
