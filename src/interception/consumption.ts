import type net from "node:net";

/** Knows whether a client has read what was pushed to its socket. */
export interface Consumption {
  /** Resolves when the client has read everything from the socket, or the socket is closed. */
  drained(): Promise<void> | undefined;
}

const watched = new WeakMap<net.Socket, Consumption>();

/**
 * Follows the reads of a socket. The interceptors don't wait for the client: without this, unread data would pile
 * up in memory and arrive as one read.
 */
export function consumptionOf(socket: net.Socket): Consumption {
  const known = watched.get(socket);
  if (known !== undefined) return known;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    if (socket.readableLength > 0 && !socket.destroyed) return;
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };
  const read = socket.read;
  // Emptying a stream's buffer takes a read(). Data that is not buffered never waits.
  socket.read = (size?: number) => {
    const data = read.call(socket, size);
    if (waiting.length > 0) wake();
    return data;
  };
  socket.on("close", wake);
  const consumption: Consumption = {
    drained() {
      if (socket.readableLength === 0 || socket.destroyed) return undefined;
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
  };
  watched.set(socket, consumption);
  return consumption;
}
