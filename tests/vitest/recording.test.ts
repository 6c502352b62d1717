import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { createProject, messagesOf } from "../support/run-vitest.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const ask = `
export async function ask(content: string) {
  const response = await fetch(process.env.PROVIDER + "/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-proj-not-a-real-key" },
    body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content }] }),
  });
  const body = await response.json();
  return response.ok ? body.choices[0].message.content : "refused: " + body.error.type;
}
`;
const head = `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./ask.ts";
`;

test("a wrong RECORD, CASSETTE_MODE or option stops the run with a message that lists what is valid", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test("asks", async () => { useCassette(); });
test("has a typo", async () => { useCassette({ mod: "warn" } as never); });
test("has a wrong mode", async () => { useCassette({ mode: "lenient" } as never); });
test("leaves the folder", async () => { useCassette("../outside"); });
`,
    },
  });
  const record = await project.run({ env: { RECORD: "yes please" } });
  expect(record.status).toBe(1);
  expect(record.output).toContain("RECORD is 'yes please', but must be unset, '0' or 'false' to replay");
  const mode = await project.run({ env: { CASSETTE_MODE: "lax" } });
  expect(mode.output).toContain(
    "CASSETTE_MODE is 'lax', but must be unset or one of 'strict', 'warn', 'hybrid'.",
  );
  const options = await project.run();
  expect(options.tests).toEqual({
    asks: "passed",
    "has a typo": "failed",
    "has a wrong mode": "failed",
    "leaves the folder": "failed",
  });
  expect(messagesOf(options.failures)).toMatchInlineSnapshot(`
    {
      "has a typo": [
        "CassetteOptionsError: Failed to read the options of useCassette(): Unknown option mod. Did you mean mode? Valid options: mode, scope, include, ignore, match, repeat, order, unplayed, pacing, chunks, fault, freeze, maxAge, stale, redact, maxBytes.",
      ],
      "has a wrong mode": [
        "CassetteOptionsError: Failed to read the options of useCassette(): mode is 'lenient', but must be one of 'strict', 'warn', 'hybrid'.",
      ],
      "leaves the folder": [
        "StorageError: Failed to name a cassette "../outside": it contains "." or "..", and cassettes stay in their folder.
    Use words, with slashes for folders: useCassette("chat/tells a joke").",
      ],
    }
  `);
});

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

test("RECORD=new and hybrid add what is missing where it was sent, and leave the rest as it stands in the file", async () => {
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

test("a test that gives itself up leaves the old tape, one that is meant to fail replaces it", async () => {
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

test("each attempt of a test starts its tape anew, and the last one is kept", async () => {
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
  expect(silent.output).toContain("Nothing was recorded: the test sent no request. The old tape");
  expect(project.read("cassettes/a/sends-nothing.yaml")).toContain("sent");
});

test("a test that runs in two projects has one recording", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test("asks", async () => { useCassette(); expect(await ask("hi")).toContain("hi"); });
test("shares", async () => { useCassette("shared"); expect(await ask("hello")).toContain("hello"); });`,
    },
    test: 'projects: [{ extends: true, test: { name: "one" } }, { extends: true, test: { name: "two" } }],',
  });
  const env = { PROVIDER: server.url };
  const recorded = await project.run({ env: { ...env, RECORD: "1" } });
  expect(recorded.status, recorded.output).toBe(0);
  expect(project.read("cassettes/a/asks.yaml").match(/- at:/g)).toHaveLength(1);
  expect(project.read("cassettes/shared.yaml").match(/- at:/g)).toHaveLength(1);
  const replayed = await project.run({ env });
  expect(replayed.status, replayed.output).toBe(0);
});

test("of a tape that several tests record into, the old one stays whole while one of them fails", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
for (const name of ["one", "two", "three"]) test(name, async () => {
  useCassette("shared");
  await ask(name + " " + process.env.TIME);
  expect(process.env.FAILS).not.toBe(name);
});`,
    },
  });
  const env = { PROVIDER: server.url, RECORD: "1" };
  expect((await project.run({ env: { ...env, TIME: "1" } })).status).toBe(0);
  const old = project.read("cassettes/shared.yaml");
  const { output, tests } = await project.run({ env: { ...env, TIME: "2", FAILS: "two" } });
  expect(tests).toEqual({ one: "passed", two: "failed", three: "passed" });
  expect(project.read("cassettes/shared.yaml")).toBe(old);
  expect(output.match(/so the new recording was kept beside the old tape, which stays/g)).toHaveLength(1);
  expect(output).toContain("A test that records into this tape failed, so");
  const command = /To accept it: (mv .*)/.exec(output)?.[1];
  execFileSync("sh", ["-c", command as string], { cwd: project.root });
  const replayed = await project.run({ env: { PROVIDER: server.url, TIME: "2" } });
  expect(replayed.status, replayed.output).toBe(0);
  // One of them alone would not replace the recordings of all.
  const again = { PROVIDER: server.url, TIME: "3" };
  const missed = await project.run({ env: again, args: ["-t", "two"] });
  expect(messagesOf(missed.failures).two?.[0]).toMatch(/RECORD=1 npx vitest run a\.test\.ts$/);
});

