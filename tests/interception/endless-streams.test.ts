import { get } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { sendByFetch } from "../../src/interception/send-fetch.ts";
import { testCassette } from "../contract/support/taping.ts";
import { chunk, head, startRawServer } from "../faults/raw-server.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

type Read = (url: string, signal: AbortSignal, onData: () => void) => Promise<void>;

const CLIENTS: Readonly<Record<string, Read>> = {
  fetch: async (url, signal, onData) => {
    const { body } = await fetch(url, { signal });
    for await (const _ of body as ReadableStream<Uint8Array>) onData();
  },
  "node:http": (url, signal, onData) =>
    new Promise((resolve, reject) => {
      get(url, { signal }, (message) => {
        message.on("data", onData).on("end", resolve).on("error", reject);
      }).on("error", reject);
    }),
};

test.each(Object.keys(CLIENTS))(
  "%s: timers and an abort come through while a fast endless stream is taped",
  async (client) => {
    await using server = await startRawServer({
      endless: async (wire) => {
        await wire.write(head("content-type: text/event-stream", "transfer-encoding: chunked"));
        for (;;) await wire.write(chunk("data: {}\n\n".repeat(1000)));
      },
    });
    using cassette = testCassette({ maxBytes: 20_000, include: [server.url] });
    const recording = cassette.record(async () => {
      const controller = new AbortController();
      const start = performance.now();
      let ticks = 0;
      const timer = setInterval(() => {
        ticks++;
        // A request that nobody holds is collected: the signal that follows the caller's must live on.
        collectGarbage();
        if (ticks === 10) controller.abort();
      }, 10);
      const onData = (): void => {
        if (performance.now() - start > 8000) throw new Error("neither timers nor the abort came through");
      };
      try {
        await CLIENTS[client]?.(server.urlOf("endless"), controller.signal, onData);
      } catch (error) {
        expect(error).toMatchObject({ name: "AbortError" });
      } finally {
        clearInterval(timer);
      }
      expect(ticks).toBeLessThan(20);
    });
    await expect(recording).rejects.toMatchObject({ code: "CASSETTE_BODY_TOO_LARGE" });
    // The provider is told that nobody reads any more.
    await expect.poll(() => server.openConnections).toBe(0);
  },
);

test("the event loop gets its turn while a stream from memory is read", async () => {
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(10));
    },
  });
  const fake = async (): Promise<Response> => new Response(endless);
  const { signal } = new AbortController();
  const { body } = await sendByFetch(fake, new Request("http://localhost/"), undefined, signal);
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 1);
  let reads = 0;
  while (!fired && reads < 1_000_000) {
    await body?.read();
    reads++;
  }
  expect(fired).toBe(true);
  body?.cancel(undefined);
});
