import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BY_HAND, createWorkspace, JOKE } from "./command.ts";

const DAY = 86_400_000;

test("ls lists what each cassette holds", async () => {
  const recorded = new Date(Date.now() - 3.5 * DAY).toISOString();
  using workspace = createWorkspace({
    "cassettes/joke.yaml": JOKE.replace("2020-11-20T07:00:00.000Z", recorded),
    "cassettes/tests/chat/by-hand.yaml": BY_HAND,
    "cassettes/tests/chat/by-hand.failed.yaml": "cassette: 1\ninteractions: []\n",
    "cassettes/broken.yaml": "cassette: 1\ninteractions: {}\n",
    "cassettes/notes.md": "no tape",
    "cassettes/.joke.yaml.abcdef-1-0123456789ab.tmp": "no tape",
  });
  const { code, out, error } = await workspace.run("ls");
  expect(code).toBe(1);
  expect(`${out}\n${error}`).toMatchSnapshot();

  const { out: json } = await workspace.run("ls --json");
  expect(JSON.parse(json.replaceAll(recorded, "<recorded>"))).toMatchSnapshot();
});

test("ls takes several folders, and each tape once", async () => {
  using workspace = createWorkspace({ "one/a.yaml": JOKE, "one/deep/b.yaml": JOKE, "two/c.yaml": JOKE });
  const { code, out } = await workspace.run("ls --dir one --dir two --dir=one/deep --json");
  expect(code).toBe(0);
  const files = (JSON.parse(out) as { file: string }[]).map(({ file }) => file);
  expect(files).toEqual(["one/a.yaml", "one/deep/b.yaml", "two/c.yaml"]);
});

test("ls names the host if it makes no valid URL", async () => {
  const url = "https://<redacted:tunnel-token>.example.test:8080/v1";
  using workspace = createWorkspace({
    "cassettes/a.yaml": `cassette: 1\ninteractions:\n  - request: { method: GET, url: "${url}" }\n    response: {}\n`,
  });
  const { code, out } = await workspace.run("ls --json");
  expect(code).toBe(0);
  expect(JSON.parse(out)[0].answered).toEqual(["<redacted:tunnel-token>.example.test:8080"]);
});

test("ls of an empty folder says so", async () => {
  using workspace = createWorkspace({ "cassettes/notes.md": "" });
  expect(await workspace.run("ls")).toEqual({ code: 0, out: "No cassettes found.\n", error: "" });
});

test("show gives a readable account of a tape", async () => {
  using workspace = createWorkspace({ "cassettes/joke.yaml": JOKE, "cassettes/deep/by-hand.yaml": BY_HAND });
  const joke = await workspace.run("show joke");
  expect([joke.code, joke.error]).toEqual([0, ""]);
  expect(joke.out.replace(/\(\d+ days ago\)/, "(<days> ago)")).toMatchSnapshot();
  const byHand = await workspace.run("show by-hand");
  expect(byHand.out).toMatchSnapshot();
});

test("a tape is found by its path or its name, with or without the ending", async () => {
  using workspace = createWorkspace({ "cassettes/deep/joke.yaml": JOKE });
  const { out } = await workspace.run("show deep/joke");
  for (const name of [
    "deep/joke.yaml",
    "joke",
    "joke.yaml",
    "cassettes/deep/joke",
    "cassettes/deep/joke.yaml",
  ]) {
    expect((await workspace.run(["show", name])).out, name).toBe(out);
  }
  expect((await workspace.run(["show", join(workspace.root, "cassettes/deep/joke.yaml")])).out).toBe(out);
  expect((await workspace.run(["show", "jo\0ke"])).code).toBe(2);
});

test("long texts are cut, and whole with --full", async () => {
  const lines = Array.from({ length: 30 }, (_, line) => `line ${line} ${"x".repeat(300)}`);
  using workspace = createWorkspace({
    "cassettes/long.yaml": `cassette: 1
interactions:
  - request: { method: GET, url: "https://example.test/text" }
    response:
      headers: { content-type: text/markdown }
      body: |
        ${lines.join("\n        ")}
`,
  });
  const { out } = await workspace.run("show long");
  expect(out).toContain("... 18 more lines (--full prints all)");
  expect(out).toContain("more characters (--full prints all)");
  const whole = await workspace.run("show long --full");
  for (const line of lines) expect(whole.out).toContain(line);
});

test("secrets and terminal control sequences of a cassette are not printed", async () => {
  const key = "opaque-0123456789-value";
  using workspace = createWorkspace({
    "cassettes/leaky.yaml": JOKE.replace("dark mode?", `${key}\\u001b]0;title\\u0007?`)
      .replace("content: Why do programmers", 'content: "Why')
      .replace("? }", '?" }')
      .replace("/completions", `/completions?note=${key}`)
      .replace("Light ", `Light ${key} `),
  });
  const env = { SOME_API_KEY: key };
  for (const line of ["show leaky", "show leaky --full", "ls", "ls --json"]) {
    const { code, out } = await workspace.run(line, { env });
    expect(code, line).toBe(0);
    expect(out).not.toContain(key);
    for (const char of ["\u0007", "\u001b"]) expect(out).not.toContain(char);
  }
  const { out } = await workspace.run("show leaky", { env });
  expect(out.match(/<redacted:some-api-key>/g)).toHaveLength(3);
  expect(out).toContain("\\u001b]0;title");
});

test("a link that leads out of the folder is not read", async () => {
  using workspace = createWorkspace({ "cassettes/joke.yaml": JOKE });
  using outside = createWorkspace({ "secret.yaml": "cassette: 1 # outside\n" });
  symlinkSync(join(outside.root, "secret.yaml"), join(workspace.root, "cassettes/link.yaml"));
  symlinkSync(outside.root, join(workspace.root, "cassettes/folder"));
  writeFileSync(join(outside.root, "another.yaml"), JOKE);
  const { code, out, error } = await workspace.run("ls");
  expect(code).toBe(1);
  expect(out).not.toContain("another");
  expect(error).toContain("cassettes/link.yaml: cassettes stay in");
});

const AGENT = [
  "cassette: 1",
  "interactions:",
  "  - step: research",
  "    type: agent",
  "    duration: 30",
  "  - at: 2",
  "    parent: research",
  "    call: weather",
  "    type: tool",
  "    input: { city: Lyon }",
  "    output: { celsius: 20 }",
  "    duration: 7.4",
  "  - at: 31",
  "    checkpoint: after plan",
  "",
].join("\n");

test("show lists calls, steps and checkpoints, and --json counts them", async () => {
  using workspace = createWorkspace({ "cassettes/agent.yaml": AGENT });
  const { code, out } = await workspace.run("show agent");
  expect(code).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "cassettes/agent.yaml · format 1 · written by hand · 0 interactions · 3 of other kinds

    1 · agent research · 30 ms
      at         0 ms
      entry      step: research
                 type: agent
                 duration: 30

    2 · tool weather · 7 ms
      at         2 ms
      entry      parent: research
                 call: weather
                 type: tool
                 input: { city: Lyon }
                 output: { celsius: 20 }
                 duration: 7.4

    3 · checkpoint after plan
      at         31 ms
      entry      checkpoint: after plan
    "
  `);
  const { out: json } = await workspace.run("show agent --json");
  expect(JSON.parse(json)).toEqual({
    id: "cassettes/agent.yaml",
    duration: 31,
    entries: { request: 0, call: 1, step: 1, checkpoint: 1, mcp: 0, process: 0 },
    models: {},
    calls: { weather: 1 },
    checkpoints: ["after plan"],
    bytes: 0,
  });
});
