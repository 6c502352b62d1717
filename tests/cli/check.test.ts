import { spawn } from "node:child_process";
import { existsSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryName } from "../../src/storage/atomic-write.ts";
import { ANTHROPIC_KEY, GOOGLE_KEY, OPENAI_KEY } from "../redaction/support.ts";
import { BY_HAND, createWorkspace, JOKE } from "./command.ts";

test("valid cassettes have no problems", async () => {
  using workspace = createWorkspace({ "cassettes/joke.yaml": JOKE, "cassettes/a/by-hand.yaml": BY_HAND });
  for (const line of ["check", "check --secrets", "check --fix"]) {
    expect(await workspace.run(line)).toEqual({
      code: 0,
      out: "2 cassettes checked: no problems.\n",
      error: "",
    });
  }
});

test("every broken tape is reported, with the line and what to do", async () => {
  using workspace = createWorkspace({
    "cassettes/joke.yaml": JOKE,
    "cassettes/conflict.yaml": JOKE.replace("          - {", "<<<<<<< HEAD\n          - {"),
    "cassettes/empty.yaml": "",
    "cassettes/future.yaml": "cassette: 7\nreels: []\n",
    "cassettes/utf-16.yaml": Buffer.from(`\ufeff${JOKE}`, "utf16le"),
    "cassettes/tests/status.yaml": JOKE.replace("status: 200", "status: fine"),
    "cassettes/tests/status.failed.yaml": JOKE.replace("at: 0", "at: 0\n    att: 1"),
  });
  const { code, out } = await workspace.run("check");
  expect(code).toBe(1);
  expect(out).toMatchSnapshot();
  const { problems } = JSON.parse((await workspace.run("check --json")).out) as {
    problems: { file: string; line?: number }[];
  };
  expect(problems.map(({ file, line }) => `${file}:${line ?? "-"}`)).toEqual([
    "cassettes/conflict.yaml:15",
    "cassettes/empty.yaml:-",
    "cassettes/future.yaml:1",
    "cassettes/tests/status.failed.yaml:7",
    "cassettes/tests/status.yaml:17",
    "cassettes/utf-16.yaml:-",
  ]);
});

