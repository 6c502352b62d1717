import type { Readable } from "node:stream";

/** Knows whether a client has read what was pushed to its stream. */
export interface Consumption {
  /** Resolves when the client has read everything from the stream, or the stream is closed. */
  drained(): Promise<void> | undefined;
}

const watched = new WeakMap<Readable, Consumption>();

/**
 * Follows the reads of a stream. The interceptors don't wait for the client: without this, unread data would pile
 * up in memory and arrive as one read.
 */
export function consumptionOf(stream: Readable): Consumption {
  const known = watched.get(stream);
  if (known !== undefined) return known;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    if (stream.readableLength > 0 && !stream.destroyed) return;
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };
  const read = stream.read;
  // Emptying a stream's buffer takes a read(). Data that is not buffered never waits.
  stream.read = (size?: number) => {
    const data = read.call(stream, size);
    if (waiting.length > 0) wake();
    return data;
  };
  stream.on("close", wake);
  const consumption: Consumption = {
    drained() {
      if (stream.readableLength === 0 || stream.destroyed) return undefined;
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
  };
  watched.set(stream, consumption);
  return consumption;
}
