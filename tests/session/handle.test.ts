import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { CHAT_URL, chatEvents, interaction, tapes } from "./support.ts";

const ask = (what: string): Promise<string> =>
  fetch(`${CHAT_URL}?${what}`, { method: "POST" }).then((response) => response.text());

test("the lists of a cassette are there before the first request, and grow with each", async () => {
  using folder = tapes();
  folder.tape("t", [interaction(`${CHAT_URL}?a`, { chunks: chatEvents("a") })]);
  await folder.play("t", {}, async ({ requests, misses }) => {
    expect([requests, misses]).toEqual([[], []]);
    await ask("a");
    expect(requests).toMatchObject([{ method: "POST", url: `${CHAT_URL}?a` }]);
  });
});

test("the streams are those that this test has played, in the order of its requests", async () => {
  using folder = tapes();
  folder.tape(
    "t",
    ["a", "b", "left"].map((what) => interaction(`${CHAT_URL}?${what}`, { chunks: chatEvents(what) })),
  );
  await folder.play("t", { unplayed: "ignore", repeat: "last" }, async (cassette) => {
    expect(cassette.streams).toEqual([]);
    expect(() => cassette.stream()).toThrow('Failed to pick one stream of cassette "t": it has none.');
    await ask("b");
    expect(cassette.stream().text).toBe("b");
    await ask("a");
    // A recording that is repeated is listed once.
    await ask("b");
    expect(cassette.streams.map(({ text }) => text)).toEqual(["b", "a"]);
    expect(cassette.interactions).toHaveLength(3);
  });
});

test("the streams of a test that adds to its tape are without the recordings that it leaves", async () => {
  await using server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(Buffer.concat(chatEvents("new")));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  using folder = tapes();
  const names = ["left", "a"];
  folder.tape(
    "t",
    names.map((what) => interaction(`${CHAT_URL}?${what}`, { chunks: chatEvents(what) })),
  );
  await folder.play("t", { mode: "hybrid" }, async (cassette) => {
    const live = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: "POST" });
    await live.text();
    expect(cassette.stream().text).toBe("new");
    await ask("a");
    expect(cassette.streams.map(({ text }) => text)).toEqual(["new", "a"]);
  });
  expect(folder.interactions("t")).toHaveLength(3);
});

test("changing the lists of a cassette changes neither the replay nor the counts", async () => {
  using folder = tapes();
  folder.tape(
    "t",
    ["a", "b"].map((what) => interaction(`${CHAT_URL}?${what}`, { chunks: chatEvents(what) })),
  );
  const emptied = (list: readonly unknown[]): void => {
    (list as unknown[]).length = 0;
  };
  const played = folder.play("t", {}, async (cassette) => {
    await ask("a");
    await ask("missed");
    emptied(cassette.requests);
    emptied(cassette.misses);
    emptied(cassette.unplayed);
    expect(() => emptied(cassette.interactions)).toThrow(TypeError);
    expect(await ask("b")).toContain("b");
    expect(cassette.stats).toEqual({
      asked: 3,
      requests: 3,
      played: 2,
      recorded: 0,
      missed: 1,
      substituted: 0,
      unplayed: 0,
      successRate: 2 / 3,
      bytesRecorded: 0,
      overhead: expect.any(Number),
      events: { sent: 0, dropped: 0 },
    });
  });
  await expect(played).rejects.toMatchObject({ code: "CASSETTE_MISS" });
});

test("a request after the cassette was ejected is refused and reported", async () => {
  using folder = tapes();
  const played = folder.play("none", {}, async (cassette) => {
    await cassette.eject();
    expect(await ask("late")).toContain("was ejected before it was sent");
  });
  await expect(played).rejects.toMatchObject({ code: "CASSETTE_CLOSED" });
});

test("as JSON, and so in Vitest's diffs, a cassette shows its content without bytes", async () => {
  using folder = tapes();
  folder.tape("t", [interaction(`${CHAT_URL}?a`, { chunks: chatEvents("Why") })]);
  await folder.play("t", {}, async (cassette) => {
    await ask("a");
    const { overhead: _, events: __, ...stats } = cassette.stats;
    expect(JSON.parse(JSON.stringify(cassette))).toEqual({
      name: "t",
      mode: "strict",
      recording: false,
      stats,
      streams: [cassette.stream().summary],
    });
    expect(Object.keys(cassette)).not.toContain("toJSON");
  });
});
