import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { createProject, messagesOf, ONE_WORKER } from "../support/run-vitest.ts";
import { ask, head } from "./support.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

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

test("the old tape that several tests record into stays unchanged while one of them fails", async () => {
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
  // The command records this test alone. Vitest's -u, which costs nothing with snapshots, records nothing.
  const again = { PROVIDER: server.url, TIME: "3" };
  const sent = server.requests.length;
  const missed = await project.run({ env: again, args: ["-t", "two", "-u"] });
  expect(messagesOf(missed.failures).two?.[0]).toMatch(
    /RECORD=update npx vitest run a\.test\.ts -t '\^two\$'$/m,
  );
  expect(server.requests).toHaveLength(sent);
  const update = { ...again, RECORD: "update" };
  const updated = await project.run({ env: update, args: ["-t", "two"] });
  expect(updated.status, updated.output).toBe(0);
  expect(server.requests).toHaveLength(sent + 1);
  const asked = [...project.read("cassettes/shared.yaml").matchAll(/content: (\w+ \d) /g)].map(
    ([, text]) => text,
  );
  expect(asked).toEqual(["one 2", "two 3", "three 2"]);
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
  const args = ["a.test.ts", "b.test.ts", ...ONE_WORKER];
  const recorded = await project.run({ env: { ...env, RECORD: "1" }, args });
  expect(recorded.status, recorded.output).toBe(0);
  expect(project.read("cassettes/a.yaml").match(/- at:/g)).toHaveLength(2);
  expect(project.read("cassettes/shared.yaml").match(/- at:/g)).toHaveLength(2);
  const missed = await project.run({ env: { ...env, MISS: "one" }, args });
  expect(missed.tests).toEqual({ one: "failed", two: "passed", "b one": "passed", "b two": "passed" });
  // A part is re-recorded in place.
  const before = project.read("cassettes/a.yaml");
  const part = await project.run({
    env: { ...env, RECORD: "1", TIME: "2" },
    args: ["a.test.ts", "-t", "one"],
  });
  expect(part.status, part.output).toBe(0);
  expect(part.output).not.toContain("beside the old tape");
  expect(project.read("cassettes/a.yaml").match(/- at:/g)).toHaveLength(2);
  expect(project.read("cassettes/a.yaml")).not.toBe(before);
  expect((await project.run({ env, args: ["a.test.ts"] })).status).toBe(0);
  // In one worker after the other, and in two at the same time.
  for (const workers of [["--no-file-parallelism"], []]) {
    const both = await project.run({
      env: { ...env, RECORD: "1" },
      args: ["b.test.ts", "c.test.ts", ...workers],
    });
    expect(both.status).toBe(1);
    expect(both.output).toMatch(
      /Failed to record cassette cassettes\/shared\.yaml: [bc]\.test\.ts has recorded it in this run, too/,
    );
  }
});
