import { expect, test } from "vitest";
import { createProject, messagesOf } from "../support/run-vitest.ts";

/** Written by hand: no timing, no cuts, nothing but what a person would write. */
const tape = (question: string, answer: string): string => `
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      headers: { content-type: application/json }
      body:
        model: gpt-5-mini
        messages:
          - { role: user, content: ${JSON.stringify(question)} }
    response:
      status: 200
      headers: { content-type: application/json }
      body: { choices: [{ message: { content: ${JSON.stringify(answer)} } }] }
`;

const ask = `
export async function ask(content: string, more: object = {}, url = "https://api.openai.com/v1/chat/completions") {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-proj-not-a-real-key" },
    body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content }], ...more }),
  });
  return { status: response.status, retry: response.headers.get("x-should-retry"), body: await response.json() };
}
`;

const files = {
  "ask.ts": ask,
  "cassettes/joke.yaml": `cassette: 1\ninteractions:${tape("Tell me a joke about dark mode, please.", "Light attracts bugs.")}`,
  "cassettes/two.yaml": `cassette: 1\ninteractions:${tape("one", "1")}${tape("two", "2")}`,
  "cassettes/whole.yaml": `cassette: 1\ninteractions:${tape("one", "1")}${tape("two", "2")}`,
};

test("each kind of miss fails the test that swallowed it, with the reason and the next step", async () => {
  using project = createProject({
    files: {
      ...files,
      "miss.test.ts": `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./ask.ts";

test("no tape", async () => { useCassette(); expect((await ask("hello")).status).toBe(400); });
test("drifted", async () => {
  useCassette("joke");
  const { status, retry, body } = await ask("Tell me a joke about light mode, please.", { seed: 7 });
  expect([status, retry, body.error.type]).toEqual([400, "false", "cassette_miss"]);
});
test("another endpoint", async () => { useCassette("joke"); await ask("hello", {}, "https://api.openai.com/v1/responses"); });
test("used up", async () => {
  useCassette("joke");
  for (let time = 0; time < 3; time++) await ask("Tell me a joke about dark mode, please.");
});
test("out of order", async () => { useCassette("two", { order: "recorded" }); await ask("two"); });
test("several", async () => { useCassette("two"); await ask("three"); await ask("four"); });
test("a call that throws", async () => { useCassette("joke").record("get", (id: number) => id)(1); });
`,
    },
  });
  const { failures, tests, status, output } = await project.run();
  expect(status).toBe(1);
  expect(Object.values(tests)).toEqual(Array(7).fill("failed"));
  expect(output).toMatchSnapshot("printed");
  expect(messagesOf(failures)).toMatchSnapshot();
});

test("Vitest prints a diff and the line that sent the request for a miss", async () => {
  using project = createProject({
    files: {
      ...files,
      "miss.test.ts": `
import { test } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./ask.ts";

test("drifted", async () => {
  useCassette("joke");
  await ask("Tell me a joke about light mode, please.");
});
`,
    },
  });
  const { output } = await project.run();
  expect(output).toMatchSnapshot();
});

test("recordings that no request asked for fail a test that passed otherwise, and only such a one", async () => {
  using project = createProject({
    files: {
      ...files,
      "cassettes/left/is-left.yaml": files["cassettes/two.yaml"],
      "cassettes/left/is-left-after-a-failure.yaml": files["cassettes/two.yaml"],
      "cassettes/left/is-ignored.yaml": files["cassettes/two.yaml"],
      "left.test.ts": `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./ask.ts";

test("is left", async () => { useCassette(); await ask("two"); });
test("is left after a failure", async () => { useCassette(); await ask("two"); expect(1).toBe(2); });
test("is ignored", async () => { useCassette({ unplayed: "ignore" }); await ask("two"); });
test("shares one half", async () => { useCassette("two"); await ask("one"); });
test("shares the other half", async () => { useCassette("two"); await ask("two"); });
`,
    },
  });
  const { failures, tests, output } = await project.run();
  expect(output).toMatchSnapshot("printed");
  expect(tests).toEqual({
    "is left": "failed",
    "is left after a failure": "failed",
    "is ignored": "passed",
    "shares one half": "passed",
    "shares the other half": "passed",
  });
  expect(messagesOf(failures)).toMatchSnapshot();
});

