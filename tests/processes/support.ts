import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { RecordedProcess } from "../../src/cassette/model.ts";
import type { CoreCassetteOptions } from "../../src/core.ts";
import { type AgentTape, agentTape } from "../agents/support.ts";

export interface ProcessTape extends AgentTape {
  /** How many of the scripts have started since this was read last. */
  readonly starts: number;
  /** The environment in which scripts note that they start. */
  readonly env: NodeJS.ProcessEnv;
  readonly processes: readonly RecordedProcess[];
}

/** A cassette that records processes, in a folder of its own. */
export function processTape(
  processes: CoreCassetteOptions["processes"],
  options: CoreCassetteOptions = {},
): ProcessTape {
  const tape = agentTape({ ...options, processes });
  const marker = join(tape.dir, "marker");
  const own = {
    env: { ...process.env, AGENT_MARKER: marker },
    get starts(): number {
      if (!existsSync(marker)) return 0;
      const starts = readFileSync(marker, "utf8").trim().split("\n").length;
      rmSync(marker);
      return starts;
    },
    get processes(): readonly RecordedProcess[] {
      return tape.entries.filter((entry) => entry.kind === "process");
    },
  };
  return Object.defineProperties(tape, Object.getOwnPropertyDescriptors(own)) as ProcessTape;
}

/** Runs `body` where no program can be found. */
export async function withoutPrograms<T>(body: () => Promise<T>): Promise<T> {
  const { PATH } = process.env;
  process.env.PATH = "/nowhere";
  try {
    return await body();
  } finally {
    process.env.PATH = PATH;
  }
}

/** Everything that a process gives. */
export async function collect(child: ChildProcess): Promise<{
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: readonly unknown[];
}> {
  const read = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    read.stdout += String(chunk);
  });
  child.stderr?.on("data", (chunk) => {
    read.stderr += String(chunk);
  });
  return { exit: await once(child, "close"), ...read };
}

const AGENT = join(import.meta.dirname, "ndjson-agent.mjs");

/** A client of the agent, as SDKs for agents on the command line have one. */
export class AgentClient implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(env: NodeJS.ProcessEnv) {
    this.child = spawn(process.execPath, [AGENT], { env });
    this.#lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })[
      Symbol.asyncIterator
    ]();
  }

  send(message: object): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  async next(): Promise<{ readonly type: string; readonly [key: string]: unknown }> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("The agent has ended.");
    return JSON.parse(value);
  }

  /** All that is said until `type`. */
  async until(type: string): Promise<readonly object[]> {
    const said: object[] = [];
    for (;;) {
      const message = await this.next();
      said.push(message);
      if (message.type === type) return said;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, "close");
    this.child.stdin?.end();
    await closed;
  }
}
