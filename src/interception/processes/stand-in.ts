import type { ChildProcess } from "node:child_process";
import { Readable, Writable } from "node:stream";
import { getSystemErrorMap } from "node:util";
import { process } from "../../cassette/node-process.ts";
import type { SpawnOptions } from "./command.ts";
import type { ProcessInputs, Spawn } from "./process-inputs.ts";
import { type Kills, signalName } from "./signals.ts";
import { standInChannel } from "./stand-in-channel.ts";
import { stdioKinds } from "./stdio.ts";

/** A process that does not run: whoever has it says what it does. */
export interface StandIn {
  /** Writes an output. Returns a promise if the reader has to take something first. */
  write(kind: "stdout" | "stderr", bytes: Uint8Array): Promise<void> | undefined;
  /** Sends a message of IPC to the code under test. */
  message(value: unknown): void;
  /** @param exit the exit code, or the signal that ends it */
  exit(exit: number | string): void;
  /** Whether it has a standard input. */
  readonly hasStdin: boolean;
  /** What `ChildProcess.prototype.spawn` returned. */
  readonly result: unknown;
}

interface StandInParts {
  readonly inputs: ProcessInputs;
  readonly failure: string | undefined;
  readonly kills: Kills;
}

/** The part of Node that knows the process itself. */
interface Handle {
  readonly onexit: (exitCode: number, signal: string) => void;
  close(): void;
}

/** What Node counts before it emits `close`. */
interface Closing {
  _closesNeeded: number;
  _closesGot: number;
  _handle: Handle | null;
}

/** No process has such an id on any system: signals to it reach nobody. */
const FIRST_PID = 2 ** 30 + 1;
let pids = 0;

export function nextPid(): number {
  return FIRST_PID + 2 * pids++;
}

/**
 * Lets Node spawn `child` on a handle that starts nothing: events, errors, `kill`, `timeout` and `signal` are Node's own.
 */
export function standIn(
  child: ChildProcess,
  options: SpawnOptions,
  spawn: Spawn,
  { inputs, failure, kills }: StandInParts,
): StandIn {
  const closing = child as unknown as Closing;
  const { onexit } = closing._handle as Handle;
  const pid = nextPid();
  let hasExited = false;
  const kill = (signal: number): number => {
    if (hasExited) return NO_SUCH_PROCESS;
    if (signal !== 0) inputs.killed(signalName(signal));
    return 0;
  };
  closing._handle?.close();
  const nothing = (): void => undefined;
  closing._handle = Object.assign(
    { onexit, kill, close: nothing, ref: nothing, unref: nothing, hasRef: () => true },
    failure === undefined ? { pid, spawn: () => 0 } : { spawn: () => numberOf(failure) },
  ) as Handle;
  const result = spawn.call(child, { ...options, stdio: "ignore" });
  const kinds = stdioKinds(options.stdio);
  const closed = (): void => {
    closing._closesGot++;
    if (closing._closesGot === closing._closesNeeded) child.emit("close", child.exitCode, child.signalCode);
  };
  const stdin = kinds[0] === "pipe" ? new InputPipe(inputs) : null;
  const [stdout, stderr] = [1, 2].map((index) => {
    if (kinds[index] !== "pipe") return null;
    closing._closesNeeded++;
    return new OutputPipe().once("close", closed);
  }) as [OutputPipe | null, OutputPipe | null];
  const outputs = { stdout, stderr };
  Object.assign(child, {
    stdin,
    ...outputs,
    stdio: [stdin, stdout, stderr, ...kinds.slice(3).map(() => null)],
  });
  const channel = kinds.includes("ipc") ? standInChannel(child, inputs) : undefined;
  // Node counts it, and never emits `close` if the parent has closed it.
  if (channel !== undefined) closing._closesNeeded++;
  const endOutputs = (): void => {
    stdout?.push(null);
    stderr?.push(null);
  };
  const forget = kills.hear(pid, (signal) => kill(signal) !== 0);
  if (failure !== undefined) {
    hasExited = true;
    forget();
    process.nextTick(endOutputs);
  }
  return {
    result,
    hasStdin: stdin !== null,
    write: (kind, bytes) => outputs[kind]?.give(bytes),
    message: (value) => channel?.deliver(value),
    exit(exit) {
      if (hasExited) return;
      hasExited = true;
      forget();
      endOutputs();
      if (channel?.close()) closed();
      if (typeof exit === "number") onexit(exit, "");
      else onexit(0, exit);
    },
  };
}

const NO_SUCH_PROCESS = numberOf("ESRCH");

/** Returns the number by which Node knows a system error. */
export function numberOf(code: string): number {
  for (const [number, [name]] of getSystemErrorMap()) if (name === code) return number;
  return numberOf("UNKNOWN");
}

/** Has `ref` and `unref`, as the sockets of real processes do. */
class InputPipe extends Writable {
  constructor(inputs: ProcessInputs) {
    let isOpen = true;
    const end = (): void => {
      if (isOpen) inputs.ended("stdin");
      isOpen = false;
    };
    super({
      write(chunk: Uint8Array, _, done) {
        inputs.given(chunk);
        done();
      },
      final(done) {
        end();
        done();
      },
      destroy(error, done) {
        end();
        done(error);
      },
    });
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** As much as Node and the system hold of an output that nobody reads. */
const PIPE_SIZE = 128 * 1024;

class OutputPipe extends Readable {
  #room: PromiseWithResolvers<void> | undefined;

  constructor() {
    super({ highWaterMark: PIPE_SIZE });
  }

  give(bytes: Uint8Array): Promise<void> | undefined {
    if (this.destroyed || this.push(bytes)) return undefined;
    this.#room = Promise.withResolvers();
    return this.#room.promise;
  }

  override _read(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#room?.resolve();
    done(error);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
