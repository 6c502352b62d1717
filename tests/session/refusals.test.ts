import { readdirSync } from "node:fs";
import { Ollama } from "ollama";
import { expect, test, vi } from "vitest";
import { withCassette } from "../../src/core.ts";
import { testCassette } from "../contract/support/taping.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { tapes } from "./support.ts";

test("a client that shows errors as they are shows the reason of a miss, whoever it is", async () => {
  using folder = tapes();
  const host = "http://127.0.0.1:9";
  const played = folder.play("empty", { include: [host] }, () =>
    new Ollama({ host }).chat({ model: "llama3", messages: [{ role: "user", content: "hi" }] }),
  );
  await expect(played).rejects.toThrow(
    /^Failed to play: POST http:\/\/127\.0\.0\.1:9\/api\/chat: there is no cassette yet$/,
  );
});

test("a cassette that is recorded twice by one process holds the second recording, and plays", async () => {
  await using server = await startProviderServer();
  using cassette = testCassette();
  const ask = async (path: string): Promise<number> => (await fetch(`${server.url}/v1/${path}`)).status;
  await cassette.record(async () => [await ask("models"), await ask("models?limit=1")]);
  await cassette.record(() => ask("models"));
  expect(await cassette.play(() => ask("models"))).toBe(200);
});

test("recordings that one process makes at once under one name are kept side by side", async () => {
  const server = await startProviderServer();
  using cassette = testCassette();
  const ask = async (path: string): Promise<number> => (await fetch(`${server.url}/v1/${path}`)).status;
  const both = () => [cassette.record(() => ask("models")), cassette.record(() => ask("models?limit=1"))];
  for (let time = 0; time < 2; time += 1) {
    await Promise.all(both());
    const played = await cassette.play(async () => [await ask("models?limit=1"), await ask("models")]);
    expect(played).toEqual([200, 200]);
  }
  await server.close();
  expect(await cassette.play(async () => [await ask("models?limit=1"), await ask("models")])).toEqual([
    200, 200,
  ]);
});

test("withCassette without a function to run says so, and nothing given for options is none", async () => {
  using folder = tapes();
  const untyped = withCassette as (...args: unknown[]) => Promise<unknown>;
  for (const args of [[], [{}], [undefined, undefined]]) {
    await expect(untyped("joke", ...args)).rejects.toThrow(
      'The function to run is missing: withCassette("joke", async () => { ... }).',
    );
  }
  expect(await untyped("joke", undefined, () => 1)).toBe(1);
  expect(await untyped("joke", null, () => 2)).toBe(2);
  expect(await folder.play("joke", {}, () => 3)).toBe(3);
});

test.each(["include", "ignore"] as const)(
  "a function under %s that answers with a promise is an error, and no yes",
  async (option) => {
    using folder = tapes();
    const selector = (async () => false) as never;
    const played = folder.play("empty", { [option]: [selector] }, () =>
      fetch("http://127.0.0.1:9/v1/models"),
    );
    await expect(played).rejects.toThrow(
      "A function there returned a promise, but has to answer at once, with true or false.",
    );
  },
);

test("a second recording whose body throws keeps the first, and is kept beside it", async () => {
  await using server = await startProviderServer();
  using cassette = testCassette();
  const ask = async (path: string): Promise<number> => (await fetch(`${server.url}/v1/${path}`)).status;
  await cassette.record(() => ask("models"));
  using warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const failing = cassette.record(async () => {
    await ask("models?limit=1");
    throw new Error("it failed");
  });
  await expect(failing).rejects.toThrow("it failed");
  expect(warn.mock.calls.flat().join()).toContain("kept beside the old tape, which stays");
  expect(readdirSync(cassette.dir).sort()).toEqual(["tape.failed.yaml", "tape.yaml"]);
  expect(await cassette.play(() => ask("models"))).toBe(200);
});