test("files that dead processes left over are reported, and removed by --fix; those of living ones stay", async () => {
  using workspace = createWorkspace({ "cassettes/tests/joke.yaml": JOKE });
  const dead = spawn("true");
  await new Promise((resolve) => dead.once("exit", resolve));
  const name = (pid: number | undefined): string => `cassettes/tests/${temporaryName("joke.yaml", pid)}`;
  const [left, living, foreign, old] = [
    name(dead.pid),
    name(process.pid),
    name(process.ppid),
    name(process.pid),
  ] as [string, string, string, string];
  for (const file of [left, living, foreign, old]) workspace.write(file, "cassette: 1\n");
  utimesSync(join(workspace.root, old), 0, 0);

  const { code, out } = await workspace.run("check");
  expect(code).toBe(1);
  expect(out.split("\n")).toEqual([
    ...[left, old].sort().map((file) => `${file}  left behind by a process that died while writing`),
    "1 cassette checked: 2 leftover files.",
    "To remove them: npx vitest-cassette check --fix",
    "",
  ]);
  const fixed = await workspace.run("check --fix");
  expect(fixed.code).toBe(0);
  expect(fixed.out).toContain(`${left}  left behind by a process that died while writing; removed\n`);
  expect([left, living, foreign, old].map((file) => existsSync(join(workspace.root, file)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

const LEAKY = JOKE.replace("/completions", `/completions?key=${GOOGLE_KEY}`)
  .replace("application/json }", `application/json, authorization: Bearer ${ANTHROPIC_KEY} }`)
  .replace("stream: true", `stream: true\n        api_key: by-its-name-alone`)
  .replace("dark mode?", `dark-mode-${OPENAI_KEY}?`)
  .replace("charset=utf-8 }", "charset=utf-8, x-request-id: req_123456, set-cookie: session=abcdef123 }")
  // Cut between two events.
  .replace('"Light "', `"Light ${OPENAI_KEY.slice(0, 40)}"`)
  .replace('"attracts', `"${OPENAI_KEY.slice(40)} attracts`)
  .replace("# 1 ·", `# the key was opaque-value-of-the-environment`);
const VALUES = [
  ...[GOOGLE_KEY, OPENAI_KEY, ANTHROPIC_KEY, OPENAI_KEY.slice(0, 40), OPENAI_KEY.slice(40)],
  ...["by-its-name-alone", "req_123456", "abcdef123", "opaque-value-of-the-environment"],
];
const ENV = { SERVICE_TOKEN: "opaque-value-of-the-environment" };

test("the recording of a failed test is reported as such, with the next step, and --fix leaves it alone", async () => {
  using workspace = createWorkspace({ "cassettes/joke.yaml": JOKE, "cassettes/it's.failed.yaml": JOKE });
  const { code, out } = await workspace.run("check");
  expect({ code, out }).toEqual({
    code: 0,
    out:
      "cassettes/it's.failed.yaml  recorded by a test that failed. To accept it: mv 'cassettes/it'\\''s.failed.yaml' 'cassettes/it'\\''s.yaml'; to delete it: rm 'cassettes/it'\\''s.failed.yaml'\n" +
      "2 cassettes checked: 1 recording of failed tests.\n",
  });
  expect((await workspace.run(["show", "it's.failed"])).out).toContain("recorded by a test that failed.");
});

test("of a project the folders called cassettes are checked, however deep, and no other YAML", async () => {
  using workspace = createWorkspace({
    "package.json": "{}",
    "docker-compose.yaml": "services: {}\n",
    "cassettes/a.yaml": JOKE,
    "packages/one/cassettes/deep/b.yaml": JOKE,
    "packages/one/node_modules/x/cassettes/c.yaml": "broken",
    ".cache/cassettes/d.yaml": "broken",
    "tapes/e.yaml": JOKE,
  });
  const files = async (line: string): Promise<readonly string[]> => {
    const { out } = await workspace.run(line);
    return (JSON.parse(out) as { file: string }[]).map(({ file }) => file);
  };
  const all = ["cassettes/a.yaml", "packages/one/cassettes/deep/b.yaml"];
  expect(await files("ls --json")).toEqual(all);
  expect(await files("ls --json --dir .")).toEqual(all);
  expect(await files("ls --json --dir packages/one/cassettes --dir tapes")).toEqual([all[1], "tapes/e.yaml"]);
  expect(await files("ls --json --dir packages")).toEqual([all[1]]);
  expect((await workspace.run("check --secrets")).code).toBe(0);
});

test("--secrets names file, line and place of each secret, and never the secret", async () => {
  using workspace = createWorkspace({ "cassettes/clean.yaml": JOKE, "cassettes/leaky.failed.yaml": LEAKY });
  const { code, out } = await workspace.run("check --secrets", { env: ENV });
  expect(code).toBe(1);
  expect(out).toMatchSnapshot();
  const json = await workspace.run("check --secrets --json", { env: ENV });
  for (const value of VALUES) expect(out + json.out).not.toContain(value);
  const lines = LEAKY.split("\n");
  for (const problem of (
    JSON.parse(json.out) as { problems: { kind: string; line: number; column: number }[] }
  ).problems) {
    if (problem.kind !== "secret") continue;
    const from = lines[problem.line - 1]?.slice(problem.column - 1) ?? "";
    expect(VALUES.filter((value) => from.startsWith(value))).not.toEqual([]);
  }
  // Without the option nobody looks for them.
  expect((await workspace.run("check", { env: ENV })).code).toBe(0);
});

test("a secret on a broken tape is reported, and left for a person to remove", async () => {
  using workspace = createWorkspace({
    "cassettes/broken.yaml": `cassette: 1\n# ${OPENAI_KEY}\ninteractions: 3\n`,
  });
  for (const line of ["check --secrets", "check --fix"]) {
    const { code, out } = await workspace.run(line);
    expect(code).toBe(1);
    expect(out).toContain("cassettes/broken.yaml:2:3  openai-key");
    expect(out).not.toContain(OPENAI_KEY);
  }
  expect(workspace.read("cassettes/broken.yaml")).toContain(OPENAI_KEY);
});

test("a broken tape is shown without the secrets on its line, be they cut or not", async () => {
  const url = `https://x.test/${"a".repeat(60)}?key=${GOOGLE_KEY}`;
  using workspace = createWorkspace({
    "cassettes/a.yaml": `cassette: 1\ninteractions:\n  - request: { method: GET, url: "${url}", stauts: ${OPENAI_KEY} }\n    response: {}\n`,
  });
  for (const line of ["ls", "check", "show a"]) {
    const { out, error } = await workspace.run(line);
    for (const key of [GOOGLE_KEY, OPENAI_KEY]) {
      for (const half of [key.slice(-12), key.slice(8, 20)]) expect(out + error, line).not.toContain(half);
    }
  }
  expect((await workspace.run("check")).out).toContain("<redacted:google-key>");
});

test("the redact options can be repeated on the command line", async () => {
  const tape = JOKE.replace("application/json }", "application/json, x-tenant: acme }")
    .replace("stream: true", "passport: P-99-13")
    .replace("dark mode?", "dark mode at ACME-4711 or ACME-0000?");
  using workspace = createWorkspace({ "cassettes/joke.yaml": tape });
  const places = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { out } = await workspace.run(["check", "--secrets", "--json", ...args]);
    const { problems } = JSON.parse(out) as { problems: { place: string; line: number }[] };
    return problems.map(({ place }) => place.replace("interactions[0].", ""));
  };
  expect(await places()).toEqual([]);
  expect(await places("--field", "passport")).toEqual(["request.body.passport"]);
  expect(await places("--header", "x-tenant")).toEqual(["request.headers.x-tenant"]);
  expect(await places("--pattern", "ACME-\\d+")).toHaveLength(2);
  expect(await places("--pattern", "ACME-\\d+", "--allow", "ACME-0000")).toHaveLength(1);
  for (const place of ["request.body", "request.body.messages[*].content", "**.content"]) {
    expect(await places("--pattern", "ACME-\\d+", "--allow", place), place).toEqual([]);
  }
  expect(await places("--pattern", "ACME-\\d+", "--allow", "request.body.messages[*].role")).toHaveLength(2);
});
