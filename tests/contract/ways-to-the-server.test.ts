import { once } from "node:events";
import { rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net, { type LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axios from "axios";
import {
  Agent,
  type Dispatcher,
  EnvHttpProxyAgent,
  ProxyAgent,
  fetch as undiciFetch,
  request as undiciRequest,
} from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { watchNetwork } from "./support/network-watch.ts";
import { type ProxyServer, startProxyServer } from "./support/proxy-server.ts";
import { testCassette } from "./support/taping.ts";

let plain: ProviderServer;
let secure: ProviderServer;
let proxy: ProxyServer;
beforeAll(async () => {
  [plain, secure] = await Promise.all([startProviderServer(), startProviderServer({ tls: true })]);
  proxy = await startProxyServer();
});
afterAll(async () => {
  await Promise.all([plain.close(), secure.close(), proxy[Symbol.asyncDispose]()]);
});

/** No name server has it. */
const HOST = "model.example";

/** Came together with agents that take `proxyEnv`. */
const PROXIES_IN_NODE = "setGlobalProxyFromEnv" in http;

/** A client with connections of its own. */
interface OwnClient {
  ask(url: string): Promise<string>;
  close?(): unknown;
}

function nodeClient(options: https.RequestOptions): OwnClient {
  return {
    ask: (url) =>
      new Promise((resolve, reject) => {
        const send = url.startsWith("https:") ? https.request : http.request;
        const request = send(url, { method: "POST", ...options }, async (response) => {
          let text = "";
          for await (const part of response.setEncoding("utf8")) text += String(part);
          resolve(text);
        });
        request.on("error", reject);
        request.end("question");
      }),
    close: () => (options.agent as http.Agent | undefined)?.destroy(),
  };
}

function undiciClient(dispatcher: Dispatcher): OwnClient {
  return {
    ask: async (url) => (await undiciRequest(url, { ...asked, dispatcher })).body.text(),
    close: () => dispatcher.close(),
  };
}

function undiciFetchClient(dispatcher: Dispatcher): OwnClient {
  return {
    ask: async (url) => (await undiciFetch(url, { ...asked, dispatcher })).text(),
    close: () => dispatcher.close(),
  };
}

const asked = { method: "POST", body: "question" } as const;
const EXPECTED = ["line 0 é🎉\n", "line 0 é🎉\nline 1 é🎉\n", "line 0 é🎉\nline 1 é🎉\nline 2 é🎉\n"];

/** Three requests, one after the other: live, recorded, and played with no use of the network at all. */
async function expectSameWay(origin: string, client: () => OwnClient): Promise<void> {
  using cassette = testCassette({ include: [origin] });
  const askAll = async (): Promise<void> => {
    const { ask, close } = client();
    const texts: string[] = [];
    for (const count of [1, 2, 3]) texts.push(await ask(`${origin}/lines?count=${count}`));
    expect(texts).toEqual(EXPECTED);
    await close?.();
  };
  await askAll();
  await cassette.record(askAll);
  const use = await watchNetwork(() => cassette.play(askAll));
  expect(use).toEqual({ connections: 0, lookups: 0 });
}

describe("a look-up of the client's own", () => {
  const lookup: LookupFunction = (_host, { all }, callback) => {
    if (all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
    else callback(null, "127.0.0.1", 4);
  };
  const origin = (): string => `http://${HOST}:${plain.port}`;

  test("node:http", () => expectSameWay(origin(), () => nodeClient({ lookup })));

  test("node:https", () =>
    expectSameWay(`https://${HOST}:${secure.port}`, () => nodeClient({ lookup, rejectUnauthorized: false })));

  test("undici request", () =>
    expectSameWay(origin(), () => undiciClient(new Agent({ connect: { lookup } }))));

  test("undici fetch", () =>
    expectSameWay(origin(), () => undiciFetchClient(new Agent({ connect: { lookup } }))));
});

describe("a socket file", () => {
  const socketPath = join(tmpdir(), `ways-${process.pid}.sock`);
  let forwarder: net.Server;
  let accepted = 0;
  beforeAll(async () => {
    forwarder = net.createServer((socket) => {
      accepted++;
      const onward = net.connect(plain.port, "127.0.0.1");
      onward.pipe(socket).pipe(onward);
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    });
    forwarder.listen(socketPath);
    await once(forwarder, "listening");
  });
  afterAll(() => {
    forwarder.close();
    rmSync(socketPath, { force: true });
  });

  test("undici", async () => {
    const before = accepted;
    await expectSameWay(`http://${HOST}`, () => undiciClient(new Agent({ connect: { socketPath } })));
    expect(accepted).toBeGreaterThan(before);
  });

  test("node:http", async () => {
    using cassette = testCassette({ include: ["http://localhost/"] });
    const { ask } = nodeClient({ socketPath, path: "/lines?count=1" });
    expect(await ask("http://localhost/")).toBe(EXPECTED[0]);
    expect(await cassette.record(() => ask("http://localhost/"))).toBe(EXPECTED[0]);
    const before = accepted;
    expect(await cassette.play(() => ask("http://localhost/"))).toBe(EXPECTED[0]);
    expect(accepted).toBe(before);
  });
});

describe.for(["http", "https"] as const)("a proxy on the way to %s", (scheme) => {
  const origin = (): string => `${scheme}://${HOST}:${scheme === "http" ? plain.port : secure.port}`;
  const requestTls = { rejectUnauthorized: false };

  test("undici request", () =>
    expectSameWay(origin(), () => undiciClient(new ProxyAgent({ uri: proxy.url, requestTls }))));

  test("undici request through a tunnel", () =>
    expectSameWay(origin(), () =>
      undiciClient(new ProxyAgent({ uri: proxy.url, proxyTunnel: true, requestTls })),
    ));

  test("undici fetch by the environment", () => {
    const options = { httpProxy: proxy.url, httpsProxy: proxy.url, requestTls };
    return expectSameWay(origin(), () => undiciFetchClient(new EnvHttpProxyAgent(options)));
  });

  test("axios", () =>
    expectSameWay(origin(), () => ({
      async ask(url) {
        const { data } = await axios.post<string>(url, "question", {
          proxy: { protocol: "http", host: "127.0.0.1", port: proxy.port },
          httpsAgent: new https.Agent({ rejectUnauthorized: false }),
          responseType: "text",
        });
        return data;
      },
    })));

  test.for([true, false])("node:http by the environment, connections kept: %s", (keepAlive, { skip }) => {
    skip(!PROXIES_IN_NODE, "this Node's agents know no proxies");
    const proxyEnv = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    return expectSameWay(origin(), () => {
      const options = { keepAlive, proxyEnv, rejectUnauthorized: false };
      return nodeClient({ agent: scheme === "http" ? new http.Agent(options) : new https.Agent(options) });
    });
  });
});

test("a tunnel that is kept serves one recorded request after another, as it does live", async ({ skip }) => {
  skip(!PROXIES_IN_NODE, "this Node's agents know no proxies");
  const before = proxy.asked.length;
  await expectSameWay(`https://${HOST}:${secure.port}`, () => {
    const proxyEnv = { HTTPS_PROXY: proxy.url };
    const agent = new https.Agent({
      keepAlive: true,
      maxSockets: 1,
      proxyEnv,
      rejectUnauthorized: false,
    });
    return nodeClient({ agent });
  });
  const connect = `CONNECT ${HOST}:${secure.port}`;
  expect(proxy.asked.slice(before), "live and while recording").toEqual([connect, connect]);
});

test("a body with trailers is sent on", async () => {
  using cassette = testCassette({ include: [plain.url] });
  const ask = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const headers = { trailer: "x-sum", "transfer-encoding": "chunked" };
      const request = http.request(`${plain.url}/echo`, { method: "POST", headers }, async (response) => {
        let text = "";
        for await (const part of response) text += String(part);
        resolve((JSON.parse(text) as { body: string }).body);
      });
      request.on("error", reject);
      request.write("que");
      request.addTrailers({ "x-sum": "1" });
      request.end("stion");
    });
  expect(await ask()).toBe("question");
  expect(await cassette.record(ask)).toBe("question");
  expect(await cassette.play(ask)).toBe("question");
});
