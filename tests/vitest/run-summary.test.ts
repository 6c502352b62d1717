import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { createProject, type RunResult } from "../support/run-vitest.ts";
import { ask, head } from "./support.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({
    script: ({ body }) => {
      const isLimited = new TextDecoder().decode(body).includes("too often");
      return isLimited ? { status: 429 } : { tokens: 4 };
    },
  });
});
afterAll(() => server.close());

const installed = join(import.meta.dirname, "../.projects/node_modules/vitest-cassette");

const files = {
  "ask.ts": ask,
  "with-user.ts": `
import { test as withCassette } from "vitest-cassette";
export const test = withCassette.extend<{ user: string }>({ user: async ({}, use) => { await use("Ada"); } });
`,
  "a.test.ts": `${head.replace("expect, test", "expect")}
import { test } from "./with-user.ts";
test.each(["one", "two"])("asks %s", async (question) => {
  useCassette();
  await ask(question);
  if (process.env.FAIL) await ask("not recorded");
});
test("knows the user", async ({ cassette, user }) => {
  await ask("I am " + user);
  expect(cassette.requests).toHaveLength(1);
});
`,
  "b.test.ts": `${head}
let attempts = 0;
test("is tried again", async () => {
  useCassette();
  await ask("again");
  expect(++attempts).toBe(2);
});
test("asks too often", async () => { useCassette("shared"); await ask("too often"); });
test("shares", async () => { useCassette("shared"); await ask("shared"); });
`,
  "c.test.ts": `
import { beforeAll, test } from "vitest";
import { withCassette } from "vitest-cassette/core";
import { ask } from "./ask.ts";
beforeAll(() => withCassette("prepared", () => ask("prepare")));
test("is prepared", () => {});
test.todo("more");
`,
  // Writes what the UI and the HTML report show: the message of each annotation, and the text in its picture.
  "annotations.ts": `
import { appendFileSync } from "node:fs";
export default class {
  onTestCaseResult(test) {
    for (const { type, message, location, attachment } of test.annotations()) {
      const picture = Buffer.from(attachment?.body ?? "", "base64").toString().match(/<text.*?<.text>/g) ?? [];
      const labels = picture.map((text) => text.replace(/<.*?>/g, ""));
      appendFileSync("annotations.txt", [test.fullName, type, message, location, ...labels].join(" | ") + "\\n");
    }
  }
}
`,
};

/** The lines of our summary, without sizes and times. */
function summaryOf({ output }: RunResult): string {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.startsWith("  Cassettes"));
  if (start === -1) return "";
  const end = lines.indexOf("", start);
  return lines
    .slice(start, end)
    .join("\n")
    .replace(/\d+(\.\d)? (B|KiB)/g, "<size>")
    .replace(/\d+\.\d s/g, "<time>");
}

test("the summary counts played recordings and lists new, changed or unused cassettes, also over shards", async () => {
  using project = createProject({
    files,
    test: "coverage: { include: ['ask.ts'], reporter: ['text-summary'] }",
  });
  const env = { PROVIDER: server.url };
  const record = { ...env, RECORD: "1" };
  const recorded = await project.run({
    env: record,
    args: ["--no-isolate", "--pool=threads", "--retry=1", "--reporter=./annotations.ts"],
  });
  expect(recorded.status, recorded.output).toBe(0);
  // Nobody would see the pictures of this run.
  expect(existsSync(join(project.root, "annotations.txt"))).toBe(false);
  expect(summaryOf(recorded)).toMatchInlineSnapshot(`
    "  Cassettes  6 recorded
                 ↳ cassettes/a/asks-one.yaml (new, <size>)
                 ↳ cassettes/a/asks-two.yaml (new, <size>)
                 ↳ cassettes/a/knows-the-user.yaml (new, <size>)
                 ↳ cassettes/b/is-tried-again.yaml (new, <size>)
                 ↳ cassettes/prepared.yaml (new, <size>)
                 ↳ cassettes/shared.yaml (new, <size>)
                   has 1 response with status 429 Too Many Requests"
  `);

  project.write("cassettes/left/over.yaml", project.read("cassettes/shared.yaml"));
  const blob = (shard: number): readonly string[] => [
    ...[`--shard=${shard}/2`, "--reporter=blob", `--outputFile.blob=blobs/${shard}.json`],
    ...["--retry=1", "--coverage.enabled"],
  ];
  const shards = [await project.run({ env, args: blob(1) }), await project.run({ env, args: blob(2) })];
  for (const shard of shards) {
    expect(shard.status, shard.output).toBe(0);
    // Another shard may use it.
    expect(shard.output).not.toContain("unused");
    expect(shard.output).toContain("Coverage summary");
  }
  const args = ["--merge-reports=blobs", "--coverage.enabled", "--reporter=./annotations.ts"];
  const merged = await project.run({
    env,
    args: args.map((each) => each.replace("blobs", join(project.root, "blobs"))),
  });
  expect(merged.status, merged.output).toBe(0);
  expect(summaryOf(merged)).toMatchInlineSnapshot(`
    "  Cassettes  6 played, 1 unused · 7 requests · <time> and 82 tokens not spent
                 ↳ cassettes/left/over.yaml (no test opened it)
                 To delete unused cassettes: npx vitest-cassette prune"
  `);
  const prune = [join(installed, "dist/bin.js"), "prune", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, prune, { cwd: project.root });
  expect(JSON.parse(stdout)).toMatchObject({ unused: ["cassettes/left/over.yaml"] });
  const shown = project
    .read("annotations.txt")
    .replace(/\d+ ms/g, "<time>")
    .replaceAll(new URL(server.url).host, "<host>");
  expect(shown).toMatchInlineSnapshot(`
    "asks one | cassette | cassettes/a/asks-one.yaml · strict · 1 played · first token <time> |  | 1 · gpt-5-mini · 4 tokens · first token <time> | <time>
    asks two | cassette | cassettes/a/asks-two.yaml · strict · 1 played · first token <time> |  | 1 · gpt-5-mini · 4 tokens · first token <time> | <time>
    knows the user | cassette | cassettes/a/knows-the-user.yaml · strict · 1 played · first token <time> |  | 1 · gpt-5-mini · 4 tokens · first token <time> | <time>
    is tried again | cassette | cassettes/b/is-tried-again.yaml · strict · 1 played · first token <time> |  | 1 · gpt-5-mini · 4 tokens · first token <time> | <time>
    is tried again | cassette | attempt 2; cassettes/b/is-tried-again.yaml · strict · 1 played · first token <time> |  | 1 · gpt-5-mini · 4 tokens · first token <time> | <time>
    asks too often | cassette | cassettes/shared.yaml · strict · 1 played |  | 1 · <host> · status 429 | <time>
    shares | cassette | cassettes/shared.yaml · strict · 1 played · first token <time> |  | 1 · gpt-5-mini · 4 tokens · first token <time> | <time>
    "
  `);
});

