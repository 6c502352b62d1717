import { beforeAll, expect, test } from "vitest";
import { startProviderServer } from "../support/provider-server/index.ts";
import { createProject, type RunResult } from "../support/run-vitest.ts";

const chat = `
export const captured = globalThis.fetch;
export async function chat(question: string, fetch = globalThis.fetch): Promise<string> {
  const response = await fetch(process.env.PROVIDER + "/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-test" },
    body: JSON.stringify({ model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: question }] }),
  });
  const events = (await response.text()).matchAll(/^data: ({.*})$/gm);
  return [...events].map(([, data]) => JSON.parse(data).choices[0]?.delta.content ?? "").join("");
}
`;

const concurrent = `
import { beforeEach, describe, expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { captured, chat } from "./chat.ts";

describe.concurrent("together", () => {
  beforeEach(async ({ task }) => {
    if (task.name.endsWith("7")) {
      useCassette("before/" + task.file.name + task.name.replaceAll(" ", "-"));
      await chat("before " + task.name);
    }
  });
  for (let index = 0; index < 8; index++) {
    test("asks " + index, async ({ expect }) => {
      const cassette = useCassette();
      const text = await chat("question " + index, index % 2 ? captured : undefined);
      expect(text).toContain("question " + index);
      expect(await chat("again " + index)).toContain("again " + index);
      expect(cassette.requests.map(({ body }) => new TextDecoder().decode(body))).toEqual([
        expect.stringContaining("question " + index),
        expect.stringContaining("again " + index),
      ]);
      expect(cassette.interactions).toHaveLength(2);
    });
  }
});

test("repeats", { repeats: 2 }, async () => {
  const cassette = useCassette();
  expect(await chat("repeated")).toContain("repeated");
  expect(cassette.requests).toHaveLength(1);
});

let attempts = 0;
test("is tried again", { retry: 2 }, async () => {
  const cassette = useCassette();
  await chat("tried");
  expect(cassette.requests).toHaveLength(1);
  expect(++attempts).toBe(3);
});

describe("a handle for every test", () => {
  const cassette = useCassette();
  test("one", async () => {
    await chat("one");
    expect(cassette.name).toMatch(/a-handle-for-every-test-one$/);
    expect(cassette.requests).toHaveLength(1);
  });
  test("two", async () => {
    await chat("two");
    expect(cassette.name).toMatch(/a-handle-for-every-test-two$/);
    expect(cassette.requests).toHaveLength(1);
  });
});
`;

interface Mode {
  readonly name: string;
  readonly pool: string;
  readonly isolate: boolean;
  /** A worker without isolation runs a second file. That a worker of a vm pool does is tested in `tests/beside`. */
  readonly files: number;
}

const MODES: readonly Mode[] = [
  { name: "no isolation", pool: "forks", isolate: false, files: 2 },
  { name: "no isolation, threads", pool: "threads", isolate: false, files: 2 },
  { name: "vmThreads", pool: "vmThreads", isolate: true, files: 1 },
];

const CONFIG = `
import { defineConfig } from "vitest/config";
import { cassette } from "vitest-cassette/plugin";

export default defineConfig({
  test: {
    maxWorkers: 1,
    projects: ${JSON.stringify(MODES)}.map(({ name, pool, isolate, files }) => ({
      plugins: [cassette({ dir: "cassettes/" + name })],
      test: { name, pool, isolate, include: ["a.test.ts", "b.test.ts"].slice(0, files), testTimeout: 60_000 },
    })),
  },
});
`;

let recorded: RunResult;
let replayed: RunResult;

beforeAll(async () => {
  const server = await startProviderServer({ script: { pace: 1 } });
  using project = createProject({
    files: { "vitest.config.ts": CONFIG, "chat.ts": chat, "a.test.ts": concurrent, "b.test.ts": concurrent },
  });
  const env = { PROVIDER: server.url };
  recorded = await project.run({ env: { ...env, RECORD: "1" } });
  await server.close();
  replayed = await project.run({ env });
});

test.for(MODES)("every request belongs to the test that sent it: $name", ({ name, files }) => {
  for (const { output } of [recorded, replayed]) {
    for (const file of ["a", "b"].slice(0, files)) {
      expect(output).toContain(` ✓ |${name}| ${file}.test.ts (12 tests)`);
    }
    expect(output).not.toContain(` FAIL  |${name}| `);
  }
});

test("nothing fails", () => {
  for (const { failures, status, output } of [recorded, replayed]) {
    expect(failures).toEqual({});
    expect(status, output).toBe(0);
  }
});
