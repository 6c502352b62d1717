import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";

/** Answers the first two requests of a connection, and kills it on the third. */
async function startServer(kill: (socket: Socket) => void): Promise<{ url: string } & AsyncDisposable> {
  const counts = new WeakMap<Socket, number>();
  const server = createServer(({ socket }, response) => {
    const count = (counts.get(socket) ?? 0) + 1;
    counts.set(socket, count);
    if (count <= 2) response.end(`answer ${count}`);
    else kill(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Sends until a request fails; gives all answers, and the code of the failure. */
async function sendUntilFailure(url: string): Promise<readonly string[]> {
  const seen: string[] = [];
  try {
    while (seen.length < 20) seen.push(await (await fetch(url, { method: "POST", body: "x" })).text());
  } catch (error) {
    seen.push(String(((error as Error).cause as NodeJS.ErrnoException).code));
  }
  return seen;
}

test.each([
  ["closed", "UND_ERR_SOCKET", (socket: Socket) => void socket.end()],
  ["reset", "ECONNRESET", (socket: Socket) => void socket.resetAndDestroy()],
])(
  "a kept connection that is %s under a request is taped as that, and played as that",
  async (_, code, kill) => {
    await using server = await startServer(kill);
    using cassette = testCassette({ include: [server.url] });
    const recorded = await cassette.record(() => sendUntilFailure(server.url));
    expect(recorded.at(-1)).toBe(code);
    const [played, tape] = await cassette.play(async ({ interactions }) => [
      await sendUntilFailure(server.url),
      interactions.map(({ response }) => response),
    ]);
    expect(played).toEqual(recorded);
    expect(tape.at(-1)).toMatchObject({ status: 0, end: "reset", error: { code } });
    expect(tape.slice(0, -1).every(({ status, end }) => status === 200 && end === "complete")).toBe(true);
  },
);
