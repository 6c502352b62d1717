import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { BY_HAND, createWorkspace, JOKE } from "./command.ts";
import { commit, createRepository, git } from "./git.ts";

/** A re-recording: other ids and times, and the answer that is given. */
function rerecorded(answer = "attracts bugs."): string {
  return JOKE.replaceAll("chatcmpl-1", "chatcmpl-2")
    .replace("attracts bugs.", answer)
    .replace("412.3, 433.1, 455", "430, 450.2, 471");
}

const LONG = Array.from({ length: 30 }, (_, line) => `Line ${line} of a long answer.`).join("\\n");

test("two cassettes are compared by meaning", async () => {
  using workspace = createWorkspace({
    "cassettes/a.yaml": JOKE,
    "cassettes/b.yaml": rerecorded("attracts moths, and moths are bugs of a kind.")
      .replace("gpt-5-mini\n", "gpt-5\n")
      .replace("dark mode?", "dark mode and talk about it?")
      .replace("430, 450.2, 471", "930, 950.2, 971"),
    "cassettes/c.yaml": BY_HAND,
    "cassettes/d.yaml": rerecorded(),
    "cassettes/a.failed.yaml": rerecorded(LONG),
  });
  const changed = await workspace.run("diff a b");
  expect([changed.code, changed.error]).toEqual([0, ""]);
  expect(changed.out).toMatchInlineSnapshot(`
    "cassettes/a.yaml → cassettes/b.yaml  changed
      1 · POST https://api.openai.com/v1/chat/completions
          request model: gpt-5-mini → gpt-5
          prompt messages[0].content:
        - Why do programmers prefer dark mode?
        + Why do programmers prefer dark mode and talk about it?
          text:
        - Light attracts bugs.
        + Light attracts moths, and moths are bugs of a kind.
          timing: first token 412.3 → 930 ms (x2.26), duration 455 → 971 ms (x2.13)

    1 cassette changed.
    "
  `);
  expect((await workspace.run("diff a cassettes/c.yaml")).out).toMatchInlineSnapshot(`
    "cassettes/a.yaml → cassettes/c.yaml  changed
      1 · POST https://api.openai.com/v1/chat/completions · removed
        - openai chat · gpt-5-mini · 3 tokens · first token 412 ms
        - > Why do programmers prefer dark mode?
        - < Light attracts bugs.
        - < finish: stop
      1 · POST https://api.anthropic.com/v1/messages · added
        + anthropic messages · claude-sonnet-5 · 30 tokens
        + > Weather?
        + < I look.\\u001b[2J
        + < get_weather {"city":"Lyon"}
        + < finish: tool_use
      2 · GET https://example.test/picture · added
        + example.test
        + < image/png, 8 bytes

    1 cassette changed.
    "
  `);
  const same = await workspace.run("diff a d --exit-code");
  expect([same.code, same.out]).toEqual([
    0,
    "cassettes/a.yaml → cassettes/d.yaml  no difference in meaning\n\n1 cassette: no difference in meaning.\n",
  ]);
  const failed = await workspace.run("diff cassettes/a.yaml cassettes/a.failed.yaml --exit-code");
  expect(failed.code).toBe(1);
  expect(failed.out).toContain("... 19 more lines (--full prints all)");
  const full = await workspace.run("diff cassettes/a.yaml cassettes/a.failed.yaml --full");
  expect(full.out).toContain("    + Line 29 of a long answer.");
});

