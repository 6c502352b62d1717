import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { Agent, Dispatcher1Wrapper, Pool, fetch as undiciFetch, request as undiciRequest } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capturedFetch } from "../support/clients/captured-fetch.ts";
import { saysThatItIsARecording } from "../support/clients/client.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { selfSignedCertificate } from "../support/provider-server/self-signed-certificate.ts";
import { testCassette } from "./support/taping.ts";
import { startTrafficServers } from "./support/traffic.ts";

let server: ProviderServer;
let ca: string;
beforeAll(async () => {
  server = await startProviderServer({ tls: true });
  ca = server.certificate ?? "";
});
afterAll(() => server.close());

type Ask = (url: string) => Promise<string>;

const EXPECTED = "line 0 é🎉\nline 1 é🎉\n";

/** Trust that was given to one client alone holds live, while recording, and is not asked for in replay. */
async function expectTrusted(ask: Ask): Promise<void> {
  using cassette = testCassette({ include: [server.url] });
  const url = `${server.url}/lines?count=2`;
  expect(await ask(url)).toBe(EXPECTED);
  expect(await cassette.record(() => ask(url))).toBe(EXPECTED);
  const before = server.acceptedConnections;
  expect(await cassette.play(() => ask(url))).toBe(EXPECTED);
  expect(server.acceptedConnections).toBe(before);
}

function nodeAsk(options: https.RequestOptions): Ask {
  return (url) =>
    new Promise((resolve, reject) => {
      const request = https.request(url, { method: "POST", ...options }, async (response) => {
        let text = "";
        for await (const part of response.setEncoding("utf8")) text += String(part);
        resolve(text);
      });
      request.on("error", reject);
      request.end("question");
    });
}

const asked = { method: "POST", body: "question" } as const;

describe("a certificate that one client trusts", () => {
  test("fetch with a dispatcher", async () => {
    const dispatcher = new Dispatcher1Wrapper(new Agent({ connect: { ca } }));
    await expectTrusted(async (url) => (await fetch(url, { ...asked, dispatcher } as RequestInit)).text());
    await dispatcher.close();
  });

  test("fetch of a Request that has a dispatcher", async () => {
    const dispatcher = new Dispatcher1Wrapper(new Agent({ connect: { ca } }));
    await expectTrusted(async (url) =>
      (await fetch(new Request(url, { ...asked, dispatcher } as RequestInit))).text(),
    );
    await dispatcher.close();
  });

  test("captured fetch with a dispatcher", async () => {
    const dispatcher = new Dispatcher1Wrapper(new Agent({ connect: { ca } }));
    await expectTrusted(async (url) =>
      (await capturedFetch(url, { ...asked, dispatcher } as RequestInit)).text(),
    );
    await dispatcher.close();
  });

  test("undici fetch with a dispatcher", async () => {
    const dispatcher = new Agent({ connect: { ca } });
    await expectTrusted(async (url) => (await undiciFetch(url, { ...asked, dispatcher })).text());
    await dispatcher.close();
  });

  test("undici Pool", async () => {
    const pool = new Pool(server.url, { connect: { ca } });
    await expectTrusted(async (url) => {
      const { pathname, search } = new URL(url);
      return (await pool.request({ ...asked, path: pathname + search })).body.text();
    });
    await pool.close();
  });

  test("undici request", async () => {
    const dispatcher = new Agent({ connect: { ca } });
    await expectTrusted(async (url) => (await undiciRequest(url, { ...asked, dispatcher })).body.text());
    await dispatcher.close();
  });

  test("node:https", () => expectTrusted(nodeAsk({ ca })));

  test("node:https with an agent", async () => {
    const agent = new https.Agent({ ca, keepAlive: true });
    await expectTrusted(nodeAsk({ agent }));
    agent.destroy();
  });

  test("node:https that trusts everybody", () => expectTrusted(nodeAsk({ rejectUnauthorized: false })));

  test("node:https with a check of its own", () =>
    expectTrusted(nodeAsk({ ca, servername: "localhost", checkServerIdentity: () => undefined })));
});

test("an untrusted certificate fails the same way while recording as live", async () => {
  using cassette = testCassette({ include: [server.url] });
  const url = `${server.url}/lines?count=2`;
  for (const ask of [
    nodeAsk({}),
    async (url: string) => (await fetch(url, asked)).text(),
    async (url: string) => (await undiciRequest(url, asked)).body.text(),
  ]) {
    const failure = async (): Promise<unknown> => {
      const error = await ask(url).then(
        () => undefined,
        (reason: Error) => reason,
      );
      const isLast = error?.cause === undefined || saysThatItIsARecording(error.cause);
      const cause = (isLast ? error : error.cause) as NodeJS.ErrnoException | undefined;
      return [error?.name, cause?.code, cause?.message];
    };
    const live = await failure();
    expect(live).toEqual([expect.any(String), "DEPTH_ZERO_SELF_SIGNED_CERT", expect.any(String)]);
    expect(await cassette.record(failure)).toEqual(live);
    expect(await cassette.play(failure)).toEqual(live);
  }
});

test("a client that takes longer headers than others gets them, and others do not", async () => {
  await using plain = await startProviderServer({ script: { headers: [["x-long", "h".repeat(30_000)]] } });
  using cassette = testCassette({ include: [plain.url] });
  const ask = (options: http.RequestOptions) => (): Promise<unknown> =>
    new Promise((resolve) => {
      const request = http.get(`${plain.url}/lines?count=1`, options, (response) => {
        response.resume().on("end", () => resolve(response.headers["x-long"]?.length));
      });
      request.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code));
    });
  for (const [options, expected] of [
    [{ maxHeaderSize: 64 * 1024 }, 30_000],
    [{}, "HPE_HEADER_OVERFLOW"],
  ] as const) {
    expect(await ask(options)()).toBe(expected);
    expect(await cassette.record(ask(options))).toBe(expected);
    expect(await cassette.play(ask(options))).toBe(expected);
  }
});

test("a client that waits for leave to send its body gets it", async () => {
  await using plain = await startProviderServer();
  using cassette = testCassette({ include: [plain.url] });
  const ask = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const options = { method: "POST", headers: { expect: "100-continue", "content-length": "8" } };
      const request = http.request(`${plain.url}/echo`, options, async (response) => {
        let text = "";
        for await (const part of response) text += String(part);
        resolve((JSON.parse(text) as { body: string }).body);
      });
      request.on("continue", () => request.end("question"));
      request.on("error", reject);
      request.flushHeaders();
    });
  expect(await ask()).toBe("question");
  expect(await cassette.record(ask)).toBe("question");
  expect(await cassette.play(ask)).toBe("question");
});

test("a WebSocket to a host that belongs on the tape is left alone", async () => {
  await using traffic = await startTrafficServers(selfSignedCertificate());
  using cassette = testCassette({ include: [/127\.0\.0\.1/] });
  const talk = async (): Promise<unknown> => {
    const socket = new WebSocket(`ws://127.0.0.1:${traffic.upgrade}/socket`);
    const told: unknown[] = [];
    socket.addEventListener("open", () => socket.send("hi"));
    socket.addEventListener("message", ({ data }) => {
      told.push(data);
      socket.close(1000, "done");
    });
    await once(socket, "close");
    return told;
  };
  expect(await cassette.record(talk)).toEqual(["echo hi"]);
  expect(await cassette.play(talk)).toEqual(["echo hi"]);
});
