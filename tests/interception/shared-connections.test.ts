import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";

/** Caught at the sockets: it was captured before a cassette replaced fetch. */
const captured = globalThis.fetch;

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

test("requests on one connection are recorded by whoever catches them, and those of nobody pass", async () => {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    sockets.add(request.socket);
    const body = (await request.setEncoding("utf8").toArray()).join("");
    asked.push(`${request.url} ${body.length}`);
    response.end(`${request.url} ${body.length} ${body.slice(0, 8)}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  using cassette = testCassette({ include: [origin], ignore: [`${origin}/left-alone`] });

  // Long enough for several writes, one of which begins like a request.
  const long = `${"a".repeat(100_000)}GET / HTTP/1.1\r\n\r\n`;
  const requests: readonly (readonly [Fetch, string, string])[] = [
    [(...args) => fetch(...args), "1", "one"],
    [captured, "2", "two"],
    [(...args) => fetch(...args), "3", long],
    [captured, "left-alone", "alone"],
    [(...args) => fetch(...args), "4", ""],
    [captured, "5", long],
    // On the connection of "4": undici uses them in turn.
    [captured, "7", "seven"],
    [captured, "left-alone", long],
    [(...args) => fetch(...args), "6", "six"],
  ];
  const ask = async (): Promise<readonly string[]> => {
    const answers: string[] = [];
    for (const [send, path, body] of requests) {
      const response = await send(`${origin}/${path}`, { method: "POST", body });
      answers.push(await response.text());
    }
    return answers;
  };

  const recorded = await cassette.record(ask);
  expect(recorded).toEqual(requests.map(([, path, body]) => `/${path} ${body.length} ${body.slice(0, 8)}`));
  expect(asked).toHaveLength(requests.length);
  // fetch keeps one connection, and the socket seam sends over another.
  expect(sockets.size).toBeLessThan(requests.length);
  asked.length = 0;
  expect(await cassette.play(ask)).toEqual(recorded);
  expect(asked.map((each) => each.split(" ")[0])).toEqual(["/left-alone", "/left-alone"]);
  server.closeAllConnections();
  server.close();
});
