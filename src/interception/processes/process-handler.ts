import type { Command } from "./command.ts";
import type { LiveProcess } from "./live-process.ts";
import type { SyncCall, SyncResult } from "./sync-calls.ts";

/** Records or plays the child processes of one session. */
export interface ProcessHandler {
  /** Starts a process, or a stand-in for it. Returns what `ChildProcess.prototype.spawn` returns. */
  spawn(live: LiveProcess): unknown;
  /** Does the same for a call that waits for the process. */
  run(call: SyncCall): SyncResult;
}

/** Finds the handler of a process; `undefined` leaves it alone. Called in the async context of the code that starts it. */
export type RouteProcess = (command: Command) => ProcessHandler | undefined;