test("without names, all cassettes that changed since the last commit are compared", async () => {
  using workspace = createRepository({
    "cassettes/answer.yaml": JOKE,
    "cassettes/deep/gone.yaml": BY_HAND,
    "cassettes/noise.yaml": JOKE,
    "cassettes/old-name.yaml": BY_HAND.replace("Weather?", "Weather in Lyon?"),
    "cassettes/untouched.yaml": JOKE,
    "config/cassettes.yaml": "no: cassette\n",
  });
  const unchanged = await workspace.run("diff --exit-code");
  expect(unchanged).toEqual({ code: 0, out: "No cassettes changed.\n", error: "" });

  const path = (file: string): string => join(workspace.root, file);
  workspace.write("cassettes/answer.yaml", rerecorded("repels bugs."));
  workspace.write("cassettes/noise.yaml", rerecorded());
  workspace.write("cassettes/new.yaml", JOKE.replace("dark mode", "tabs"));
  workspace.write("cassettes/new.failed.yaml", JOKE);
  workspace.write("config/cassettes.yaml", "still: none\n");
  rmSync(path("cassettes/deep/gone.yaml"));
  renameSync(path("cassettes/old-name.yaml"), path("cassettes/new-name.yaml"));
  workspace.write(
    "cassettes/new-name.yaml",
    workspace.read("cassettes/new-name.yaml").replace("Lyon }", "Paris }"),
  );
  git(workspace.root, "add", "cassettes/new.yaml");

  const { code, out, error } = await workspace.run("diff");
  expect({ code, error }).toEqual({ code: 0, error: "" });
  expect(out).toMatchInlineSnapshot(`
    "cassettes/answer.yaml  changed
      1 · POST https://api.openai.com/v1/chat/completions
          text: Light attracts bugs. → Light repels bugs.

    cassettes/deep/gone.yaml  deleted
    cassettes/new-name.yaml (was cassettes/old-name.yaml)  renamed
      1 · POST https://api.anthropic.com/v1/messages
          tool call get_weather.city: Lyon → Paris
      1 without a difference

    cassettes/new.yaml  added
      1 · POST https://api.openai.com/v1/chat/completions · added
        + openai chat · gpt-5-mini · 3 tokens · first token 412 ms
        + > Why do programmers prefer tabs?
        + < Light attracts bugs.
        + < finish: stop

    cassettes/noise.yaml  no difference in meaning

    1 cassette changed, 1 renamed, 1 added, 1 deleted, 1 the same in meaning.
    "
  `);
  expect((await workspace.run("diff --exit-code")).code).toBe(1);

  const { cassettes, differs } = JSON.parse((await workspace.run("diff --json")).out) as {
    differs: boolean;
    cassettes: { file: string; status: string; from?: string; entries: { changes: unknown[] }[] }[];
  };
  expect(differs).toBe(true);
  expect(cassettes.map(({ file, status, from = "" }) => [status, file, from].join(" ").trim())).toEqual([
    "changed cassettes/answer.yaml",
    "deleted cassettes/deep/gone.yaml",
    "renamed cassettes/new-name.yaml cassettes/old-name.yaml",
    "added cassettes/new.yaml",
    "same cassettes/noise.yaml",
  ]);
  expect(cassettes[0]?.entries[0]?.changes).toEqual([
    { part: "text", before: "Light attracts bugs.", after: "Light repels bugs." },
  ]);
  expect((await workspace.run("diff --markdown")).out).toMatchSnapshot();
});

test("with one name, that cassette is compared with its last commit", async () => {
  using workspace = createRepository({
    "cassettes/a.yaml": JOKE,
    "cassettes/b.yaml": JOKE,
    "cassettes/c.yaml": BY_HAND,
  });
  workspace.write("cassettes/a.yaml", rerecorded("repels bugs."));
  workspace.write("cassettes/b.yaml", rerecorded("repels bugs."));
  rmSync(join(workspace.root, "cassettes/c.yaml"));
  for (const name of ["a", "cassettes/a.yaml"]) {
    const { out } = await workspace.run(`diff ${name}`);
    expect(out).toContain("text: Light attracts bugs. → Light repels bugs.");
    expect(out).toContain("\n1 cassette changed.\n");
  }
  expect((await workspace.run("diff cassettes/c.yaml")).out).toContain("cassettes/c.yaml  deleted\n");
  commit(workspace.root);
  expect((await workspace.run("diff a --exit-code")).code).toBe(0);
  expect((await workspace.run("diff no-such")).error).toMatch(
    /^error CASSETTE_USAGE: No cassette is called "no-such"/,
  );
});

test("--base compares with the commit where the branch began", async () => {
  using workspace = createRepository({ "cassettes/a.yaml": JOKE, "cassettes/b.yaml": JOKE });
  const { root } = workspace;
  git(root, "checkout", "-q", "-b", "topic");
  workspace.write("cassettes/a.yaml", rerecorded("repels bugs."));
  commit(root);
  git(root, "checkout", "-q", "main");
  workspace.write("cassettes/b.yaml", rerecorded("hides bugs."));
  commit(root);
  git(root, "checkout", "-q", "topic");
  const { out } = await workspace.run("diff --base main");
  expect(out).toContain("cassettes/a.yaml  changed");
  expect(out).not.toContain("cassettes/b.yaml");
  expect((await workspace.run("diff --base no-such-branch")).error).toBe(
    'error CASSETTE_USAGE: Failed to compare with git: there is no commit "no-such-branch".\n' +
      "Name a branch, tag or commit, and fetch it first: git fetch origin no-such-branch\n",
  );
  // A name that git would read as an option.
  expect((await workspace.run(["diff", "--base=--output=x"])).code).toBe(2);
});

test("diff says what to do without a repository, a commit, or a valid cassette", async () => {
  using outside = createWorkspace({ "cassettes/a.yaml": JOKE });
  const noRepository = await outside.run("diff");
  expect([noRepository.code, noRepository.error]).toEqual([
    1,
    `error CASSETTE_GIT: Failed to compare with git: ${outside.root} is not in a git repository.\n` +
      "Name two cassettes: vitest-cassette diff <before> <after>\n",
  ]);
  git(outside.root, "init", "-q");
  expect((await outside.run("diff")).error).toContain("nothing is committed yet.\n");

  using workspace = createRepository({ "cassettes/a.yaml": JOKE, "cassettes/b.yaml": "cassette: 9\n" });
  workspace.write("cassettes/a.yaml", "cassette: 1\ninteractions: {}\n");
  workspace.write("cassettes/b.yaml", JOKE);
  const { code, out, error } = await workspace.run("diff");
  expect(code).toBe(1);
  expect(out).toContain("cassettes/a.yaml  unreadable\n");
  expect(error).toContain("error CASSETTE_TAPE_INVALID: Failed to read cassettes/a.yaml:2:15:");
  expect(error).toContain(
    "error CASSETTE_TAPE_VERSION: Failed to read cassettes/b.yaml:1:11: its format version is 9",
  );
  expect((await workspace.run("diff --json --markdown")).code).toBe(2);
  expect((await workspace.run("diff a b --base main")).code).toBe(2);
});

