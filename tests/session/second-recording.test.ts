import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const ask = async (content: string): Promise<string> => {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content }] }),
  });
  return response.text();
};

test("a second recording in one process whose body throws keeps the old tape", async () => {
  using cassette = testCassette();
  const file = join(cassette.dir, "tape.yaml");
  await cassette.record(() => ask("first"));
  const first = readFileSync(file, "utf8");
  await expect(
    cassette.record(async () => {
      await ask("second");
      throw new Error("the body failed");
    }),
  ).rejects.toThrow("the body failed");
  expect(readFileSync(file, "utf8")).toBe(first);
  expect(readFileSync(join(cassette.dir, "tape.failed.yaml"), "utf8")).toContain("content: second");
});

test("a tape that was too old is fresh once it was recorded, also in the same process", async () => {
  using cassette = testCassette({ maxAge: "30d", stale: "record" });
  const file = join(cassette.dir, "tape.yaml");
  await cassette.record(() => ask("hi"));
  const old = readFileSync(file, "utf8").replace(/at: \d{4}/, "at: 2019");
  expect(old).toContain("at: 2019");
  writeFileSync(file, old);
  const before = server.requests.length;
  for (const [recorded, played] of [
    [1, 0],
    [0, 1],
    [0, 1],
  ]) {
    await cassette.play(async (open) => {
      await ask("hi");
      expect(open.stats).toMatchObject({ recorded, played, missed: 0 });
    });
  }
  expect(server.requests.length - before).toBe(1);
  expect(readdirSync(cassette.dir)).toEqual(["tape.yaml"]);
});
