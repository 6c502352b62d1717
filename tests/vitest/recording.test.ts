import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { createProject, messagesOf } from "../support/run-vitest.ts";
import { ask, head } from "./support.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

test("recording is refused in CI unless RECORD_ON_CI is set", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}\ntest("asks", async () => { useCassette(); await ask("hi"); });`,
    },
  });
  const env = { PROVIDER: server.url, RECORD: "1" };
  const refused = await project.run({ env: { ...env, CI: "true" } });
  expect(refused.status).toBe(1);
  expect(refused.output).toContain("recording is refused in CI");
  expect(existsSync(join(project.root, "cassettes"))).toBe(false);
  const allowed = await project.run({ env: { ...env, CI: "true", RECORD_ON_CI: "1" } });
  expect(allowed.status, allowed.output).toBe(0);
  expect((await project.run({ env: { ...env, RECORD: "", CI: "true" } })).status).toBe(0);
});

test("a recording whose test failed is kept beside the old tape, which stays", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test("asks", async () => {
  useCassette();
  await ask(process.env.QUESTION);
  expect(process.env.QUESTION).not.toBe("bad");
});`,
    },
  });
  const env = { PROVIDER: server.url, RECORD: "1" };
  // A first recording has nothing to destroy: it is kept in its place, whatever became of the test.
  const initial = await project.run({ env: { ...env, QUESTION: "bad" } });
  expect(initial.status).toBe(1);
  expect(initial.output).toContain("The recording is the first, so it was kept as cassettes/a/asks.yaml");
  expect(project.read("cassettes/a/asks.yaml")).toContain("content: bad");
  expect((await project.run({ env: { ...env, QUESTION: "good" } })).status).toBe(0);
  const good = project.read("cassettes/a/asks.yaml");
  expect(good).toContain("content: good");
  const failed = await project.run({ env: { ...env, QUESTION: "bad" } });
  expect(failed.status).toBe(1);
  expect(project.read("cassettes/a/asks.yaml")).toBe(good);
  expect(project.read("cassettes/a/asks.failed.yaml")).toContain("content: bad");
  expect(failed.output).toContain("To accept it: mv cassettes/a/asks.failed.yaml cassettes/a/asks.yaml");
  expect((await project.run({ env: { ...env, QUESTION: "better" } })).status).toBe(0);
  expect(existsSync(join(project.root, "cassettes/a/asks.failed.yaml"))).toBe(false);
});

test("RECORD=new and hybrid add missing recordings in the order of the requests, and leave the rest of the file unchanged", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test("asks", async () => {
  const cassette = useCassette({ mode: (process.env.TAPE_MODE || "strict") as never });
  for (const question of process.env.QUESTIONS.split(" ")) expect(await ask(question)).toContain(question);
  expect(cassette.stats.missed).toBe(0);
});`,
    },
  });
  const env = { PROVIDER: server.url };
  const first = await project.run({ env: { ...env, RECORD: "1", QUESTIONS: "one three" } });
  expect(first.status, first.output).toBe(0);
  const edited = project
    .read("cassettes/a/asks.yaml")
    .replace("interactions:\n", "interactions:\n  # Mind the comment.\n")
    .replace("model: gpt-5-mini", 'model:   "gpt-5-mini" # as it is');
  project.write("cassettes/a/asks.yaml", edited);
  const more = await project.run({ env: { ...env, RECORD: "new", QUESTIONS: "zero one two three" } });
  expect(more.status, more.output).toBe(0);
  const grown = project.read("cassettes/a/asks.yaml");
  expect([...grown.matchAll(/content: (zero|one|two|three) /g)].map(([, name]) => name)).toEqual([
    "zero",
    "one",
    "two",
    "three",
  ]);
  const [, firstOld = "", secondOld = ""] = edited.split(/^ {2}# \d · .*$/m);
  expect(grown).toContain(firstOld);
  expect(grown).toContain(secondOld.trimEnd());
  expect(grown).toContain("# Mind the comment.");
  expect((await project.run({ env: { ...env, QUESTIONS: "zero one two three" } })).status).toBe(0);
  expect(project.read("cassettes/a/asks.yaml")).toBe(grown);
  const hybrid = await project.run({ env: { ...env, TAPE_MODE: "hybrid", QUESTIONS: "one four" } });
  expect(hybrid.status, hybrid.output).toBe(0);
  expect(project.read("cassettes/a/asks.yaml")).toContain("content: four");
  const strict = { ...env, TAPE_MODE: "hybrid", QUESTIONS: "one five", CI: "1" };
  const refused = await project.run({ env: strict });
  expect(refused.status).toBe(1);
  expect(JSON.stringify(refused.failures)).toContain("CI is set, so hybrid works like strict");
});

test("a test that skips itself leaves the old tape, an expected failure replaces it", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test("skips", async ({ skip }) => {
  useCassette();
  await ask("one");
  if (process.env.TIME === "2") skip();
  await ask("two");
});
test.fails("is meant to fail", async () => {
  useCassette();
  await ask("time " + process.env.TIME);
  expect(1).toBe(2);
});`,
    },
  });
  const env = { PROVIDER: server.url, RECORD: "1" };
  expect((await project.run({ env: { ...env, TIME: "1" } })).status).toBe(0);
  const whole = project.read("cassettes/a/skips.yaml");
  const { output, tests } = await project.run({ env: { ...env, TIME: "2" } });
  expect(tests).toEqual({ skips: "skipped", "is meant to fail": "passed" });
  expect(project.read("cassettes/a/skips.yaml")).toBe(whole);
  expect(output).toContain("The test did not pass, so the new recording was kept beside the old tape");
  expect(project.read("cassettes/a/is-meant-to-fail.yaml")).toContain("content: time 2");
  expect(existsSync(join(project.root, "cassettes/a/is-meant-to-fail.failed.yaml"))).toBe(false);
  // What a test that gives itself up has not asked for is no matter.
  const replayed = await project.run({ env: { PROVIDER: server.url, TIME: "2" } });
  expect(replayed.status, replayed.output).toBe(0);
});

