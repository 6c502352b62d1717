import type net from "node:net";
import { turn } from "../http/real-clock.ts";

/**
 * Keeps the order of Node's streams, "error" and then "close", on a socket that the interceptors emit "close"
 * on themselves. They may do so first, and undici then tells its caller `closed` and not what had happened.
 */
export function keepErrorBeforeClose(socket: net.Socket): void {
  const emit = socket.emit as (event: string | symbol, ...args: readonly unknown[]) => boolean;
  let told = false;
  let close: (() => boolean) | undefined;
  const release = (): void => {
    close?.();
    close = undefined;
  };
  socket.emit = ((event: string | symbol, ...args: readonly unknown[]): boolean => {
    if (event === "close" && socket.errored && !told) {
      close = () => emit.call(socket, event, ...args);
      // Some failures are told to nobody.
      void turn().then(release);
      return true;
    }
    if (event !== "error") return emit.call(socket, event, ...args);
    told = true;
    try {
      return emit.call(socket, event, ...args);
    } finally {
      release();
    }
  }) as typeof socket.emit;
}
