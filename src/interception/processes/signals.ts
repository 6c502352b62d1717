import os from "node:os";
import { process } from "../../cassette/node-process.ts";
import { replaceProperty, type Undo } from "../patched-place.ts";

/** Sends a signal to a process, by its number. Returns whether the process itself must get it, too. */
type Kill = (signal: number) => boolean;

/** Returns the name of a signal. */
export function signalName(signal: number): string {
  return Object.entries(os.constants.signals).find(([, number]) => number === signal)?.[0] ?? String(signal);
}

/** Hears of signals that are sent with `process.kill`, to a process or to its group. */
export class Kills {
  readonly #byPid = new Map<number, Kill>();
  #undo: Undo | undefined;

  /** Hears of signals for `pid` until the returned function is called. */
  hear(pid: number, kill: Kill): () => void {
    this.#undo ??= this.#patch();
    this.#byPid.set(pid, kill);
    return () => void this.#byPid.delete(pid);
  }

  stop(): void {
    this.#undo?.();
    this.#undo = undefined;
  }

  #patch(): Undo {
    const original = process.kill;
    const heard = (pid: number, signal: string | number = "SIGTERM"): true => {
      const number = typeof signal === "number" ? signal : os.constants.signals[signal as NodeJS.Signals];
      const kill = this.#byPid.get(Math.abs(pid));
      if (kill === undefined || number === undefined || kill(number))
        return original.call(process, pid, signal);
      return true;
    };
    return replaceProperty(process, "kill", heard);
  }
}
