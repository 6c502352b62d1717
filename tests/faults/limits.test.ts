import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { interactionsOf } from "../../src/cassette/model.ts";
import { parseTape } from "../../src/format/index.ts";
import { chatRequest } from "../contract/support/endings.ts";
import { type TestCassette, testCassette } from "../contract/support/taping.ts";
import { CLIENTS } from "../support/clients/index.ts";
import { startCpuTimer } from "../support/cpu-timer.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { chunk, head, LAST_CHUNK, startRawServer } from "./raw-server.ts";

const MIB = 1024 * 1024;
const SOME = CLIENTS.filter(({ name }) => ["fetch", "undici request", "node:http"].includes(name));

function tapeOf({ dir }: TestCassette, name = "tape"): ReturnType<typeof parseTape> {
  return parseTape(readFileSync(join(dir, `${name}.yaml`), "utf8"), { file: `${name}.yaml` });
}

test.each(SOME)(
  "$name reads as much as it wants of an endless stream, and the test fails because the tape is incomplete",
  async (client) => {
    await using server = await startProviderServer();
    using cassette = testCassette({ maxBytes: 10_000 });
    using warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const before = "cassette: 1\ninteractions: []\n# a good one\n";
    writeFileSync(join(cassette.dir, "tape.yaml"), before);

    const endless = () => ({
      ...chatRequest(server.url, { ending: "endless" }),
      stop: { by: "leave", after: 500 } as const,
    });
    const live = await client.send(endless());
    let recorded = live;
    const told = await cassette
      .record(async () => {
        recorded = await client.send(endless());
      })
      .catch((error: unknown) => error);
    expect(recorded.chunks).toHaveLength(500);
    expect(textOf(recorded.chunks).slice(0, 50_000)).toBe(textOf(live.chunks).slice(0, 50_000));
    expect(String(told).replaceAll(server.url, "<server>")).toBe(
      "CassetteError: The response to POST <server>/v1/chat/completions is longer than maxBytes (10000). Your code got all of it, but the tape has only its beginning. Raise maxBytes for this test, or ignore this request.",
    );
    expect(readFileSync(join(cassette.dir, "tape.yaml"), "utf8")).toBe(before);
    expect(warned.mock.calls.flat().join()).toContain("kept beside the old tape, which stays");
    const [beside] = interactionsOf(tapeOf(cassette, "tape.failed"));
    expect(beside?.response).toMatchObject({ end: "truncated", error: { code: "CASSETTE_BODY_TOO_LARGE" } });
    const kept = Buffer.concat(beside?.response.chunks ?? []);
    expect(kept.length).toBeLessThanOrEqual(10_000);
    expect(textOf(live.chunks).startsWith(kept.toString())).toBe(true);
  },
);

test("the beginning of an answer does not pass for the whole of it when it is played", async () => {
  await using server = await startProviderServer();
  for (const client of SOME) {
    using cassette = testCassette({ maxBytes: 600 });
    const send = () => client.send(chatRequest(server.url));
    await expect(cassette.record(send)).rejects.toMatchObject({ code: "CASSETTE_BODY_TOO_LARGE" });
    const played = await cassette.play(send);
    expect(played.ended, client.name).toBe(false);
    expect(played.error, client.name).toBeDefined();
  }
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Reads a body and keeps nothing of it. */
const DISCARDING: Readonly<Record<string, (url: string, onData: (length: number) => void) => Promise<void>>> =
  {
    fetch: async (url, onData) => {
      const { body } = await fetch(url);
      for await (const bytes of body as ReadableStream<Uint8Array>) onData(bytes.length);
    },
    "node:http": (url, onData) =>
      new Promise((resolve, reject) => {
        get(url, (message) => {
          message.on("data", (bytes: Buffer) => onData(bytes.length));
          message.on("end", resolve);
          message.on("error", reject);
        }).on("error", reject);
      }),
  };

test.each(Object.keys(DISCARDING))(
  "64 MB through %s take no more memory than the recorded part",
  async (client) => {
    const piece = chunk(Buffer.alloc(MIB / 4, "data: x\n\n"));
    await using server = await startRawServer({
      large: async (wire) => {
        await wire.write(head("content-type: text/event-stream", "transfer-encoding: chunked"));
        for (let sent = 0; sent < 256; sent++) await wire.write(piece);
        await wire.write(LAST_CHUNK);
        wire.end();
      },
    });
    using cassette = testCassette({ maxBytes: MIB, include: [server.url] });
    let length = 0;
    let highest = 0;
    collectGarbage();
    const start = process.memoryUsage().arrayBuffers;
    const recording = cassette.record(async () => {
      await DISCARDING[client]?.(server.urlOf("large"), (more) => {
        length += more;
        if (length % (8 * MIB) > more) return;
        collectGarbage();
        highest = Math.max(highest, process.memoryUsage().arrayBuffers - start);
      });
    });
    await expect(recording).rejects.toMatchObject({ code: "CASSETTE_BODY_TOO_LARGE" });
    expect(length).toBe(64 * MIB);
    expect(highest / MIB).toBeLessThan(45);
  },
);

test.each([
  ["gzip", gzipSync(Buffer.alloc(100 * MIB, "data: bomb\n\n"))],
  ["br", brotliCompressSync(Buffer.alloc(100 * MIB), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
] as const)(
  "a small %s body that unpacks to 100 MB is neither unpacked nor written",
  async (encoding, bomb) => {
    expect(bomb.length).toBeLessThan(MIB);
    await using server = await startRawServer({
      bomb: async (wire) => {
        await wire.write(
          head(
            "content-type: text/event-stream",
            `content-encoding: ${encoding}`,
            `content-length: ${bomb.length}`,
          ),
        );
        await wire.write(bomb);
        wire.end();
      },
    });
    using cassette = testCassette({ include: [server.url] });
    let got = 0;
    const cpuTime = startCpuTimer();
    const recording = cassette.record(async () => {
      await DISCARDING["node:http"]?.(server.urlOf("bomb"), (more) => {
        got += more;
      });
    });
    await expect(recording).rejects.toMatchObject({ code: "CASSETTE_BODY_TOO_LARGE" });
    expect(got).toBe(bomb.length);
    expect(cpuTime()).toBeLessThan(5000);
    expect(existsSync(join(cassette.dir, "tape.yaml"))).toBe(false);
  },
);

test("28 MB of images are on the tape well within the time that Vitest gives a hook", async () => {
  const image = randomBytes(14 * MIB);
  await using server = await startRawServer({
    image: async (wire) => {
      await wire.write(head("content-type: image/png", `content-length: ${image.length}`));
      await wire.write(image);
      wire.end();
    },
  });
  using cassette = testCassette({ include: [server.url] });
  let cpuTime = startCpuTimer();
  await cassette.record(async () => {
    for (let time = 0; time < 2; time++) await (await fetch(server.urlOf("image"))).arrayBuffer();
    cpuTime = startCpuTimer();
  });
  expect(cpuTime()).toBeLessThan(9000);
  await cassette.play(
    ({ interactions }) => {
      expect(interactions.map(({ response }) => response.end)).toEqual(["complete", "complete"]);
      expect(Buffer.concat(interactions[0]?.response.chunks ?? []).equals(image)).toBe(true);
    },
    { unplayed: "ignore" },
  );
});

function textOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString();
}
