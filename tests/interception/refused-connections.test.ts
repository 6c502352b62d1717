import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { request } from "undici";
import { beforeAll, expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";

const CLIENTS: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  fetch: (url) => fetch(url).catch((error: Error) => error.cause),
  undici: (url) => request(url).catch((error: unknown) => error),
  "node:http": (url) => new Promise((resolve) => get(url, resolve).on("error", resolve)),
};

/** All that code under test may look at. */
function shown(error: unknown): unknown {
  const { name, message, stack: _stack, ...fields } = error as Error;
  const errors = error instanceof AggregateError ? { errors: error.errors.map(shown) } : {};
  return { name, message, ...fields, ...errors };
}

let port = 0;
beforeAll(async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
  await new Promise((resolve) => server.close(resolve));
});

test.each(
  Object.keys(CLIENTS).flatMap((client) =>
    ["127.0.0.1", "[::1]", "localhost"].map((host) => [client, host] as const),
  ),
)("%s: a refused connection to %s has the same fields live, recorded and replayed", async (client, host) => {
  const url = `http://${host}:${port}/v1/models`;
  const send = async (): Promise<unknown> => shown(await CLIENTS[client]?.(url));
  using cassette = testCassette({ include: [url] });
  const live = await send();
  expect(live).toMatchObject({ code: host === "[::1]" ? expect.stringMatching(/^E/) : "ECONNREFUSED" });
  expect(await cassette.record(send)).toEqual(live);
  expect(await cassette.play(send)).toEqual(live);
});

test.each(Object.keys(CLIENTS))("%s: a replayed failure says that it is a recording", async (client) => {
  const url = `http://127.0.0.1:${port}/v1/models`;
  const send = async (): Promise<Error> => (await CLIENTS[client]?.(url)) as Error;
  using cassette = testCassette({ include: [url] });
  expect((await cassette.record(send)).cause).toBeUndefined();
  const { cause } = await cassette.play(send);
  expect(cause).toMatchObject({
    code: "ECONNREFUSED",
    message: expect.stringMatching(
      /^This failed connection is a recording, in .*tape\.yaml\. Re-record the cassette: RECORD=1/,
    ),
  });
});

test("a name that does not resolve fails with the same fields", async () => {
  const url = "http://does-not-exist.invalid/v1/models";
  const send = async (): Promise<unknown> => shown(await CLIENTS.fetch?.(url));
  using cassette = testCassette();
  const live = await send();
  expect(live).toMatchObject({ syscall: "getaddrinfo", hostname: "does-not-exist.invalid" });
  expect(await cassette.record(send)).toEqual(live);
  expect(await cassette.play(send)).toEqual(live);
});
