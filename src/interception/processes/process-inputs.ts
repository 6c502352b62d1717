import type { ChildProcess } from "node:child_process";
import type { SpawnOptions } from "./command.ts";

/** What a process is given. */
export interface ProcessInputs {
  /** Bytes on its standard input. */
  given(bytes: Uint8Array): void;
  /** A message of IPC. */
  sent(message: unknown): void;
  ended(of: "stdin" | "ipc"): void;
  /** @param signal its name: `SIGTERM` */
  killed(signal: string): void;
}

/** `ChildProcess.prototype.spawn` */
export type Spawn = (this: ChildProcess, options: SpawnOptions) => unknown;
