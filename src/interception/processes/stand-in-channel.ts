import type { ChildProcess } from "node:child_process";
import { process } from "../../cassette/node-process.ts";
import type { ProcessInputs } from "./process-inputs.ts";

export interface StandInChannel {
  deliver(value: unknown): void;
  /** Closes it because the process exits. Returns whether it was open. */
  close(): boolean;
}

/** Gives a stand-in what `fork` gives a process: `send`, `disconnect`, and messages. */
export function standInChannel(child: ChildProcess, inputs: ProcessInputs): StandInChannel {
  /** Messages that nobody listens for yet. */
  const waiting: unknown[] = [];
  const flush = (): void => {
    while (waiting.length > 0 && child.listenerCount("message") > 0)
      child.emit("message", waiting.shift(), undefined);
  };
  const disconnected = (): void => {
    Object.assign(child, { connected: false, channel: null });
    process.nextTick(() => child.emit("disconnect"));
  };
  const fail = (code: string, message: string, callback: unknown): void => {
    const error = Object.assign(new Error(message), { code });
    process.nextTick(() => (typeof callback === "function" ? callback(error) : child.emit("error", error)));
  };
  const nothing = (): void => undefined;
  const ofFork = {
    connected: true,
    channel: { ref: nothing, unref: nothing, hasRef: () => true },
    send(message: unknown, ...rest: unknown[]): boolean {
      const callback = rest.find((each) => typeof each === "function");
      if (!child.connected) {
        fail("ERR_IPC_CHANNEL_CLOSED", "Channel closed", callback);
        return false;
      }
      inputs.sent(message);
      if (typeof callback === "function") process.nextTick(callback, null);
      return true;
    },
    disconnect(): void {
      if (!child.connected) {
        fail("ERR_IPC_DISCONNECTED", "IPC channel is already disconnected", undefined);
        return;
      }
      inputs.ended("ipc");
      disconnected();
    },
  };
  Object.assign(child, ofFork);
  child.on("newListener", (name) => {
    if (name === "message") process.nextTick(flush);
  });
  return {
    deliver(value) {
      waiting.push(value);
      flush();
    },
    close() {
      const wasOpen = child.connected;
      if (wasOpen) disconnected();
      return wasOpen;
    },
  };
}
