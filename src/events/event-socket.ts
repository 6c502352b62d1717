import net from "node:net";
import { connectUnseen } from "../interception/connect-unseen.ts";
import type { EventSink } from "./event-queue.ts";

/** The address to which workers send events, in the process of the plugin. */
export interface EventAddress {
  readonly port: number;
  /** Proves that the events are from a worker of its run. */
  readonly token: string;
}

/** How many bytes wait in this process for a reader that is slow. */
const MAX_WAITING = 1024 * 1024;

/** A connection to the process that shows the events. It never fails, and never keeps this process alive. */
export interface EventSocket extends EventSink {
  close(): void;
}

/** Connects in the background. */
export function connectEventSocket({ port, token }: EventAddress): EventSocket {
  const socket = new net.Socket();
  let isClosed = false;
  socket.unref();
  socket.setNoDelay(true);
  // Whoever watches sees that the connection is gone. The code under test is not concerned.
  socket.on("error", () => undefined);
  socket.once("close", () => {
    isClosed = true;
  });
  connectUnseen(socket, port);
  socket.write(`${token}\n`);
  return {
    get isFull() {
      return isClosed || socket.writableLength > MAX_WAITING;
    },
    get isClosed() {
      return isClosed;
    },
    write: (lines) => void socket.write(lines),
    flushed: () =>
      new Promise((done) => {
        if (socket.writableLength === 0 && !socket.connecting) done(undefined);
        else socket.write("", done);
      }),
    onReady: (listener) => {
      socket.on("drain", listener);
      socket.on("close", listener);
    },
    close: () => void (socket.writableLength === 0 ? socket.end() : socket.destroy()),
  };
}
