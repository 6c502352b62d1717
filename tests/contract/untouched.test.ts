import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS, type Client, type ClientRequest } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { selfSignedCertificate } from "../support/provider-server/self-signed-certificate.ts";
import { ENDINGS } from "./support/endings.ts";
import { testCassette } from "./support/taping.ts";
import { seen } from "./support/three-ways.ts";
import { conversation, startTrafficServers, type TrafficServers } from "./support/traffic.ts";

/** Something that is done with the network, told as a value that is the same each time. */
type Check = readonly [name: string, run: () => Promise<unknown>];

let server: ProviderServer;
let traffic: TrafficServers;

/** What the server sees of a client that asks three times over, and on how many connections. */
async function threeRequests(client: Client): Promise<unknown> {
  const request: ClientRequest = {
    url: `${server.url}/echo`,
    body: "naïve",
    headers: { "X-Odd-Case": "Kept" },
  };
  // Whether there is a connection from before is a matter of what was done before.
  await client.send(request);
  const before = { requests: server.requests.length, connections: server.acceptedConnections };
  for (let turn = 0; turn < 3; turn++) await client.send(request);
  const seenByServer = server.requests.slice(before.requests).map(({ method, url, rawHeaders, body }) => {
    return { method, url, rawHeaders, body: Buffer.from(body).toString() };
  });
  return { seenByServer, reused: server.acceptedConnections - before.connections <= 1 };
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return "no failure";
  } catch (error) {
    const told: unknown[] = [];
    for (let each = error; each instanceof Error; each = each.cause) {
      told.push({ ...each, name: each.name, message: each.message });
    }
    return JSON.parse(JSON.stringify(told));
  }
}

function nodeRequest(url: string, options: https.RequestOptions = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? https.request : http.request;
    const events: string[] = [];
    const request = send(url, options, async (response) => {
      const { remoteAddress, remotePort, localAddress } = response.socket;
      let text = "";
      for await (const part of response) text += String(part);
      resolve({ events, text, remoteAddress, remotePort, localAddress, trailers: response.trailers });
    });
    for (const event of ["socket", "information", "continue", "finish", "timeout", "response"])
      request.on(event, () => events.push(event));
    request.on("error", reject);
    request.end(options.method === "POST" ? "body" : undefined);
  });
}

async function webSocket(): Promise<unknown> {
  const socket = new WebSocket(`ws://127.0.0.1:${traffic.upgrade}/socket`);
  const told: unknown[] = [];
  socket.addEventListener("open", () => socket.send("hi"));
  socket.addEventListener("message", ({ data }) => {
    told.push(data);
    socket.close(1000, "done");
  });
  const [event] = (await once(socket, "close")) as [CloseEvent];
  return { told, code: event.code, reason: event.reason, wasClean: event.wasClean };
}

function upgraded(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { connection: "Upgrade", upgrade: "other" };
    const request = http.request({ port: traffic.upgrade, path: "/other", headers });
    request.on("upgrade", async (response, socket, head) => {
      let text = head.toString();
      socket.on("data", (data) => {
        text += String(data);
      });
      socket.write("mine");
      await once(socket, "close");
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    request.on("error", reject);
    request.end();
  });
}

async function overHttp2(): Promise<unknown> {
  const session = http2.connect(`http://127.0.0.1:${traffic.http2}`);
  const stream = session.request({ ":path": "/two" });
  const [headers] = (await once(stream, "response")) as [http2.IncomingHttpHeaders];
  let text = "";
  for await (const part of stream) text += String(part);
  session.close();
  return { status: headers[":status"], path: headers["x-path"], text };
}

async function fetchClasses(): Promise<unknown> {
  const request = new Request("http://a.example/", { method: "POST", headers: { "X-A": "1" }, body: "text" });
  const again = new Request(request.clone(), { headers: { "x-b": "2" } });
  return {
    copied: [...new Headers(request.headers)],
    replaced: [...new Headers(again.headers)],
    fromPairs: [
      ...new Headers([
        ["set-cookie", "a"],
        ["Set-Cookie", "b"],
        ["x", " 1 "],
        ["x", "2"],
      ]),
    ],
    response: [...new Headers(Response.json({}, { headers: { "x-a": "1" } }).headers)],
    shown: inspect(new Headers({ a: "1" })),
    instances: [request instanceof Request, request.headers instanceof Headers],
    names: [Headers.name, Request.name, Response.name, fetch.name, fetch.length],
    nothing: [...new Headers(undefined), ...new Headers({})],
    invalid: await failure(Promise.resolve().then(() => new Headers({ a: "\n\0" }))),
  };
}

