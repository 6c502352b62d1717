import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, test, vi } from "vitest";
import { COMMAND_NAMES } from "../../src/cli/commands.ts";
import { Terminal } from "../../src/cli/terminal.ts";
import { widthOf } from "../../src/cli/text-width.ts";
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
    told[line] = error.replace(`Valid commands: ${COMMAND_NAMES.join(", ")}.`, "Valid commands: <all>.");
  }
  expect(told).toMatchSnapshot();
});

test("a missing default folder is not reported as a clean result", async () => {
  using workspace = createWorkspace();
  const { code, error } = await workspace.run("check");
  expect(code).toBe(2);
  expect(error).toBe(
    "error CASSETTE_USAGE: Found no folder cassettes here or below. Pass the folder of your cassettes with --dir.\n",
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
  for (const command of COMMAND_NAMES) {
    const { error } = await workspace.run(`${command} --nothing`);
    const options = /Valid options: (.*)\./.exec(error)?.[1]?.split(", ") ?? [];
    const { out } = await workspace.run(`${command} --help`);
    expect(options.length).toBeGreaterThan(1);
    for (const option of options) expect(out, command).toContain(option);
  }
});

test("colors are for terminals only, and NO_COLOR turns them off", async () => {
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
    /^error CASSETTE_TAPE_VERSION: Failed to read cassettes\/b\.yaml:1:11: its format version is 9, supported: 1/,
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

test("tables and help fit the terminal", async () => {
  const file = `cassettes/${"a-long-name/".repeat(8)}joke.yaml`;
  using workspace = createWorkspace({ [file]: JOKE, "cassettes/日本語.yaml": JOKE });
  for (const columns of [60, 80, 100]) {
    const { out } = await workspace.run("ls", { isTerminal: true, columns });
    const lines = stripVTControlCharacters(out).split("\n");
    for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(columns);
    expect(lines.join("\n")).toContain("joke.yaml  1");
    const help = (await workspace.run("check --help", { isTerminal: true, columns })).out;
    for (const line of help.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
  }
  expect((await workspace.run("ls")).out).toContain(file);
});

test("--max-tape-bytes and maxTapeBytes of the config allow larger cassettes", async () => {
  using workspace = createWorkspace({ "cassettes/a.yaml": JOKE });
  const project = { root: workspace.root, cacheDir: workspace.root };
  const small = await workspace.run("show a --max-tape-bytes 1KiB");
  expect(small.code).toBe(1);
  expect(small.error).toMatch(/^error CASSETTE_FILE_TOO_LARGE: .*it is .* MiB, and maxTapeBytes allows/);
  expect((await workspace.run(["show", "a", "--max-tape-bytes", "1.5 MiB"])).code).toBe(0);
  const projects = [500, 1000].map((maxTapeBytes) => ({ ...project, options: { maxTapeBytes } }));
  expect((await workspace.run("show a", { projects })).code).toBe(1);
  expect((await workspace.run("show a --max-tape-bytes 100000", { projects })).code).toBe(0);
  expect((await workspace.run("ls --max-tape-bytes many")).error).toBe(
    'error CASSETTE_USAGE: Option --max-tape-bytes needs a number of bytes, or a size such as "200 MiB": "many".\n',
  );
});

test("progress is shown for work that takes long, on a terminal, and its line is removed", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const written: string[] = [];
    const terminal = new Terminal({
      env: {},
      directory: "/",
      isTerminal: true,
      writeProgress: (line) => written.push(line),
      writeOut: () => undefined,
      writeError: (text) => written.push(text),
    });
    for (let done = 0; done < 8; done += 1) {
      terminal.progress("Reading", done, 8);
      vi.advanceTimersByTime(80);
    }
    terminal.note("done");
    expect(written).toEqual(["Reading: 4 of 8", "Reading: 6 of 8", "", "done\n"]);
  } finally {
    vi.useRealTimers();
  }
});
