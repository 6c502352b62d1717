import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { createProject, messagesOf, type Project, type RunResult } from "../support/run-vitest.ts";
import { ask, head } from "./support.ts";

/** All in one file: its worker takes longer to start than to run. */
const FILES = {
  "ask.ts": ask,
  "a.test.ts": `${head}
test("asks", async () => {
  useCassette();
  await ask(process.env.QUESTION);
  expect(process.env.QUESTION).not.toBe("bad");
});
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
});
test("sends nothing", async () => { useCassette(); if (process.env.SEND) await ask("sent"); });
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
for (const stale of ["error", "warn", "record"] as const) test("old: " + stale, async () => {
  useCassette({ maxAge: "30d", stale });
  await ask("hi");
});`,
};

/** A run, and every tape after it. */
interface Run extends RunResult {
  readonly tapes: Readonly<Record<string, string>>;
}

let server: ProviderServer;
/** Each run goes on with the tapes of the one before. */
let runs: Readonly<Record<"refused" | "first" | "good" | "bad" | "better" | "replayed" | "outdated", Run>>;

beforeAll(async () => {
  server = await startProviderServer();
  using project = createProject({ files: FILES });
  const run = async (env: Record<string, string>, ...args: string[]): Promise<Run> => {
    const result = await project.run({ env: { PROVIDER: server.url, ...env }, args });
    return { ...result, tapes: tapesOf(project) };
  };
  const refused = await run({ RECORD: "1", CI: "true" });
  const onCi = { RECORD: "1", CI: "true", RECORD_ON_CI: "1" };
  const first = await run({ ...onCi, QUESTION: "bad", TIME: "1", SEND: "1" });
  const good = await run({ RECORD: "1", QUESTION: "good", TIME: "1" });
  const bad = await run({ RECORD: "1", QUESTION: "bad", TIME: "2" });
  const better = await run({ RECORD: "1", QUESTION: "better", TIME: "2" });
  const replayed = await run({ CI: "true", QUESTION: "better", TIME: "2", SEND: "1", SEND_OFTEN: "1" });
  for (const [file, text] of Object.entries(replayed.tapes)) {
    if (file.startsWith("a/old-"))
      project.write(`cassettes/${file}`, text.replace(/at: \d{4}-/, "at: 2020-"));
  }
  const outdated = await run({}, "-t", "old:");
  runs = { refused, first, good, bad, better, replayed, outdated };
});
afterAll(() => server.close());

function tapesOf({ root }: Project): Readonly<Record<string, string>> {
  const folder = join(root, "cassettes");
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".yaml"),
  );
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

test("recording is refused in CI unless RECORD_ON_CI is set", () => {
  const { refused, first, replayed } = runs;
  expect(refused.status).toBe(1);
  expect(refused.output).toContain("recording is refused in CI");
  expect(refused.tapes).toEqual({});
  expect(Object.keys(first.failures), first.output).toEqual(["asks"]);
  expect(first.tapes["a/asks.yaml"]).toBeDefined();
  expect(replayed.status, replayed.output).toBe(0);
});

test("a recording whose test failed is kept beside the old tape, which stays", () => {
  const { first, good, bad, better } = runs;
  // A first recording has nothing to destroy: it is kept in its place, whatever became of the test.
  expect(first.status).toBe(1);
  expect(first.output).toContain("The recording is the first, so it was kept as cassettes/a/asks.yaml");
  expect(first.tapes["a/asks.yaml"]).toContain("content: bad");
  expect(good.status, good.output).toBe(0);
  expect(good.tapes["a/asks.yaml"]).toContain("content: good");
  expect(Object.keys(bad.failures), bad.output).toEqual(["asks"]);
  expect(bad.tapes["a/asks.yaml"]).toBe(good.tapes["a/asks.yaml"]);
  expect(bad.tapes["a/asks.failed.yaml"]).toContain("content: bad");
  expect(bad.output).toContain("To accept it: mv cassettes/a/asks.failed.yaml cassettes/a/asks.yaml");
  expect(better.status, better.output).toBe(0);
  expect(better.tapes["a/asks.failed.yaml"]).toBeUndefined();
});

test("a test that skips itself leaves the old tape, an expected failure replaces it", () => {
  const { good, bad, replayed } = runs;
  expect(bad.tests).toMatchObject({ skips: "skipped", "is meant to fail": "passed" });
  expect(bad.tapes["a/skips.yaml"]).toBe(good.tapes["a/skips.yaml"]);
  expect(bad.output).toContain("The test did not pass, so the new recording was kept beside the old tape");
  expect(bad.tapes["a/is-meant-to-fail.yaml"]).toContain("content: time 2");
  expect(bad.tapes["a/is-meant-to-fail.failed.yaml"]).toBeUndefined();
  // Recordings that a test which skipped itself did not play are not unplayed.
  expect(replayed.tests).toMatchObject({ skips: "skipped", "is meant to fail": "passed" });
});

test("each attempt of a test starts its tape over, and the last one is kept", () => {
  const { first, replayed } = runs;
  for (const file of ["a/is-tried.yaml", "a/is-repeated.yaml", "a.yaml"]) {
    expect(first.tapes[file]?.match(/- at:/g), file).toHaveLength(1);
  }
  expect(replayed.tests).toMatchObject({
    "is tried": "passed",
    "is repeated": "passed",
    "is tried on a tape of the file": "passed",
  });
});

test("a test that sends nothing keeps its old tape", () => {
  const { good } = runs;
  expect(good.output).toContain(
    "Nothing was recorded: the test sent no request that the cassette records. The old tape",
  );
  expect(good.tapes["a/sends-nothing.yaml"]).toContain("sent");
});

test("an old tape fails, warns or is re-recorded", () => {
  const { replayed, outdated } = runs;
  expect(replayed.tests).toMatchObject({
    "old: error": "passed",
    "old: warn": "passed",
    "old: record": "passed",
  });
  expect(outdated.tests).toMatchObject({
    "old: error": "failed",
    "old: warn": "passed",
    "old: record": "passed",
  });
  expect(JSON.stringify(outdated.failures)).toMatch(/is \d+ days old, and maxAge allows 30 days/);
  expect(outdated.output).toMatch(/cassettes\/a\/old-warn\.yaml is \d+ days old/);
  expect(outdated.output).toContain("↳ cassettes/a/old-warn.yaml (older than maxAge)");
  expect(outdated.tapes["a/old-warn.yaml"]).toContain("at: 2020-");
  expect(outdated.tapes["a/old-record.yaml"]).not.toContain("at: 2020-");
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
