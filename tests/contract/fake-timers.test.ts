import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SECURE_CLIENTS } from "../support/clients/index.ts";
import { writeTape } from "./support/hand-written-tape.ts";
import { testCassette } from "./support/taping.ts";
import { textOf } from "./support/three-ways.ts";

const EVENTS = ["data: one\n\n", "data: two\n\n", "data: three\n\n"];
const url = "https://made-up.example/v1/events";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.for(SECURE_CLIENTS)("$name plays while timers stand still", async (client) => {
  using cassette = testCassette({ repeat: "last" });
  writeTape(cassette.dir, { url, events: EVENTS });
  await cassette.play(async () => {
    for (let turn = 0; turn < 3; turn++) {
      const result = await client.send({ url });
      expect(result).toMatchObject({ status: 200, ended: true });
      expect(textOf(result.chunks)).toBe(EVENTS.join(""));
      if (client.reads === "stream") expect(result.chunks).toHaveLength(EVENTS.length);
    }
  });
  expect(vi.getTimerCount()).toBeLessThan(10);
});

test.for(SECURE_CLIENTS)("$name misses while timers stand still", async (client) => {
  using cassette = testCassette();
  const playing = cassette.play(async () => {
    expect((await client.send({ url })).status).toBe(400);
  });
  await expect(playing).rejects.toMatchObject({ name: "CassetteMissError" });
});
