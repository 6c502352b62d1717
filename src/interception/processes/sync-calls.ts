import { Buffer } from "node:buffer";
import type childProcess from "node:child_process";
import { process } from "../../cassette/node-process.ts";
import { type Command, createCommand } from "./command.ts";
import { nextPid, numberOf } from "./stand-in.ts";
import { stdioKinds } from "./stdio.ts";

export type SyncName = "spawnSync" | "execFileSync" | "execSync";

/** What a process gave that somebody waited for. */
export interface SyncResult {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** The exit code, or the signal that ended it; `undefined` if it did not start. */
  readonly exit: number | string | undefined;
  /** The code of its error: `ENOENT`, `ETIMEDOUT`. */
  readonly error: string | undefined;
}

interface SyncOptions extends childProcess.SpawnSyncOptions {
  readonly encoding?: BufferEncoding | "buffer" | null;
}

/** What `spawnSync` returns. A process that did not start has no output, whatever Node's types say. */
interface Returned<Output extends Buffer | string> {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: readonly (Output | null)[] | null;
  readonly pid: number;
  readonly stdout: Output | null | undefined;
  readonly stderr: Output | null | undefined;
  readonly error?: Error | undefined;
}

/** A call that waits for its process. */
export class SyncCall {
  readonly command: Command;
  readonly hasMorePipes: boolean;
  readonly #name: SyncName;
  readonly #file: string;
  readonly #args: readonly string[];
  readonly #options: SyncOptions;
  readonly #spawnSync: typeof childProcess.spawnSync;
  /** What Node returned, if the process ran. */
  #result: Returned<Buffer> | undefined;

  constructor(name: SyncName, given: readonly unknown[], spawnSync: typeof childProcess.spawnSync) {
    const [file, second, third] = given;
    const args = name !== "execSync" && Array.isArray(second) ? second.map(String) : [];
    const options = ((name === "execSync" || !Array.isArray(second) ? (second ?? third) : third) ??
      {}) as SyncOptions;
    const shell = name === "execSync" ? (options.shell ?? true) : options.shell;
    this.#name = name;
    this.#file = String(file);
    this.#args = args;
    this.#options = { ...options, ...(shell === undefined ? {} : { shell }) };
    this.#spawnSync = spawnSync;
    this.hasMorePipes = stdioKinds(options.stdio).slice(3).includes("pipe");
    const env = options.env ?? process.env;
    const line = shell ? [this.#file, ...args].join(" ") : undefined;
    this.command = createCommand(this.#file, args, line, options.cwd, (variable) => env[variable]);
  }

  /** What the process is given; `undefined` for nothing. */
  get input(): Uint8Array | undefined {
    const { input, encoding } = this.#options;
    if (typeof input === "string")
      return Buffer.from(input, encoding === "buffer" ? undefined : (encoding ?? undefined));
    return input === undefined || input === null
      ? undefined
      : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  }

  /** Runs the process itself. */
  start(): SyncResult {
    const { input } = this;
    const result = this.#spawnSync(this.#file, this.#args, {
      ...this.#options,
      ...(input === undefined ? {} : { input }),
      encoding: "buffer",
    });
    this.#result = result;
    const { stdout, stderr, status, signal, error } = result;
    return {
      stdout: stdout ?? new Uint8Array(),
      stderr: stderr ?? new Uint8Array(),
      exit: status ?? signal ?? undefined,
      error: (error as NodeJS.ErrnoException | undefined)?.code,
    };
  }

  /**
   * Returns to the caller what Node returns for this result.
   *
   * @throws what Node throws for a failed `execSync` or `execFileSync`
   */
  finish(result: SyncResult): unknown {
    const returned = this.#decoded(this.#result ?? this.#played(result));
    if (this.#name === "spawnSync") return returned;
    const { stdout, stderr, error, status } = returned;
    if (!this.#options.stdio && stderr) process.stderr.write(stderr);
    if (error !== undefined) throw Object.assign(error, returned);
    if (status === 0) return stdout;
    const program = [this.#options.argv0 ?? this.#file, ...this.#args].join(" ");
    const command = this.#name === "execSync" ? this.#file : program;
    const said = stderr?.length ? `\n${stderr.toString()}` : "";
    throw Object.assign(new Error(`Command failed: ${command}${said}`), returned);
  }

  #decoded(result: Returned<Buffer>): Returned<Buffer | string> {
    const { encoding } = this.#options;
    if (!encoding || encoding === "buffer") return result;
    const output = result.output?.map((bytes) => bytes?.toString(encoding) ?? null) ?? null;
    return { ...result, output, stdout: output?.[1], stderr: output?.[2] };
  }

  #played({ stdout, stderr, exit, error }: SyncResult): Returned<Buffer> {
    const kinds = stdioKinds(this.#options.stdio);
    const read = (bytes: Uint8Array, index: number): Buffer | null =>
      kinds[index] === "pipe" ? Buffer.from(bytes) : null;
    const output = exit === undefined ? null : [null, read(stdout, 1), read(stderr, 2)];
    return {
      ...(error === undefined ? {} : { error: this.#error(error) }),
      status: typeof exit === "number" ? exit : null,
      signal: typeof exit === "string" ? (exit as NodeJS.Signals) : null,
      output,
      pid: exit === undefined ? 0 : nextPid(),
      stdout: output?.[1],
      stderr: output?.[2],
    };
  }

  #error(code: string): Error {
    const { shell } = this.#options;
    const path = shell ? (typeof shell === "string" ? shell : "/bin/sh") : this.#file;
    const spawnargs = shell ? ["-c", this.command.shell] : this.#args;
    const details = { errno: numberOf(code), code, syscall: `spawnSync ${path}`, path, spawnargs };
    return Object.assign(new Error(`spawnSync ${path} ${code}`), details);
  }
}
