import { Agent, request as httpRequest } from "node:http";
import got from "got";
import {
  Client,
  Dispatcher1Wrapper,
  Pool,
  Agent as UndiciAgent,
  fetch as undiciFetch,
  request as undiciRequest,
} from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capturedFetch } from "../support/clients/captured-fetch.ts";
import { CLIENTS } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { testCassette } from "./support/taping.ts";
import { textOf } from "./support/three-ways.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

type Ask = (question: string) => Promise<string>;

const TESTS = 6;
const QUESTIONS = 3;

/** Several tests at once, each with a cassette of its own, ask through one client. */
async function expectKeptApart(ask: Ask): Promise<void> {
  const cassettes = Array.from({ length: TESTS }, () => testCassette({ include: [server.url] }));
  const askAll = async (index: number): Promise<readonly string[]> => {
    const questions = Array.from({ length: QUESTIONS }, (_, turn) => `test ${index}, question ${turn}`);
    const answers = await Promise.all(questions.map(ask));
    expect(answers).toEqual(questions.map((question) => expect.stringContaining(question)));
    return answers;
  };
  const recorded = await Promise.all(
    cassettes.map((cassette, index) =>
      cassette.record(async ({ requests }) => {
        const answers = await askAll(index);
        expect(requests.map(({ body }) => textOf([body ?? new Uint8Array()])).toSorted()).toEqual(
          Array.from({ length: QUESTIONS }, (_, turn) => `test ${index}, question ${turn}`),
        );
        return answers;
      }),
    ),
  );
  const before = server.requests.length;
  const replayed = await Promise.all(cassettes.map((cassette, index) => cassette.play(() => askAll(index))));
  expect(replayed).toEqual(recorded);
  expect(server.requests).toHaveLength(before);
  for (const cassette of cassettes) cassette[Symbol.dispose]();
}

const echo = (): string => `${server.url}/echo`;

test.for(CLIENTS)("$name: tests that send at the same time keep their requests", async (client) => {
  await expectKeptApart(async (body) => textOf((await client.send({ url: echo(), body })).chunks));
});

describe("over one connection that all have to share", () => {
  test("fetch with a dispatcher", async () => {
    const dispatcher = new Dispatcher1Wrapper(new UndiciAgent({ connections: 1 }));
    await expectKeptApart(async (body) => {
      const response = await fetch(echo(), { method: "POST", body, dispatcher } as RequestInit);
      return response.text();
    });
    await dispatcher.close();
  });

  test("captured fetch with a dispatcher", async () => {
    const dispatcher = new Dispatcher1Wrapper(new UndiciAgent({ connections: 1 }));
    await expectKeptApart(async (body) => {
      const response = await capturedFetch(echo(), { method: "POST", body, dispatcher } as RequestInit);
      return response.text();
    });
    await dispatcher.close();
  });

  test("undici fetch with a dispatcher", async () => {
    const dispatcher = new UndiciAgent({ connections: 1 });
    await expectKeptApart(async (body) =>
      (await undiciFetch(echo(), { method: "POST", body, dispatcher })).text(),
    );
    await dispatcher.close();
  });

  test("undici Pool", async () => {
    const pool = new Pool(server.url, { connections: 1 });
    await expectKeptApart(async (body) =>
      (await pool.request({ path: "/echo", method: "POST", body })).body.text(),
    );
    await pool.close();
  });

  test("undici Client", async () => {
    const client = new Client(server.url);
    await expectKeptApart(async (body) =>
      (await undiciRequest(echo(), { method: "POST", body, dispatcher: client })).body.text(),
    );
    await client.close();
  });

  test("node:http with an agent", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await expectKeptApart(
      (body) =>
        new Promise((resolve, reject) => {
          const request = httpRequest(echo(), { method: "POST", agent }, (response) => {
            let text = "";
            response.setEncoding("utf8").on("data", (part) => {
              text += part;
            });
            response.on("end", () => resolve(text));
          });
          request.on("error", reject);
          request.end(body);
        }),
    );
    agent.destroy();
  });

  test("got with an agent", async () => {
    const agent = { http: new Agent({ keepAlive: true, maxSockets: 1 }) };
    await expectKeptApart((body) => got.post(echo(), { body, agent, retry: { limit: 0 } }).text());
    agent.http.destroy();
  });
});
