import http from "node:http";
import http2, { connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { send } from "../http2/support.ts";
import { CLIENTS } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { selfSignedCertificate } from "../support/provider-server/self-signed-certificate.ts";

type Read = (request: http.IncomingMessage, answer: (question: string) => void) => void;

/** How the app reads the question before it asks the provider. */
const READS: Readonly<Record<string, Read>> = {
  // As the body parsers of Express do: the rest of the app runs in the callback of an event.
  "the events of the request": (request, answer) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => answer(Buffer.concat(parts).toString()));
  },
  "a loop over the request": async (request, answer) => {
    let text = "";
    for await (const part of request) text += String(part);
    answer(text);
  },
  // As Hono does.
  "a Request of the web": async (request, answer) => {
    const body = Readable.toWeb(request) as ReadableStream;
    answer(await new Request("http://app/", { method: "POST", body, duplex: "half" } as RequestInit).text());
  },
};

let provider: ProviderServer;
let app: http.Server;
let url: string;

/** The app, which was started outside any test, asks the provider from the callback of an event. */
function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const read = READS[decodeURIComponent(request.url?.slice(1) ?? "")];
  if (read === undefined) {
    response.writeHead(404).end();
    return;
  }
  seenHeaders.push(Object.keys(request.headers).join(" "));
  read(request, async (question) => {
    const answered = await fetch(`${provider.url}/echo`, { method: "POST", body: question });
    response.end(await answered.text());
  });
}

/** The requests and responses of HTTP/2 have all that {@link answer} uses. */
const answerHttp2 = answer as unknown as (
  request: http2.Http2ServerRequest,
  response: http2.Http2ServerResponse,
) => void;

const seenHeaders: string[] = [];

beforeAll(async () => {
  provider = await startProviderServer();
  app = http.createServer(answer);
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(app.address() as { port: number }).port}`;
});
afterAll(async () => {
  app.close();
  await provider.close();
});

const TESTS = 3;
const QUESTIONS = 2;

/** Several tests at once ask the app, and each finds its own questions on its own cassette. */
async function expectKeptApart(ask: (question: string) => Promise<string>): Promise<void> {
  const cassettes = Array.from({ length: TESTS }, () => testCassette({ include: [provider.url] }));
  const questionsOf = (index: number): readonly string[] =>
    Array.from({ length: QUESTIONS }, (_, turn) => `test ${index}, question ${turn}`);
  const askAll = async (index: number): Promise<void> => {
    for (const question of questionsOf(index)) expect(await ask(question)).toContain(question);
  };
  await Promise.all(
    cassettes.map((cassette, index) =>
      cassette.record(async ({ requests }) => {
        await askAll(index);
        expect(requests.map(({ body }) => textOf(body))).toEqual(questionsOf(index));
      }),
    ),
  );
  const before = provider.requests.length;
  await Promise.all(cassettes.map((cassette, index) => cassette.play(() => askAll(index))));
  expect(provider.requests).toHaveLength(before);
  for (const cassette of cassettes) cassette[Symbol.dispose]();
}

function textOf(body: Uint8Array = new Uint8Array()): string {
  return Buffer.from(body).toString();
}

const urlOf = (read: string): string => `${url}/${encodeURIComponent(read)}`;

test.for(CLIENTS)("$name: requests of a shared server belong to the test that called it", async (client) => {
  await expectKeptApart(async (body) => {
    const { chunks } = await client.send({ url: urlOf("the events of the request"), body });
    return Buffer.concat(chunks).toString();
  });
});

test.for(CLIENTS)("$name: so they do if requests to the server are recorded, too", async (client) => {
  const cassettes = Array.from({ length: TESTS }, () => testCassette({ include: [url, provider.url] }));
  await Promise.all(
    cassettes.map((cassette, index) =>
      cassette.record(async ({ requests }) => {
        const body = `test ${index}`;
        await client.send({ url: urlOf("the events of the request"), body });
        const sent = requests.map((each) => [new URL(each.url).origin, textOf(each.body)]);
        expect(sent).toEqual([
          [url, body],
          [provider.url, body],
        ]);
      }),
    ),
  );
  for (const cassette of cassettes) cassette[Symbol.dispose]();
});

test.for(Object.keys(READS))(
  "read by %s, over one connection of undici that all tests share",
  async (read) => {
    const dispatcher = new Agent({ connections: 1 });
    await expectKeptApart(async (body) => {
      const response = await request(urlOf(read), { method: "POST", body, dispatcher });
      return response.body.text();
    });
    await dispatcher.close();
  },
);

test.for(Object.keys(READS))(
  "read by %s, over one connection of node:http that all tests share",
  async (read) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    await expectKeptApart(
      (body) =>
        new Promise((resolve, reject) => {
          const sent = http.request(urlOf(read), { method: "POST", agent }, async (response) => {
            let text = "";
            for await (const part of response) text += String(part);
            resolve(text);
          });
          sent.on("error", reject).flushHeaders();
          // The server runs its handler before it gets the body.
          setTimeout(() => sent.end(body), 5);
        }),
    );
    agent.destroy();
  },
);

describe("over HTTP/2", () => {
  let app2: http2.Http2Server;
  let url2: string;
  let secure: http2.Http2SecureServer;
  const { key, certificate } = selfSignedCertificate();
  beforeAll(async () => {
    app2 = http2.createServer(answerHttp2);
    secure = http2.createSecureServer({ key, cert: certificate }, answerHttp2);
    for (const each of [app2, secure])
      await new Promise<void>((resolve) => each.listen(0, "127.0.0.1", resolve));
    url2 = `http://127.0.0.1:${(app2.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    app2.close();
    secure.close();
  });

  test.for(Object.keys(READS))("read by %s, on one session that all tests share", async (read) => {
    const session = connect(url2);
    await expectKeptApart(async (body) => {
      const path = `/${encodeURIComponent(read)}`;
      const { chunks } = await send(session, { ":path": path, ":method": "POST" }, body);
      return chunks.join("");
    });
    session.close();
  });

  test("on one session of undici over TLS", async () => {
    const connect = { ca: certificate, preferH2: true };
    const dispatcher = new Agent({ connect, connections: 1 });
    const origin = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const asked = `${origin}/${encodeURIComponent("the events of the request")}`;
    await expectKeptApart(async (body) => {
      const response = await request(asked, { method: "POST", body, dispatcher });
      return response.body.text();
    });
    await dispatcher.close();
  });
});

test("the app sees no header of ours", () => {
  expect(seenHeaders.length).toBeGreaterThan(0);
  expect(seenHeaders.filter((names) => names.includes("cassette"))).toEqual([]);
});