test("a project in a folder of the repository compares its own cassettes, and those in its dir", async () => {
  using workspace = createRepository({
    "packages/api/cassettes/a.yaml": JOKE,
    "packages/api/tapes/b.yaml": JOKE,
    "packages/web/cassettes/c.yaml": JOKE,
  });
  const files = [
    "packages/api/cassettes/a.yaml",
    "packages/api/tapes/b.yaml",
    "packages/web/cassettes/c.yaml",
  ];
  for (const file of files) workspace.write(file, rerecorded("repels bugs."));
  const root = join(workspace.root, "packages/api");
  const project = { root, options: { dir: "tapes", match: { ignore: ["stream"] } }, cacheDir: root };
  const run = async (line: string, projects?: readonly [typeof project]): Promise<readonly string[]> => {
    const { out } = await workspace.run(line, { directory: root, ...(projects && { projects }) });
    return (JSON.parse(out) as { cassettes: { file: string }[] }).cassettes.map(({ file }) => file);
  };
  expect(await run("diff --json")).toEqual(["cassettes/a.yaml"]);
  expect(await run("diff --json", [project])).toEqual(["cassettes/a.yaml", "tapes/b.yaml"]);
  expect(await run("diff --json --dir tapes")).toEqual(["tapes/b.yaml"]);
});

test("text of a cassette is escaped in comments and terminals, and secrets are not printed", async () => {
  const key = "opaque-0123456789-value";
  const evil = `\`\`\`\` </details><img src=x> @everyone \\u001b]0;title\\u0007 ${"word ".repeat(12)}${key} ${"more ".repeat(20)}`;
  using workspace = createRepository({ "cassettes/a.yaml": JOKE, "cassettes/<b>@c.yaml": JOKE });
  workspace.write("cassettes/a.yaml", rerecorded(evil.replaceAll("\\u", "\\\\u")).replaceAll("\\\\u", "\\u"));
  workspace.write("cassettes/<b>@c.yaml", rerecorded(evil));
  const env = { SOME_API_KEY: key };
  for (const line of ["diff", "diff --markdown", "diff --json", "diff --full"]) {
    const { out } = await workspace.run(line, { env, columns: 70 });
    expect(out, line).not.toContain(key);
    expect(out, line).toContain("<redacted:some-api-key>");
    for (const char of ["\u0007", "\u001b"]) expect(out).not.toContain(char);
  }
  const { out } = await workspace.run("diff --markdown", { env });
  const outsideOfCode = out.replaceAll(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, "").replaceAll(/`+[^`]*`+/g, "");
  expect(outsideOfCode).not.toMatch(/<img|@everyone|<b>|@c/);
  expect(outsideOfCode.match(/<\/details>/g)).toHaveLength(2);
});

test("a secret that a cut would part is not printed in part", async () => {
  const key = "opaque-0123456789-value";
  const answer = (word: string): string =>
    rerecorded(`${word} ${"x".repeat(30)} ${key} ${"and more ".repeat(10)}`);
  using workspace = createWorkspace({
    "cassettes/a.yaml": answer("attracts"),
    "cassettes/b.yaml": answer("repels"),
  });
  for (const line of ["diff a b", "diff a b --markdown"]) {
    const { out } = await workspace.run(line, { env: { SOME_API_KEY: key } });
    expect(out, line).toContain("Light repels");
    expect(out, line).not.toContain("opaque");
  }
});

test("a comment on a pull request is never longer than GitHub takes", async () => {
  const files = Array.from({ length: 12 }, (_, index) => `cassettes/${index}.yaml`);
  using workspace = createRepository(Object.fromEntries(files.map((file) => [file, JOKE])));
  for (const file of files) workspace.write(file, rerecorded(LONG.repeat(8)));
  const { out } = await workspace.run("diff --markdown --full");
  expect(out.length).toBeLessThan(65_000);
  expect(out).toMatch(/… and \d+ more: `npx vitest-cassette diff` prints them\.\n$/);
});

test("removed and added lines are red and green on a terminal", async () => {
  using workspace = createWorkspace({ "cassettes/a.yaml": JOKE, "cassettes/b.yaml": rerecorded(LONG) });
  const { out } = await workspace.run("diff a b", { isTerminal: true, columns: 60 });
  expect(out).toContain("    \u001b[31m- Light attracts bugs.\u001b[39m\n");
  expect(out).toContain("    \u001b[32m+ Light Line 0 of a long answer.\u001b[39m\n");
  expect(stripVTControlCharacters(out)).toBe((await workspace.run("diff a b", { columns: 60 })).out);
});