test("a call in a test refines the handle of its file, until the first request is sent", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
const outer = useCassette({ unplayed: "ignore" });
test("same", async () => { expect(useCassette().name).toBe(outer.name); await ask("same"); expect(outer.requests).toHaveLength(1); });
test("refined", async () => {
  const inner = useCassette({ repeat: "last" });
  await ask("refined");
  if (process.env.RECORD !== "1") await ask("refined");
  expect(inner.stats.missed).toBe(0);
});
test("too late", async () => { await ask("late"); expect(() => useCassette({ repeat: "last" })).toThrow(/it is open already/); });`,
    },
  });
  const env = { PROVIDER: server.url };
  const recorded = await project.run({ env: { ...env, RECORD: "1" } });
  expect(recorded.failures).toEqual({});
  expect((await project.run({ env })).failures).toEqual({});
});

test("one tape for a file, and one that its tests record into by name, lose nothing; another file may not record into it", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
for (const name of ["one", "two"]) test(name, async () => {
  useCassette({ scope: "file" });
  expect(await ask(name)).toContain(name);
  if (process.env.MISS === name) await ask("never recorded");
});`,
      "b.test.ts": `${head}
for (const name of ["one", "two"]) test("b " + name, async () => { useCassette("shared"); expect(await ask("b " + name)).toContain(name); });`,
      "c.test.ts": `${head}
test("c", async () => { useCassette("shared"); await ask("c"); });`,
    },
  });
  const env = { PROVIDER: server.url };
  for (let run = 0; run < 2; run++) {
    const recorded = await project.run({ env: { ...env, RECORD: "1" }, args: ["a.test.ts", "b.test.ts"] });
    expect(recorded.status, recorded.output).toBe(0);
    expect(project.read("cassettes/a.yaml").match(/- at:/g)).toHaveLength(2);
    expect(project.read("cassettes/shared.yaml").match(/- at:/g)).toHaveLength(2);
  }
  const replayed = await project.run({ env, args: ["a.test.ts", "b.test.ts"] });
  expect(replayed.status, replayed.output).toBe(0);
  const missed = await project.run({ env: { ...env, MISS: "one" }, args: ["a.test.ts"] });
  expect(missed.tests).toMatchObject({ one: "failed", two: "passed" });
  // What one of the tests has recorded is not the tape of all of them.
  const part = await project.run({ env: { ...env, RECORD: "1" }, args: ["a.test.ts", "-t", "one"] });
  expect(part.output).toContain(
    '"a.test.ts › two", which has recordings on the tape, did not run, so the new recording was kept beside the old tape',
  );
  expect(project.read("cassettes/a.yaml").match(/- at:/g)).toHaveLength(2);
  // In one worker after the other, and in two at the same time.
  for (const args of [["--no-file-parallelism"], []]) {
    const both = await project.run({
      env: { ...env, RECORD: "1" },
      args: ["b.test.ts", "c.test.ts", ...args],
    });
    expect(both.status).toBe(1);
    expect(both.output).toMatch(
      /Failed to record cassette cassettes\/shared\.yaml: [bc]\.test\.ts has recorded it in this run, too/,
    );
  }
});