test("unplayed hand-written recordings are reported at the end of the file, unless a test that could have played them did not pass", async () => {
  const head = `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./ask.ts";
`;
  const leaves = 'test("leaves one", async () => { useCassette("two"); await ask("two"); });';
  using project = createProject({
    files: {
      ...files,
      "same.test.ts": `${head}test("fails", async () => { useCassette("two"); expect(1).toBe(2); });\n${leaves}`,
      "none.test.ts": `${head}test("fails", () => { expect(1).toBe(2); });\n${leaves}`,
      "skipped.test.ts": `${head}test.skip("is skipped", () => {});\n${leaves}`,
      "first.test.ts": `${head}${leaves}\ntest("passes", () => {});`,
    },
  });
  const { output } = await project.run();
  expect(output).not.toMatch(/ FAIL {2}.* > leaves one/);
  expect(output.match(/^CassetteUnplayedError/gm)).toHaveLength(1);
  expect(output).toContain(" FAIL  first.test.ts [ first.test.ts ]\nCassetteUnplayedError");
  expect(output).toContain('Opened by "first.test.ts › leaves one".');
  expect(output).toContain("Failed to play all of cassettes/two.yaml: 1 of 2 recordings was not played.");
});

test("warn mode plays the nearest recording and prints each difference once", async () => {
  using project = createProject({
    files: {
      ...files,
      "warn.test.ts": `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./ask.ts";

test("is warned", async () => {
  const cassette = useCassette("joke", { mode: "warn", repeat: "last" });
  for (let time = 0; time < 2; time++) {
    const { body } = await ask("Tell me a joke about light mode, please.");
    expect(body.choices[0].message.content).toBe("Light attracts bugs.");
  }
  expect(cassette.stats).toMatchObject({ requests: 2, substituted: 2, missed: 0, played: 0 });
});
test("has no candidate", async () => {
  useCassette("joke", { mode: "warn" });
  expect((await ask("hello", {}, "https://api.openai.com/v1/responses")).status).toBe(400);
});
`,
    },
  });
  const { output, tests } = await project.run();
  expect(tests).toEqual({ "is warned": "passed", "has no candidate": "failed" });
  expect(output.match(/Played recording 1/g)).toHaveLength(1);
  expect(output).toMatchSnapshot();
});

test("a request after the cassette was closed is refused and reported", async () => {
  using project = createProject({
    files: {
      ...files,
      "late.test.ts": `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./ask.ts";

let late: Promise<{ status: number }>;
test("outlives its test", async () => {
  useCassette("joke", { unplayed: "ignore" });
  late = new Promise((resolve) => setTimeout(resolve, 50)).then(() => ask("late"));
});
test("waits for the other", async () => { expect((await late).status).toBe(400); });
test("ejects too early", async () => {
  await useCassette("joke", { unplayed: "ignore" }).eject();
  expect((await ask("more")).status).toBe(400);
});
`,
    },
  });
  const { tests, failures, output } = await project.run();
  expect(tests).toEqual({
    "outlives its test": "passed",
    "waits for the other": "passed",
    "ejects too early": "failed",
  });
  expect(output).toContain(
    'the test that sent it ("outlives its test") has ended and its cassette is closed',
  );
  expect(messagesOf(failures)["ejects too early"]).toEqual([
    'CassetteError: Failed to answer POST https://api.openai.com/v1/chat/completions: the cassette of "ejects too early" was ejected before it was sent. Eject it after the last request, or open another.',
  ]);
});
