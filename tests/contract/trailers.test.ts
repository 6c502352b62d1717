import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCassette } from "./support/taping.ts";

const server = http.createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/x-ndjson", trailer: "x-sum, x-end" });
  response.write('{"a":1}\n');
  response.addTrailers([
    ["x-sum", "1"],
    ["x-sum", "2"],
    ["x-end", "yes"],
  ]);
  response.end('{"a":2}\n');
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
});
afterAll(() => void server.close());

function ask(agent: http.Agent): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: "POST", agent }, async (response) => {
      let text = "";
      for await (const part of response) text += String(part);
      resolve({ text, trailers: response.trailers, rawTrailers: response.rawTrailers });
    });
    request.on("error", reject);
    request.end();
  });
}

test("node:http gets the same trailers live, recorded and replayed, on a kept connection too", async () => {
  using cassette = testCassette();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const twice = async (): Promise<unknown> => [await ask(agent), await ask(agent)];
  const expected = {
    text: '{"a":1}\n{"a":2}\n',
    trailers: { "x-sum": "1, 2", "x-end": "yes" },
    rawTrailers: ["x-sum", "1", "x-sum", "2", "x-end", "yes"],
  };
  expect(await twice()).toEqual([expected, expected]);
  expect(await cassette.record(twice)).toEqual([expected, expected]);
  expect(await cassette.play(twice)).toEqual([expected, expected]);
  agent.destroy();
});

test("fetch shows no trailers, and none are on a tape that it records", async () => {
  using cassette = testCassette();
  const text = async () => (await fetch(url, { method: "POST" })).text();
  expect(await cassette.record(text)).toBe('{"a":1}\n{"a":2}\n');
  const trailers = await cassette.play(async ({ interactions }) => {
    await text();
    return interactions[0]?.response.trailers;
  });
  expect(trailers).toBeUndefined();
});