test("traffic outside any cassette is let through, warned of or refused, loopback excepted", async () => {
  const files = {
    "a.test.ts": `
import { expect, test } from "vitest";
import "vitest-cassette";
test("leaves the machine", async () => {
  const answer = await fetch("https://api.openai.com/v1/models").then((response) => response.status, () => "no network");
  expect(answer).toBe(process.env.EXPECTED === "400" ? 400 : "no network");
});
test("stays on it", async () => { expect((await fetch(process.env.PROVIDER + "/v1/models")).status).toBe(200); });`,
  };
  // A proxy that nobody listens on stands for a network that is not there.
  const env = {
    PROVIDER: server.url,
    NODE_USE_ENV_PROXY: "1",
    HTTPS_PROXY: "http://127.0.0.1:9",
    NO_PROXY: "127.0.0.1",
  };
  using warned = createProject({ files, plugin: '{ outside: "warn" }' });
  const warning = await warned.run({ env });
  expect(warning.status, warning.output).toBe(0);
  expect(warning.output).toContain(
    "GET https://api.openai.com/v1/models was sent outside any open cassette.",
  );
  using refused = createProject({ files, plugin: '{ outside: "error" }' });
  const refusal = await refused.run({ env: { ...env, EXPECTED: "400" } });
  // Even if the code under test swallowed it.
  expect(refusal.tests).toEqual({ "leaves the machine": "failed", "stays on it": "passed" });
  expect(messagesOf(refusal.failures)["leaves the machine"]).toEqual([
    expect.stringContaining(
      "Refused: GET https://api.openai.com/v1/models was sent outside any open cassette.",
    ),
  ]);
});

test("an old tape fails, warns or is recorded anew", async () => {
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
  const recorded = await project.run({ env: { ...env, STALE: "record" } });
  expect(recorded.status, recorded.output).toBe(0);
  expect(project.read("cassettes/a/asks.yaml")).not.toContain("at: 2020-");
});

test("an old tape of several tests is recorded anew by all of them", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
for (const name of ["one", "two"]) test(name, async () => {
  useCassette("shared", { maxAge: "30d", stale: "record" });
  expect(await ask(name)).toContain(name);
});`,
    },
  });
  const env = { PROVIDER: server.url };
  expect((await project.run({ env: { ...env, RECORD: "1" } })).status).toBe(0);
  const old = project.read("cassettes/shared.yaml").replace(/at: \d{4}-/, "at: 2020-");
  project.write("cassettes/shared.yaml", old);
  for (let run = 0; run < 2; run++) {
    const { status, output } = await project.run({ env });
    expect(status, output).toBe(0);
    expect(project.read("cassettes/shared.yaml")).not.toContain("at: 2020-");
    expect(project.read("cassettes/shared.yaml").match(/- at:/g)).toHaveLength(2);
  }
});

test("SDKs are constructed without a key in replay, where a placeholder stands in for it", async () => {
  const files = {
    "a.test.ts": `
import OpenAI from "openai";
import { expect, test } from "vitest";
test("key", () => { expect(new OpenAI().apiKey).toBe("placeholder-key-set-by-vitest-cassette"); });`,
  };
  using project = createProject({ files });
  const env = { OPENAI_API_KEY: "" };
  expect((await project.run({ env })).tests).toEqual({ key: "passed" });
  expect((await project.run({ env: { OPENAI_API_KEY: "sk-mine" } })).tests).toEqual({ key: "failed" });
  expect((await project.run({ env: { ...env, RECORD: "1" } })).tests).toEqual({ key: "failed" });
  using without = createProject({ files, plugin: "{ placeholderKeys: false }" });
  expect((await without.run({ env })).tests).toEqual({ key: "failed" });
});

test("a key in the name of a test or of a cassette is neither in the name of a file nor on a tape", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test.each([process.env.APP_TOKEN])("works with %s", async () => {
  useCassette();
  await ask("hi");
});
test.each([process.env.APP_TOKEN])("shares with %s", async () => {
  useCassette("shared");
  await ask("hi");
});
test("is named after it", async () => {
  useCassette("of/" + process.env.APP_TOKEN);
  await ask("hi");
});
`,
    },
  });
  const env = { PROVIDER: server.url, APP_TOKEN: "Opaque-Value-0001", RECORD: "1" };
  const { tests, failures } = await project.run({ env });
  expect(tests["is named after it"]).toBe("failed");
  expect(messagesOf(failures)["is named after it"]?.[0]).toMatchInlineSnapshot(`
    "CassetteError: Failed to name a cassette "of/<redacted:app-token>": the name contains a secret, and files are committed with their names.
    Use words: useCassette("chat/tells a joke")."
  `);
  const files = readdirSync(join(project.root, "cassettes"), { recursive: true, encoding: "utf8" }).sort();
  expect(files).toEqual(["a", "a/works-with-redacted-app-token.yaml", "shared.yaml"]);
  expect(project.read("cassettes/shared.yaml")).toContain(
    "test: a.test.ts › shares with <redacted:app-token>",
  );
  const replay = await project.run({ env: { ...env, RECORD: "", APP_TOKEN: "another-value-0002" } });
  expect(replay.tests["shares with another-value-0002"]).toBe("passed");
  expect(replay.tests["works with another-value-0002"]).toBe("passed");
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