const CHECKS: readonly Check[] = [
  [
    "a server that speaks first",
    () => conversation(net.connect(traffic.greeter, "127.0.0.1"), ["one\n", "bye\n"]),
  ],
  [
    "a server that waits",
    () => conversation(net.connect(traffic.echo, "127.0.0.1"), ["PING\r\n", "GET it?"]),
  ],
  [
    "a server behind TLS",
    () =>
      conversation(tls.connect({ port: traffic.secureEcho, host: "127.0.0.1", rejectUnauthorized: false }), [
        "hello",
      ]),
  ],
  ["a certificate that is not trusted", () => conversation(tls.connect(traffic.secureEcho, "127.0.0.1"), [])],
  ["a closed port", () => conversation(net.connect(traffic.closed, "127.0.0.1"), [])],
  ["a name that there is not", () => failure(once(net.connect(80, "no-such-name.invalid"), "connect"))],
  ["a WebSocket", webSocket],
  ["an upgrade to something else", upgraded],
  ["HTTP/2", overHttp2],
  ["fetch's own classes", fetchClasses],
  ["fetch of a closed port", () => failure(fetch(`http://127.0.0.1:${traffic.closed}/`))],
  [
    "fetch of a certificate that is not trusted",
    () => failure(fetch(`https://127.0.0.1:${traffic.secureEcho}/`)),
  ],
  ["fetch of a name that there is not", () => failure(fetch("http://no-such-name.invalid/"))],
  ["fetch of no URL", () => failure(fetch("no url"))],
  ["fetch with a method that is none", () => failure(fetch(server.url, { method: "a b" }))],
  [
    "fetch that takes too long",
    () =>
      failure(
        fetch(`${server.url}/lines?test-script={"headerDelay":9000}`, { signal: AbortSignal.timeout(30) }),
      ),
  ],
  ["node:http of a closed port", () => failure(nodeRequest(`http://127.0.0.1:${traffic.closed}/`))],
  ["node:http of a name that there is not", () => failure(nodeRequest("http://no-such-name.invalid/"))],
  [
    "node:https of a certificate that is not trusted",
    () => failure(nodeRequest(`https://127.0.0.1:${traffic.secureEcho}/`)),
  ],
  ["node:http and its events", () => nodeRequest(`${server.url}/lines?count=2`, { method: "POST" })],
  [
    "node:http that waits for leave to go on",
    () => nodeRequest(`${server.url}/lines?count=2`, { method: "POST", headers: { expect: "100-continue" } }),
  ],
  [
    "node:http and informational responses",
    () => nodeRequest(`${server.url}/lines?count=2&test-script={"informational":[102,103]}`),
  ],
  [
    "node:http of a server that speaks something else",
    () => failure(nodeRequest(`http://127.0.0.1:${traffic.greeter}/`)),
  ],
  ...CLIENTS.flatMap((client): Check[] => [
    [`${client.name}: what the server sees of it`, () => threeRequests(client)],
    ...ENDINGS.map(
      ({ name, request }): Check => [
        `${client.name}: ${name}`,
        async () => seen(await client.send(request(server.url))),
      ],
    ),
  ]),
];

const before = new Map<string, unknown>();
beforeAll(async () => {
  server = await startProviderServer();
  traffic = await startTrafficServers(selfSignedCertificate());
  const { fetch } = globalThis;
  for (const [name, run] of CHECKS) {
    before.set(name, await run());
  }
  expect(globalThis.fetch, "nothing is patched yet").toBe(fetch);
  using cassette = testCassette();
  await cassette.play(() => {
    expect(globalThis.fetch, "all is patched now").not.toBe(fetch);
  });
  expect(globalThis.fetch, "nothing is patched any more").toBe(fetch);
});
afterAll(async () => {
  await server.close();
  await traffic[Symbol.asyncDispose]();
});

describe("outside any cassette", () => {
  test.for(CHECKS)("%s is the same as without this package", async ([name, run]) => {
    expect(await run()).toEqual(before.get(name));
  });
});

describe("in an open cassette that does not want it", () => {
  test.for(CHECKS)("%s is the same as without this package", async ([name, run]) => {
    using cassette = testCassette({ ignore: [/./] });
    const told = await cassette.play(async ({ requests }) => {
      const result = await run();
      expect(requests).toEqual([]);
      return result;
    });
    expect(told).toEqual(before.get(name));
  });
});
