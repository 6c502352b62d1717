import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Job, type Outcomes, RESULT } from "./job.ts";

/** No key, mode or package manager of the user may change what is measured. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|RECORD|CASSETTE_MODE|CI$|npm_|NODE_ENV|NODE_OPTIONS)/.test(name),
  ),
);

/** A run of many test files takes minutes on a busy machine. */
const TIME_LIMIT = 1_800_000;

/** Runs a job in a new process. */
export async function runJob(job: Job, nodeOptions: readonly string[] = []): Promise<Outcomes> {
  const args = [...nodeOptions, join(import.meta.dirname, "child.ts"), JSON.stringify(job)];
  const child = spawn(process.execPath, args, {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIME_LIMIT,
    killSignal: "SIGKILL",
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  await once(child, "close");
  const line = output.stdout.split("\n").findLast((each) => each.startsWith(RESULT));
  if (line === undefined) throw new Error(lastLines(output.stderr) || "the process ended without a result");
  return JSON.parse(line.slice(RESULT.length)) as Outcomes;
}

function lastLines(text: string): string {
  const errors = text.split("\n").filter((line) => /^\w*Error\b|^\s*\[?\w*(Error|ERR_\w+)/.test(line));
  return (errors[0] ?? text).trim().slice(0, 160);
}

/** Runs `work` while the loopback server answers. */
export async function withServer<T>(work: (origin: string) => Promise<T>): Promise<T> {
  const server = spawn(process.execPath, [join(import.meta.dirname, "server.ts")], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [origin] = (await once(createInterface(server.stdout), "line")) as [string];
  try {
    return await work(origin);
  } finally {
    server.kill();
    await once(server, "exit");
  }
}
