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

test("what a test does to the lists of its cassette changes neither what is played nor what is counted", async () => {
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
      requests: 3,
      played: 2,
      recorded: 0,
      missed: 1,
      substituted: 0,
      live: 0,
      unplayed: 0,
      successRate: 2 / 3,
    });
  });
  await expect(played).rejects.toMatchObject({ code: "CASSETTE_MISS" });
});

test("what is sent after the cassette was ejected is refused, and told", async () => {
  using folder = tapes();
  const played = folder.play("none", {}, async (cassette) => {
    await cassette.eject();
    expect(await ask("late")).toContain("was ejected before it was sent");
  });
  await expect(played).rejects.toMatchObject({ code: "CASSETTE_CLOSED" });
});

test("as JSON, and so in Vitest's differences, a cassette is what it holds and none of its bytes", async () => {
  using folder = tapes();
  folder.tape("t", [interaction(`${CHAT_URL}?a`, { chunks: chatEvents("Why") })]);
  await folder.play("t", {}, async (cassette) => {
    await ask("a");
    expect(JSON.parse(JSON.stringify(cassette))).toEqual({
      name: "t",
      mode: "strict",
      recording: false,
      stats: cassette.stats,
      streams: [cassette.stream().summary],
    });
    expect(Object.keys(cassette)).not.toContain("toJSON");
  });
});
