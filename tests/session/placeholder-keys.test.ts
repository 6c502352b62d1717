import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { setPlaceholderKeys } from "../../src/vitest/placeholder-keys.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { type FakeTest, testRun } from "./test-file.ts";

const NAME = "PLACEHOLDER_TEST_API_KEY";
const root = mkdtempSync(join(tmpdir(), "placeholder-keys-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a test that may record has no placeholder keys, and sends none", async () => {
  const server = await startProviderServer();
  setPlaceholderKeys(process.env, [{ name: NAME, unless: [NAME] }]);
  const placeholder = process.env[NAME] ?? "";
  expect(placeholder).toMatch(/^placeholder-key/);
  const early = { authorization: `Bearer ${placeholder}` };
  const ask: FakeTest = {
    name: "hybrid",
    body: async (useCassette) => {
      useCassette({ mode: "hybrid" });
      expect(process.env[NAME]).toBeUndefined();
      const response = await fetch(`${server.url}/v1/chat/completions`, { headers: early, method: "POST" });
      expect(response.status).toBe(400);
    },
  };
  const strict: FakeTest = {
    name: "strict",
    body: (useCassette) => {
      useCassette();
      expect(process.env[NAME]).toBe(placeholder);
    },
  };
  using run = testRun(root);
  const { failures } = await run.file("a.test.ts", [ask, strict]);
  expect(failures).toEqual({
    hybrid: expect.stringContaining("it was sent with a placeholder key, which the plugin sets"),
  });
  expect(server.requests).toEqual([]);
  await server.close();
});
