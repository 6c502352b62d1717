import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { process } from "../../cassette/node-process.ts";

/** A program that the code under test starts. */
export interface Command {
  /** Without its folder, and without `.exe`. Of a shell, the first program of the line that it runs. */
  readonly name: string;
  /** Empty for a shell. */
  readonly args: readonly string[];
  /** The line that a shell runs. */
  readonly shell: string | undefined;
  /** Absolute path. */
  readonly cwd: string;
  /** Returns a variable of its environment. */
  variable(name: string): string | undefined;
}

/** What `ChildProcess.prototype.spawn` takes. All functions that start a process without waiting for it call it. */
export interface SpawnOptions {
  readonly file?: unknown;
  /** The first one is the name of the program. */
  readonly args?: readonly unknown[];
  readonly cwd?: unknown;
  /** `NAME=value` */
  readonly envPairs?: readonly string[];
  readonly stdio?: unknown;
  readonly shell?: unknown;
  readonly serialization?: unknown;
}

export function commandOf(options: SpawnOptions): Command {
  const { file, cwd, envPairs = [] } = options;
  const variable = (name: string): string | undefined =>
    envPairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  const args = (options.args ?? []).slice(1).map(String);
  const line = options.shell ? args.at(-1) : undefined;
  const own = isIn(options.stdio, "ipc") ? withoutOwnFlags(args) : args;
  return createCommand(String(file), own, line, cwd, variable);
}

/** @param line what a shell runs; `undefined` if `file` may be a shell itself */
export function createCommand(
  file: string,
  args: readonly string[],
  line: string | undefined,
  cwd: unknown,
  variable: Command["variable"],
): Command {
  const shell = line ?? (/(?:^|\/)\w*sh$/.test(file) && args[0] === "-c" ? args[1] : undefined);
  return {
    name: shell === undefined ? programName(file) : firstProgram(shell),
    args: shell === undefined ? args : [],
    shell,
    cwd: cwd === undefined || cwd === null ? process.cwd() : pathOf(cwd),
    variable,
  };
}

function pathOf(folder: unknown): string {
  const text = String(folder);
  return text.startsWith("file:") ? fileURLToPath(text) : text;
}

function programName(file: string): string {
  return basename(file).replace(/\.(?:exe|cmd|bat)$/i, "");
}

/** The first program of a line for a shell, behind the variables that it sets. */
function firstProgram(line: string): string {
  const [first = ""] = line.replace(/^\s*(?:\w+=\S*\s+)*/, "").split(/[\s;|&()<>]/, 1);
  return programName(first.replace(/^["']|["']$/g, ""));
}

/** `fork` hands the flags of this process on, which belong to the test runner. */
function withoutOwnFlags(args: readonly string[]): readonly string[] {
  const flags = process.execArgv;
  return flags.every((flag, index) => args[index] === flag) ? args.slice(flags.length) : args;
}

export function isIn(stdio: unknown, kind: string): boolean {
  return Array.isArray(stdio) && stdio.includes(kind);
}
