import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { interactionsOf } from "../../src/cassette/model.ts";
import { parseTape } from "../../src/format/index.ts";
import type { CassetteOptions } from "../../src/options/options.ts";
import { type FakeTest, type FileResult, testRun } from "./test-file.ts";
import { useWorkplace } from "./workplace.ts";

const place = useWorkplace();

const path = (name: string): string => join(place.root, "cassettes", `${name}.yaml`);
const read = (name: string): string => readFileSync(path(name), "utf8");
/** What a tape holds: who asked what. */
const on = (name: string): readonly string[] =>
  interactionsOf(parseTape(read(name), { file: name })).map(({ test, request }) => {
    const { messages } = JSON.parse(Buffer.from(request.body ?? []).toString());
    return `${test === undefined ? "" : `${test.replace("a.test.ts › ", "")}: `}${messages[0].content}`;
  });

async function ask(content: string): Promise<string> {
  const response = await fetch(`${place.server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5-mini", stream: true, messages: [{ role: "user", content }] }),
  });
  return response.text();
}

/** A test that asks these things, one after the other; with a cassette of its own, or with the shared one. */
const asks = (name: string, contents: readonly string[], shared?: "shared", options?: object): FakeTest => ({
  name,
  body: async (useCassette) => {
    if (shared === undefined) useCassette(options);
    else useCassette(shared, options);
    for (const content of contents) expect(await ask(content)).toContain("[DONE]");
  },
});
const failing = (test: FakeTest): FakeTest => ({
  ...test,
  body: async (useCassette) => {
    await test.body(useCassette);
    throw new Error("it failed");
  },
});
const skipped = (test: FakeTest): FakeTest => ({ ...test, skip: true });

async function run(
  tests: readonly FakeTest[],
  RECORD: "" | "1" | "new" | "update",
  options: CassetteOptions = {},
): Promise<FileResult & { readonly sent: readonly string[] }> {
  using run = testRun(place.root, options);
  const before = place.server.requests.length;
  const result = await run.file("a.test.ts", tests, { RECORD });
  const sent = place.server.requests
    .slice(before)
    .map(({ body }) => JSON.parse(body.toString()).messages[0].content as string);
  return { ...result, sent };
}
const clean = { failures: {}, fileError: undefined, warnings: [] };

test("one changed prompt costs one request, and its old recording is dropped", async () => {
  await run([asks("asks", ["one", "two", "three"])], "1");
  const old = read("a/asks").split("\n");
  const changed = [asks("asks", ["one", "another", "three"])];
  expect(await run(changed, "update")).toEqual({ ...clean, sent: ["another"] });
  expect(on("a/asks")).toEqual(["one", "another", "three"]);
  // Everything else is as it was, to the byte.
  expect(old.filter((line) => !read("a/asks").includes(line)).join()).toContain("content: two");
  expect(read("a/asks").split("\n").slice(0, 3)).toEqual(old.slice(0, 3));
  expect(await run(changed, "")).toEqual({ ...clean, sent: [] });
});

test("new requests are recorded, unused recordings are dropped, and nothing is written if nothing changed", async () => {
  expect(await run([asks("asks", ["one", "two"])], "update")).toEqual({ ...clean, sent: ["one", "two"] });
  expect(on("a/asks")).toEqual(["one", "two"]);
  const { mtimeMs, ino } = statSync(path("a/asks"));
  expect(await run([asks("asks", ["one", "two"])], "update")).toEqual({ ...clean, sent: [] });
  expect(statSync(path("a/asks"))).toMatchObject({ mtimeMs, ino });
  expect(await run([asks("asks", ["two"])], "update")).toEqual({ ...clean, sent: [] });
  expect(on("a/asks")).toEqual(["two"]);
});

test("equal requests are counted", async () => {
  await run([asks("asks", ["same", "same", "same"])], "1");
  expect(await run([asks("asks", ["same", "same"])], "update")).toEqual({ ...clean, sent: [] });
  expect(on("a/asks")).toEqual(["same", "same"]);
  expect((await run([asks("asks", ["same", "same", "same"])], "update")).sent).toEqual(["same"]);
  expect(on("a/asks")).toEqual(["same", "same", "same"]);
});

test("a failed test changes nothing; its recording is kept beside the old tape", async () => {
  await run([asks("asks", ["one", "two"])], "1");
  const old = read("a/asks");
  const { warnings } = await run([failing(asks("asks", ["one"]))], "update");
  expect([read("a/asks"), warnings, existsSync(path("a/asks.failed"))]).toEqual([old, [], false]);
  const recorded = await run([failing(asks("asks", ["one", "new"]))], "update");
  expect(recorded.warnings.join()).toContain("The test did not pass, so the new recording was kept beside");
  expect(read("a/asks")).toBe(old);
  expect(on("a/asks.failed")).toEqual(["one", "new", "two"]);
  // The last attempt counts.
  let attempt = 0;
  const retried: FakeTest = {
    name: "asks",
    retry: 1,
    body: async (useCassette) => {
      useCassette();
      await ask("one");
      if (attempt++ > 0) return;
      await ask("only in the first attempt");
      throw new Error("again");
    },
  };
  expect(await run([retried], "update")).toMatchObject(clean);
  expect(on("a/asks")).toEqual(["one"]);
});

test("a test that asks for nothing keeps its tape", async () => {
  await run([asks("asks", ["one"])], "1");
  const old = read("a/asks");
  const { failures, warnings } = await run([asks("asks", [])], "update");
  expect(failures).toEqual({});
  expect(warnings.join()).toContain("The old tape cassettes/a/asks.yaml stays.");
  expect(read("a/asks")).toBe(old);
});

test("with another order of requests that counts, the tape has the new order", async () => {
  const ordered = (contents: readonly string[]) => [asks("asks", contents, undefined, { order: "recorded" })];
  await run(ordered(["one", "two", "three"]), "1");
  expect(await run(ordered(["two", "one", "three"]), "update")).toEqual({ ...clean, sent: ["one"] });
  expect(on("a/asks")).toEqual(["two", "one", "three"]);
  expect(await run(ordered(["two", "one", "three"]), "")).toEqual({ ...clean, sent: [] });
});

test("hybrid mode drops too, and warn mode records what it would have played in its place", async () => {
  for (const mode of ["hybrid", "warn"] as const) {
    await run([asks(mode, ["one", "two"])], "1");
    expect(await run([asks(mode, ["two", "three"])], "update", { mode })).toEqual({
      ...clean,
      sent: ["three"],
    });
    expect(on(`a/${mode}`)).toEqual(["two", "three"]);
  }
});

test("on a shared tape only tests that ran and passed drop their own recordings", async () => {
  const all = ["passes", "fails", "skipped", "not reached"].map((name) =>
    asks(name, [name, "old"], "shared"),
  );
  await run(all, "1");
  const [passes, fails, left, notReached] = all as [FakeTest, FakeTest, FakeTest, FakeTest];
  const less = (test: FakeTest): FakeTest => asks(test.name, [test.name], "shared");
  const tests = [less(passes), failing(less(fails)), skipped(left), { ...notReached, notReached: true }];
  const { sent, warnings } = await run(tests, "update");
  expect([sent, warnings]).toEqual([[], []]);
  const rest = ["fails", "skipped", "not reached"].flatMap((name) => [`${name}: ${name}`, `${name}: old`]);
  expect(on("shared")).toEqual(["passes: passes", ...rest]);
  // As with -t.
  await run([skipped(less(passes)), less(fails), skipped(left), skipped(notReached)], "update");
  expect(on("shared")).toEqual(["passes: passes", "fails: fails", ...rest.slice(2)]);
  // A test that is gone may come back.
  await run([less(passes)], "update");
  expect(on("shared")).toEqual(["passes: passes", "fails: fails", ...rest.slice(2)]);
});

test("a recording that any test plays stays, whichever test recorded it", async () => {
  await run([asks("one", ["common"], "shared"), asks("two", ["two"], "shared")], "1");
  const moved = [asks("one", ["other"], "shared"), asks("two", ["two", "common"], "shared")];
  expect((await run(moved, "update")).sent).toEqual(["other"]);
  expect(on("shared")).toEqual(["one: common", "one: other", "two: two"]);
  // Also if the other test fails, or only plays.
  for (const other of [
    failing(asks("two", ["two", "common"], "shared")),
    asks("two", ["two", "common"], "shared", { chunks: "bytes" }),
  ]) {
    await run([asks("one", ["other"], "shared"), other], "update");
    expect(on("shared")).toContain("one: common");
  }
});

test("a recording without a test is dropped if every test of the file passes and none plays it", async () => {
  await run([asks("one", ["one", "two"], "shared"), asks("two", ["two"], "shared")], "1");
  writeFileSync(path("shared"), read("shared").replace(/^ *test: .*\n/gm, ""));
  const old = read("shared");
  const less = asks("one", ["two"], "shared");
  for (const tests of [
    [less, skipped(asks("two", ["two"], "shared"))],
    [less, failing(asks("two", [], "shared"))],
  ]) {
    await run(tests, "update");
    expect(read("shared")).toBe(old);
  }
  await run([less, asks("two", ["two"], "shared")], "update", { unplayed: "ignore" });
  expect(read("shared")).toBe(old);
  expect(await run([less, asks("two", ["two"], "shared")], "update")).toEqual({ ...clean, sent: [] });
  expect(on("shared")).toEqual(["two", "two"]);
});

test("a miss suggests RECORD=update if some recordings still match, and RECORD=1 if none do", async () => {
  const quiet = (name: string, contents: readonly string[], shared?: "shared"): FakeTest => ({
    name,
    body: async (useCassette) => {
      if (shared === undefined) useCassette();
      else useCassette(shared);
      for (const content of contents) await ask(content);
    },
  });
  const suggested = async (tests: readonly FakeTest[]): Promise<readonly string[]> =>
    Object.values((await run(tests, "")).failures).map((message) => message.split("\n").at(-1) as string);
  await run([quiet("asks", ["one", "two"]), quiet("a", ["a"], "shared"), quiet("b", ["b"], "shared")], "1");
  expect(await suggested([quiet("asks", ["changed"])])).toEqual([
    "  RECORD=1 npx vitest run a.test.ts -t '^asks$'",
  ]);
  // What is played later counts, too.
  for (const contents of [
    ["one", "changed"],
    ["changed", "two"],
  ])
    expect(await suggested([quiet("asks", contents)])).toEqual([
      "  RECORD=update npx vitest run a.test.ts -t '^asks$'",
    ]);
  expect(await suggested([quiet("a", ["changed"], "shared")])).toEqual([
    "  RECORD=update npx vitest run a.test.ts -t '^a$'",
  ]);
  expect(await suggested([quiet("none", ["one"])])).toEqual([
    "  RECORD=1 npx vitest run a.test.ts -t '^none$'",
  ]);
  // The suggested command does what it says.
  const { failures } = await run([quiet("asks", ["one"])], "");
  expect(failures.asks).toContain(
    "If the code should no longer ask for them, update the cassette:\n  RECORD=update npx vitest run a.test.ts -t '^asks$'",
  );
  await run([quiet("asks", ["one"])], "update");
  expect(await run([quiet("asks", ["one"])], "")).toEqual({ ...clean, sent: [] });
});
