import { Buffer } from "node:buffer";
import { turn } from "../http/real-clock.ts";
import type { LiveProcess } from "../interception/processes/live-process.ts";
import type { ProcessHandler } from "../interception/processes/process-handler.ts";
import type { SyncResult } from "../interception/processes/sync-calls.ts";

/** Lets a process print why it is not played, and exit with 1. Its caller handles that like every failure of the program. */
export function refuseProcess(live: LiveProcess, message: string): unknown {
  const nothing = (): void => undefined;
  const standIn = live.play({ given: nothing, sent: nothing, ended: nothing, killed: nothing });
  void turn().then(async () => {
    standIn.write("stderr", said(message));
    await turn();
    standIn.exit(1);
  });
  return standIn.result;
}

/** The same for a call that waits. */
export function refusedResult(message: string): SyncResult {
  return { stdout: Buffer.alloc(0), stderr: said(message), exit: 1, error: undefined };
}

export function refusingHandler(message: () => string): ProcessHandler {
  return {
    spawn: (live) => refuseProcess(live, message()),
    run: () => refusedResult(message()),
  };
}

function said(message: string): Uint8Array {
  return Buffer.from(`[vitest-cassette] ${message}\n`);
}
