import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { createWorkspace, JOKE } from "./command.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

test("a wrong command line ends with code 2 and says what is valid", async () => {
  using workspace = createWorkspace({ "cassettes/a.yaml": JOKE });
  const told: Record<string, string> = {};
  for (const line of [
    "",
    "chek",
    "shwo a",
    "--dir cassettes ls",
    "check --secret",
    "ls --fix",
    "ls -x",
    "check --fix=yes",
    "check --dir",
    "check --dir --json",
    "check cassettes",
    "show",
    "show a b",
    "show b",
    "show casettes/a",
    "ls --dir elsewhere",
    "ls --dir cassettes/a.yaml",
    "check --pattern (",
    "help chek",
  ]) {
    const { code, out, error } = await workspace.run(line);
    expect([code, out], line).toEqual([2, ""]);
    told[line] = error;
  }
  expect(told).toMatchSnapshot();
});

test("a folder that nobody named and that is not there is no clean result", async () => {
  using workspace = createWorkspace();
  const { code, error } = await workspace.run("check");
  expect(code).toBe(2);
  expect(error).toBe(
    "Found no folder cassettes here or below. Pass the folder of your cassettes with --dir.\n",
  );
});

test("help and version are printed whatever else is given", async () => {
  using workspace = createWorkspace();
  for (const line of ["--help", "-h", "help"]) {
    const { code, out } = await workspace.run(line);
    expect([code, out.split("\n")[0]]).toEqual([0, "Usage: vitest-cassette <command> [options]"]);
  }
  for (const line of ["check --help", "help check", "--help check", "check --fix -h"]) {
    const { code, out } = await workspace.run(line);
    expect([code, out.split("\n")[0]]).toEqual([0, "Usage: vitest-cassette check [options]"]);
  }
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
    version: string;
  };
  for (const line of ["--version", "ls --version"]) {
    expect(await workspace.run(line)).toEqual({ code: 0, out: `${version}\n`, error: "" });
  }
});

test("help names every option that there is", async () => {
  using workspace = createWorkspace();
  for (const command of ["ls", "show", "check"]) {
    const { error } = await workspace.run(`${command} --nothing`);
    const options = /Valid options: (.*)\./.exec(error)?.[1]?.split(", ") ?? [];
    const general = await workspace.run("--help");
    const { out } = await workspace.run(`${command} --help`);
    expect(options.length).toBeGreaterThan(2);
    for (const option of options) expect(`${general.out}${out}`, command).toContain(option);
  }
});

test("colours are for terminals only, and for none that wants none", async () => {
  using workspace = createWorkspace({ "cassettes/a.yaml": JOKE });
  const coloured = await workspace.run("ls", { isTerminal: true });
  expect(coloured.out).toContain("\u001b[");
  const plain = await workspace.run("ls");
  expect(plain.out).not.toContain("\u001b[");
  expect(stripVTControlCharacters(coloured.out)).toBe(plain.out);
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    expect(await workspace.run("ls", { isTerminal: true, env })).toEqual(plain);
  }
});

test("the command runs as a process, and ends with its code", () => {
  using workspace = createWorkspace({ "cassettes/a.yaml": JOKE, "cassettes/b.yaml": "cassette: 9\n" });
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(REPOSITORY, "src/bin.ts"), ...args], {
      cwd: workspace.root,
      encoding: "utf8",
    });
  const listed = run("ls");
  expect([listed.status, listed.stdout.split("\n").length]).toEqual([1, 4]);
  expect(listed.stderr).toMatch(
    /^Failed to read cassettes\/b\.yaml:1:11: its format version is 9, supported: 1/,
  );
  expect(run("--version").status).toBe(0);
  expect(run("lss").status).toBe(2);
});

test("a reader that goes away early is no failure", () => {
  using workspace = createWorkspace({ "cassettes/a.yaml": JOKE });
  const bin = join(REPOSITORY, "src/bin.ts");
  const { status, stderr } = spawnSync(
    "bash",
    ["-c", `set -o pipefail; "${process.execPath}" "${bin}" show a --full | true`],
    { cwd: workspace.root, encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
});
