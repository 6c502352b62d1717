import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HostRequest, HostResponse } from "./vitest-host.ts";

const repository = join(import.meta.dirname, "../..");
const compileCache = join(repository, "tests/.projects/.compile-cache");

export interface ProjectOptions {
  /** Files by path; `vitest.config.ts` has a default. */
  readonly files: Readonly<Record<string, string>>;
  /** Code of the options that the default config gives the plugin; `false` for a config without the plugin. */
  readonly plugin?: string | false;
  /** Code of more fields of `test` in the default config. */
  readonly test?: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  /** Whether to run with the reporters of the config alone: then only `output` and `status` are known. */
  readonly ownReporters?: boolean;
}

export interface RunResult {
  /** What a person sees, without colors, times and paths of this machine. */
  readonly output: string;
  readonly status: number;
  /** State of each test by its full name. */
  readonly tests: Readonly<Record<string, string>>;
  /** Messages of each failed test by its full name. */
  readonly failures: Readonly<Record<string, readonly string[]>>;
}

export interface Project extends Disposable {
  readonly root: string;
  run(options?: RunOptions): Promise<RunResult>;
  read(file: string): string;
  write(file: string, text: string): void;
}

/** Arguments for a run whose files need no workers of their own: starting one takes longer than a file. */
export const ONE_WORKER: readonly string[] = ["--no-isolate", "--maxWorkers=1"];

/** A small project of its own, on which the real Vitest runs with this package installed. */
export function createProject({ files, plugin = "", test = "" }: ProjectOptions): Project {
  const parent = join(repository, "tests/.projects");
  mkdirSync(parent, { recursive: true });
  const root = mkdtempSync(join(parent, "p-"));
  const write = (file: string, text: string): void => {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  write("package.json", '{ "type": "module", "private": true }');
  write("vitest.config.ts", configText(plugin, test));
  for (const [file, text] of Object.entries(files)) write(file, text);
  return {
    root,
    write,
    read: (file) => readFileSync(join(root, file), "utf8"),
    run: (options) => runVitest(root, options),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

function configText(plugin: string | false, test: string): string {
  return `
import { defineConfig } from "vitest/config";
${plugin === false ? "" : 'import { cassette } from "vitest-cassette/plugin";'}
export default defineConfig({
  plugins: [${plugin === false ? "" : `cassette(${plugin})`}],
  test: { include: ["**/*.test.ts"], testTimeout: 60_000, ${test} },
});
`;
}

/** Runs the real Vitest on the project at `root`. */
export async function runVitest(
  root: string,
  { env = {}, args = [], ownReporters = false }: RunOptions = {},
): Promise<RunResult> {
  const report = join(root, "report.json");
  rmSync(report, { force: true });
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|RECORD|CASSETTE|CI$|TEST$|NODE_ENV|FORCE_COLOR|GITHUB)/.test(name),
    ),
  );
  const { output, status } = await runInHost({
    root,
    args: [
      "run",
      "--root",
      root,
      ...(ownReporters ? [] : ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]),
      ...args,
    ],
    env: Object.fromEntries(
      Object.entries({ ...inherited, ...hostEnv, ...env }).filter(([, value]) => value !== undefined),
    ),
  });
  const result = { output: normalize(output, root), status, ...outcomes(report) };
  rmSync(report, { force: true });
  return result;
}

/** The worker processes of all runs find Vitest and this package compiled. */
const hostEnv = { NO_COLOR: "1", NODE_COMPILE_CACHE: compileCache };
const idleHosts: ChildProcess[] = [];

/** Runs Vitest in a process that has loaded it. Runs at the same time are in different processes. */
async function runInHost(request: HostRequest): Promise<HostResponse> {
  const host = idleHosts.pop() ?? startHost();
  host.channel?.ref();
  const response = await new Promise<HostResponse>((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`Vitest exited with code ${code}.`));
    host.once("exit", onExit);
    host.once("message", (message) => {
      host.off("exit", onExit);
      resolve(message as HostResponse);
    });
    host.send(request);
  });
  host.channel?.unref();
  idleHosts.push(host);
  return response;
}

function startHost(): ChildProcess {
  const host = fork(join(import.meta.dirname, "vitest-host.ts"), {
    env: {
      ...process.env,
      FORCE_COLOR: undefined,
      VITEST: undefined,
      TEST: undefined,
      NODE_ENV: undefined,
      ...hostEnv,
    },
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  host.unref();
  return host;
}

interface TestResult {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages?: string[];
}

function outcomes(report: string): Pick<RunResult, "tests" | "failures"> {
  let text: string;
  try {
    text = readFileSync(report, "utf8");
  } catch {
    // Vitest did not get as far as a report; its output says why.
    return { tests: {}, failures: {} };
  }
  const { testResults } = JSON.parse(text) as {
    testResults: { assertionResults: TestResult[] }[];
  };
  const results = testResults.flatMap((file) => file.assertionResults);
  return {
    tests: Object.fromEntries(results.map((each) => [each.fullName, each.status])),
    failures: Object.fromEntries(
      results
        .filter((each) => each.status === "failed")
        .map((each) => [each.fullName, each.failureMessages ?? []]),
    ),
  };
}

function normalize(output: string, root: string): string {
  return output
    .replaceAll(root, "<root>")
    .replaceAll(repository, "<repository>")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
    .replace(/\b\d+(\.\d+)?(ms|s)\b/g, "<time>")
    .replace(/Start at {2}.*/g, "Start at  <time>")
    .replace(/Duration {2}.*/g, "Duration  <time>")
    .replace(/RUN {2}v\S+/g, "RUN  <version>");
}

/** Failures without their stacks: what the user is told. */
export function messagesOf(failures: RunResult["failures"]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(failures).map(([name, texts]) => [
      name,
      texts.map((text) => text.split(/\n {4}at /)[0] as string),
    ]),
  );
}
