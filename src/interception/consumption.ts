import type net from "node:net";

/** Whether a client has read what was pushed to its socket. */
export interface Consumption {
  /** Resolves once the socket holds nothing that its client has yet to read, or is gone. */
  drained(): Promise<void> | undefined;
}

const watched = new WeakMap<net.Socket, Consumption>();

/**
 * Follows the reads of a socket. What is pushed to a socket that nobody reads would pile up in memory, since the
 * interceptors do not wait, and would be read as one piece.
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
  // Whoever empties the buffer of a stream calls read(); data that is not buffered never waits in it.
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