const tape = (answer: string): string =>
  `cassette: 1\ninteractions:\n  - request: { method: GET, url: https://example.com/${answer} }\n    response: { body: ${answer} }\n`;

test("a run that leaves out or fails a test claims no unused cassette, and GitHub gets a line for every failure", async () => {
  using project = createProject({
    files: {
      "cassettes/a/plays.yaml": tape("one"),
      "cassettes/a/misses.yaml": tape("two"),
      "cassettes/a/leaves-over.yaml": tape("three"),
      "cassettes/unused.yaml": tape("four"),
      "a.test.ts": `
import { test } from "vitest";
import { useCassette } from "vitest-cassette";

test("plays", async () => {
  useCassette();
  await fetch("https://example.com/one");
});
test("leaves over", () => {
  useCassette();
});
test("misses", async () => {
  useCassette();
  await fetch("https://example.com/other");
});
`,
      "b.test.ts": `import { test } from "vitest"; test("needs none", () => {});`,
    },
    test: 'reporters: ["default", "github-actions", ["vitest-cassette/reporter", { json: "out/run.json" }]]',
  });
  const failed = await project.run({ ownReporters: true, env: { GITHUB_ACTIONS: "true" } });
  expect(failed.status).toBe(1);
  const annotations = failed.output.match(/^::error .*$/gm)?.map((line) => line.split("%0A")[0]);
  expect(annotations).toEqual([
    "::error file=<root>/a.test.ts,title=a.test.ts > misses,line=14,column=9::CassetteMissError: Failed to play GET https://example.com/other: the cassette has no recording of this method, origin and path.",
    "::error file=<root>/a.test.ts,line=9,title=a.test.ts > leaves over::CassetteUnplayedError: Failed to play all of cassettes/a/leaves-over.yaml: 1 of 1 recording was not played.",
  ]);
  expect(summaryOf(failed)).toBe("  Cassettes  1 played · 1 request");
  const report = JSON.parse(project.read("out/run.json"), (key, value: unknown) =>
    key === "overhead" ? (value as number) > 0 : value,
  );
  expect(report).toMatchInlineSnapshot(`
    {
      "cassettes": [
        {
          "file": "cassettes/a/leaves-over.yaml",
          "stale": false,
          "tests": [
            {
              "bytesRecorded": 0,
              "events": {
                "dropped": 0,
                "sent": 0,
              },
              "missed": 0,
              "mode": "strict",
              "overhead": true,
              "played": 0,
              "recorded": 0,
              "requests": 0,
              "state": "failed",
              "test": "leaves over",
              "testFile": "a.test.ts",
            },
          ],
        },
        {
          "file": "cassettes/a/misses.yaml",
          "stale": false,
          "tests": [
            {
              "bytesRecorded": 0,
              "events": {
                "dropped": 0,
                "sent": 0,
              },
              "missed": 1,
              "mode": "strict",
              "overhead": true,
              "played": 0,
              "recorded": 0,
              "requests": 1,
              "state": "failed",
              "test": "misses",
              "testFile": "a.test.ts",
            },
          ],
        },
        {
          "file": "cassettes/a/plays.yaml",
          "stale": false,
          "tests": [
            {
              "bytesRecorded": 0,
              "events": {
                "dropped": 0,
                "sent": 0,
              },
              "missed": 0,
              "mode": "strict",
              "overhead": true,
              "played": 1,
              "recorded": 0,
              "requests": 1,
              "state": "passed",
              "test": "plays",
              "testFile": "a.test.ts",
            },
          ],
        },
      ],
      "record": "off",
      "result": "failed",
      "totals": {
        "bytesRecorded": 0,
        "events": {
          "dropped": 0,
          "sent": 0,
        },
        "failed": 0,
        "overhead": true,
        "played": 1,
        "recorded": 0,
        "requests": 1,
        "stale": 0,
        "streams": 0,
        "time": 0,
        "tokens": {
          "input": 0,
          "output": 0,
        },
      },
      "version": 1,
    }
  `);

  const bailed = await project.run({ args: ["--bail=1"] });
  expect(bailed.output).not.toContain("unused");
  const chosen = await project.run({ args: ["-t", "plays|needs none"] });
  expect([chosen.status, summaryOf(chosen)]).toEqual([0, "  Cassettes  1 played · 1 request"]);
});