test("each attempt of a test starts its tape over, and the last one is kept", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
let attempt = 0;
test("is tried", { retry: 2 }, async () => {
  const cassette = useCassette();
  attempt++;
  await ask("attempt");
  expect(cassette.requests).toHaveLength(1);
  expect(attempt).toBe(3);
});
test("is repeated", { repeats: 2 }, async () => { useCassette(); await ask("again"); });
let times = 0;
test("is tried on a tape of the file", { retry: 2 }, async () => {
  useCassette({ scope: "file" });
  await ask("of the file");
  expect(++times).toBe(process.env.SEND_OFTEN ? 3 : 2);
});
test("sends nothing", async () => { useCassette(); if (process.env.SEND) await ask("sent"); });`,
    },
  });
  const env = { PROVIDER: server.url };
  expect((await project.run({ env: { ...env, RECORD: "1", SEND: "1" } })).status).toBe(0);
  expect(project.read("cassettes/a/is-tried.yaml").match(/- at:/g)).toHaveLength(1);
  expect(project.read("cassettes/a/is-repeated.yaml").match(/- at:/g)).toHaveLength(1);
  expect(project.read("cassettes/a.yaml").match(/- at:/g)).toHaveLength(1);
  const replayed = await project.run({ env: { ...env, SEND: "1", SEND_OFTEN: "1" } });
  expect(replayed.status, replayed.output).toBe(0);
  const silent = await project.run({ env: { ...env, RECORD: "1" } });
  expect(silent.output).toContain(
    "Nothing was recorded: the test sent no request that the cassette records. The old tape",
  );
  expect(project.read("cassettes/a/sends-nothing.yaml")).toContain("sent");
});

test("an old tape fails, warns or is re-recorded", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test("asks", async () => { useCassette({ maxAge: "30d", stale: process.env.STALE as never }); await ask("hi"); });`,
    },
  });
  const env = { PROVIDER: server.url };
  expect((await project.run({ env: { ...env, RECORD: "1", STALE: "error" } })).status).toBe(0);
  const old = project.read("cassettes/a/asks.yaml").replace(/at: \d{4}-/, "at: 2020-");
  project.write("cassettes/a/asks.yaml", old);
  const failed = await project.run({ env: { ...env, STALE: "error" } });
  expect(failed.status).toBe(1);
  expect(JSON.stringify(failed.failures)).toMatch(/is \d+ days old, and maxAge allows 30 days/);
  const warned = await project.run({ env: { ...env, STALE: "warn" } });
  expect(warned.status, warned.output).toBe(0);
  expect(warned.output).toMatch(/is \d+ days old/);
  expect(warned.output).toContain("↳ cassettes/a/asks.yaml (older than maxAge)");
  const recorded = await project.run({ env: { ...env, STALE: "record" } });
  expect(recorded.status, recorded.output).toBe(0);
  expect(project.read("cassettes/a/asks.yaml")).not.toContain("at: 2020-");
});

test("the command that a miss suggests records the test, whatever suites it is in", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "nested.test.ts": `${head}
import { describe } from "vitest";
describe("costs $5 (a)", () => {
  describe("it's | here", () => {
    test("asks > one", async () => { useCassette(); await ask("one"); });
    test("asks two", async () => { useCassette(); await ask("two"); });
  });
});
`,
    },
  });
  const env = { PROVIDER: server.url };
  const { failures } = await project.run({ env });
  const message = Object.entries(messagesOf(failures)).find(([name]) => name.includes("asks > one"))?.[1][0];
  const quoted = /RECORD=1 npx vitest run nested\.test\.ts -t ('.*')$/m.exec(message ?? "")?.[1] ?? "";
  const pattern = execFileSync("sh", ["-c", `printf %s ${quoted}`], { encoding: "utf8" });
  const recorded = await project.run({ args: ["-t", pattern], env: { ...env, RECORD: "1" } });
  expect(Object.values(recorded.tests).filter((state) => state === "passed")).toHaveLength(1);
  const played = await project.run({ args: ["-t", pattern], env });
  expect(Object.values(played.tests).filter((state) => state === "passed")).toHaveLength(1);
});
