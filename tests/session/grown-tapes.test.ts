import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CassetteOptions } from "../../src/options/options.ts";
import { type FakeTest, type FileResult, testRun } from "./test-file.ts";
import { useWorkplace } from "./workplace.ts";

const place = useWorkplace();

async function ask(content: string): Promise<void> {
  const response = await fetch(`${place.server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content }] }),
  });
  await response.text();
}

const tape = (name: string): string => join(place.root, "cassettes", `${name}.yaml`);
const read = (name: string): string => readFileSync(tape(name), "utf8");

/** Runs a file in a run of its own, with one test that asks these questions, separated by spaces. */
async function asks(
  questions: string,
  env: Readonly<Record<string, string>> = {},
  options: CassetteOptions = {},
): Promise<FileResult> {
  using run = testRun(place.root);
  const body: FakeTest["body"] = async (useCassette) => {
    useCassette("asked", options);
    // A miss fails the test.
    for (const question of questions.split(" ")) await ask(question);
  };
  return await run.file("a.test.ts", [{ name: "asks", body }], env);
}

test("RECORD=new and hybrid add missing recordings in the order of the requests, and leave the rest of the file unchanged", async () => {
  expect((await asks("one three", { RECORD: "1" })).failures).toEqual({});
  const edited = read("asked")
    .replace("interactions:\n", "interactions:\n  # Mind the comment.\n")
    .replace("model: gpt-5-mini", 'model:   "gpt-5-mini" # as it is');
  writeFileSync(tape("asked"), edited);
  expect((await asks("zero one two three", { RECORD: "new" })).failures).toEqual({});
  const grown = read("asked");
  expect([...grown.matchAll(/content: (zero|one|two|three) /g)].map(([, name]) => name)).toEqual([
    "zero",
    "one",
    "two",
    "three",
  ]);
  const [, firstOld = "", secondOld = ""] = edited.split(/^ {2}# \d · .*$/m);
  expect(firstOld).toContain("as it is");
  expect(grown).toContain(firstOld);
  expect(grown).toContain(secondOld.trimEnd());
  expect(grown).toContain("# Mind the comment.");
  expect((await asks("zero one two three")).failures).toEqual({});
  expect(read("asked")).toBe(grown);
  expect((await asks("one four", {}, { mode: "hybrid" })).failures).toEqual({});
  expect(read("asked")).toContain("content: four");
  const { failures } = await asks("one five", { CI: "1" }, { mode: "hybrid" });
  expect(failures.asks).toContain("CI is set, so hybrid works like strict");
});

test("an old tape of several tests is re-recorded by all of them", async () => {
  const tests = ["one", "two"].map((name) => ({
    name,
    body: async (useCassette: Parameters<FakeTest["body"]>[0]) => {
      useCassette("shared", { maxAge: "30d", stale: "record" });
      await ask(name);
    },
  }));
  const run = async (env: Readonly<Record<string, string>> = {}): Promise<FileResult> => {
    using each = testRun(place.root);
    return await each.file("a.test.ts", tests, env);
  };
  expect((await run({ RECORD: "1" })).failures).toEqual({});
  writeFileSync(tape("shared"), read("shared").replace(/at: \d{4}-/, "at: 2020-"));
  for (let time = 0; time < 2; time++) {
    expect(await run()).toEqual({ failures: {}, fileError: undefined, warnings: [] });
    expect(read("shared")).not.toContain("at: 2020-");
    expect(read("shared").match(/- at:/g)).toHaveLength(2);
  }
});
