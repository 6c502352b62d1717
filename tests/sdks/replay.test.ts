// First, so that the fetch that it keeps is the one before any patching.

import { afterEach, describe, expect, test, vi } from "vitest";
import { listPlaceholderKeys } from "../../src/vitest/list-placeholder-keys.ts";
import { setPlaceholderKeys } from "../../src/vitest/placeholder-keys.ts";
import { testCassette } from "../contract/support/taping.ts";
import { capturedFetch } from "../support/clients/captured-fetch.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { SCENARIOS } from "./index.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

/** Which fetch the SDKs find: that of the moment, or one that they had kept from before anything was patched. */
const SEAMS = {
  fetch: () => vi.unstubAllGlobals(),
  sockets: () => vi.stubGlobal("fetch", capturedFetch),
} as const;

const WAYS = [
  ["fetch", "fetch"],
  ["fetch", "sockets"],
  ["sockets", "fetch"],
] as const;

/** Streams that are left before their end: on purpose, and by the SDK at an error in the stream. */
const LEFT: Readonly<Record<string, readonly string[]>> = {
  openai: ["aborted"],
  "@anthropic-ai/sdk": ["aborted"],
};

function usePlaceholderKeys(): void {
  for (const name of Object.keys(process.env))
    if (/_API_KEY$|_TOKEN$/.test(name)) vi.stubEnv(name, undefined);
  const placeholders: NodeJS.ProcessEnv = {};
  setPlaceholderKeys(placeholders, listPlaceholderKeys());
  for (const name in placeholders) vi.stubEnv(name, placeholders[name]);
}

describe.for(SCENARIOS)("$name", (scenario) => {
  test.for(WAYS)(
    "recorded through %s, plays through %s without server and key",
    async ([recorder, player]) => {
      const server = await startProviderServer();
      using cassette = testCassette({ include: [server.url] });
      SEAMS[recorder]();
      let count = 0;
      const recorded = await cassette.record(async ({ stats }) => {
        const told = await scenario.run(server.url);
        count = server.requests.length;
        expect(stats).toBeDefined();
        return told;
      });
      await server.close();

      usePlaceholderKeys();
      SEAMS[player]();
      await cassette.play(async (played) => {
        const told = await scenario.run(server.url, { key: "environment" });
        expect(told).toStrictEqual(recorded);
        expect(played.stats).toEqual({
          asked: count,
          requests: count,
          played: count,
          recorded: 0,
          missed: 0,
          substituted: 0,
          unplayed: 0,
          successRate: 1,
          bytesRecorded: 0,
          overhead: expect.any(Number),
          events: { sent: 0, dropped: 0 },
        });
        const ends = played.interactions.map(({ response }) => response.end);
        expect(ends.filter((end) => end !== "complete")).toEqual(LEFT[scenario.name] ?? []);
      });
    },
  );

  test("a miss is one attempt, at once, and an error of the SDK's own for a bad request", async () => {
    const server = await startProviderServer();
    using cassette = testCassette({ include: [server.url] });
    await cassette.record(() => scenario.ask(server.url, "One?"));
    await server.close();
    // Ollama, whose paths are others' too, is known on loopback by its port.
    const missing = scenario.provider === "ollama" ? "http://127.0.0.1:11434" : server.url;
    const timed = async (url: string, question: string): Promise<[ms: number, error: unknown]> => {
      const started = performance.now();
      const error = await scenario.ask(url, question).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      return [performance.now() - started, error];
    };
    let answered = 0;
    await cassette.play(async () => {
      [answered] = await timed(server.url, "One?");
    });
    const playing = cassette.play(async (played) => {
      const [missed, error] = await timed(missing, "Two?");
      expect(played.requests).toHaveLength(1);
      expect(played.stats).toMatchObject({ requests: 1, played: 0, missed: 1 });
      const { status, statusCode, status_code } = error as Record<string, unknown>;
      expect(status ?? statusCode ?? status_code).toBe(400);
      expect([(error as Error).name, (error as Error).constructor.name]).toContain(scenario.badRequest);
      expect((error as Error).message).toContain("Failed to play");
      // The quickest of a few: the machine may have been busy.
      let quickest = missed;
      for (let more = 0; more < 5 && quickest - answered >= 100; more += 1) {
        quickest = Math.min(quickest, (await timed(missing, "Two?"))[0]);
      }
      expect(quickest - answered).toBeLessThan(100);
    });
    await expect(playing).rejects.toMatchObject({ name: "CassetteMissError", code: "CASSETTE_MISS" });
  });

  test("an uncaught miss has the reason", async () => {
    const server = await startProviderServer();
    using cassette = testCassette({ include: [server.url] });
    await cassette.record(() => scenario.ask(server.url, "One?"));
    await server.close();
    const playing = cassette.play(() => scenario.ask(server.url, "Two?"));
    await expect(playing).rejects.toMatchObject({ cause: { name: "CassetteMissError" } });
  });
});
