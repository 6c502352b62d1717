import { afterAll, beforeAll, expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

/** Not URL, which Node's own fetch takes from the globals. */
const NAMES = [
  "Buffer",
  "Headers",
  "process",
  "queueMicrotask",
  "ReadableStream",
  "Request",
  "Response",
  "setImmediate",
  "setTimeout",
];

/** Takes a global away while `body` runs, or puts `replacement` in its place. */
async function without<T>(name: string, replacement: unknown, body: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor;
  if (replacement === undefined) Reflect.deleteProperty(globalThis, name);
  else Object.defineProperty(globalThis, name, { value: replacement, configurable: true, writable: true });
  try {
    return await body();
  } finally {
    Object.defineProperty(globalThis, name, before);
  }
}

function broken(): never {
  throw new Error("This replacement is for the code under test alone.");
}

test.each(
  NAMES.flatMap((name) => [[name, "deletes", undefined] as const, [name, "replaces", broken] as const]),
)(
  "%s: code under test that %s it gets its response",
  async (name, _, replacement) => {
    using cassette = testCassette({ include: [server.url] });
    const send = async (): Promise<string> => {
      const { body } = await fetch(`${server.url}/png`);
      const reader = (body as ReadableStream<Uint8Array>).getReader();
      let length = 0;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return `${length} bytes`;
        length += value.length;
      }
    };
    const recorded = await cassette.record(send);
    const played = await cassette.play(async () => {
      // The cassette restores the environment first.
      await Promise.resolve();
      return without(name, replacement, send);
    });
    expect(played).toBe(recorded);
  },
  5000,
);
