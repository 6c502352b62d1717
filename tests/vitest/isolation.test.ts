import { expect, test } from "vitest";
import { startProviderServer } from "../support/provider-server/index.ts";
import { createProject } from "../support/run-vitest.ts";

const chat = `
import OpenAI from "openai";
export const captured = globalThis.fetch;
export async function chat(question: string, fetch?: typeof globalThis.fetch): Promise<string> {
  const client = new OpenAI({ baseURL: process.env.PROVIDER + "/v1", ...(fetch ? { fetch } : {}) });
  const stream = await client.chat.completions.create({
    model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: question }],
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return text;
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
  for (let index = 0; index < 12; index++) {
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

test.for([
  ["threads", "--pool=threads"],
  ["forks", "--pool=forks"],
  ["no isolation", "--no-isolate"],
  ["no isolation, threads", "--no-isolate", "--pool=threads"],
  ["vmThreads", "--pool=vmThreads"],
])("every request belongs to the test that sent it: %s", { timeout: 60_000 }, async ([, ...args]) => {
  const server = await startProviderServer({ script: { pace: 1 } });
  using project = createProject({
    files: { "chat.ts": chat, "a.test.ts": concurrent, "b.test.ts": concurrent },
  });
  const env = { PROVIDER: server.url };
  const recorded = await project.run({ args, env: { ...env, RECORD: "1", OPENAI_API_KEY: "sk-test" } });
  expect(recorded.failures).toEqual({});
  expect(recorded.status, recorded.output).toBe(0);
  await server.close();
  const replayed = await project.run({ args, env });
  expect(replayed.failures).toEqual({});
  expect(replayed.status, replayed.output).toBe(0);
  expect(Object.keys(replayed.tests)).toHaveLength(16);
});
