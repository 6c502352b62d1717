import type net from "node:net";
import { turn } from "../http/real-clock.ts";

/**
 * Keeps the order of Node's streams, "error" then "close". The interceptors emit "close" themselves, and can do so
 * first. Undici would then report `closed` instead of the error.
 */
export function keepErrorBeforeClose(socket: net.Socket): void {
  const emit = socket.emit as (event: string | symbol, ...args: readonly unknown[]) => boolean;
  let emitted = false;
  let close: (() => boolean) | undefined;
  const release = (): void => {
    close?.();
    close = undefined;
  };
  socket.emit = ((event: string | symbol, ...args: readonly unknown[]): boolean => {
    if (event === "close" && socket.errored && !emitted) {
      close = () => emit.call(socket, event, ...args);
      // Some failures emit no "error".
      void turn().then(release);
      return true;
    }
    if (event !== "error") return emit.call(socket, event, ...args);
    emitted = true;
    try {
      return emit.call(socket, event, ...args);
    } finally {
      release();
    }
  }) as typeof socket.emit;
}
