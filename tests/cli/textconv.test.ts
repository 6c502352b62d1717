import { join } from "node:path";
import { expect, test } from "vitest";
import { BY_HAND, createWorkspace, JOKE } from "./command.ts";
import { createRepository, git } from "./git.ts";

test("textconv prints what a cassette means, without ids, times and chunks", async () => {
  using workspace = createWorkspace({ "joke.yaml": JOKE, "by-hand.yaml": BY_HAND });
  const joke = await workspace.run("textconv joke.yaml");
  expect(joke.out + (await workspace.run("textconv by-hand.yaml")).out).toMatchInlineSnapshot(`
    "POST https://api.openai.com/v1/chat/completions
      asked:
        model: gpt-5-mini
        stream: true
        messages:
          - { role: user, content: Why do programmers prefer dark mode? }
      status: 200 OK
      model: gpt-5-mini
      answer:
        - { text: Light attracts bugs. }
      finish: stop
      usage: { in: 14, out: 3 }

    POST https://api.anthropic.com/v1/messages
      asked:
        model: claude-sonnet-5
        max_tokens: 20
        messages:
          - { role: user, content: Weather? }
      status: 200 OK
      model: claude-sonnet-5
      answer:
        - { text: "I look.\\u001b[2J" }
        - { tool call: 'get_weather {"city":"Lyon"}' }
      finish: tool_use
      usage: { in: 9, out: 30 }

    GET https://example.test/picture
      status: 200 OK
      answer: { bytes: 8, sha256: "4c4b6a3be1314ab86138bef4314dde022e600960d8689a2c8f8631802d20dab6" }

    "
  `);
  workspace.write(
    "again.yaml",
    JOKE.replaceAll("chatcmpl-1", "chatcmpl-2")
      .replace("2020-11", "2021-11")
      .replace("412.3, 433.1, 455", "320, 330, 340"),
  );
  expect(await workspace.run("textconv again.yaml")).toEqual(joke);
});

test("a file that is no valid cassette is printed as it is, so that git diff goes on", async () => {
  using workspace = createWorkspace({ "broken.yaml": "cassette: 1\ninteractions: {}\n" });
  expect(await workspace.run("textconv broken.yaml")).toEqual({
    code: 0,
    out: "cassette: 1\ninteractions: {}\n\n",
    error: "",
  });
  expect(await workspace.run("textconv gone.yaml")).toMatchObject({ code: 1, out: "" });
});

test("git diff shows the readable form", () => {
  using workspace = createRepository({
    "cassettes/deep/joke.yaml": JOKE,
    ".gitattributes": "cassettes/**/*.yaml diff=cassette\n",
  });
  const bin = join(import.meta.dirname, "../../src/bin.ts");
  git(workspace.root, "config", "diff.cassette.textconv", `"${process.execPath}" "${bin}" textconv`);
  workspace.write(
    "cassettes/deep/joke.yaml",
    JOKE.replaceAll("chatcmpl-1", "chatcmpl-2").replace("attracts", "repels"),
  );
  const changed = git(workspace.root, "diff")
    .split("\n")
    .filter((line) => /^[-+] /.test(line));
  expect(changed).toEqual(["-    - { text: Light attracts bugs. }", "+    - { text: Light repels bugs. }"]);
});
