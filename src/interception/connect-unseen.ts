import type net from "node:net";
import { withoutOpening } from "./when-connecting.ts";

/** Connects to a port of this machine. No copy of the interceptors sees the connection. */
export function connectUnseen(socket: net.Socket, port: number): void {
  const { __MSW_INTERNAL_CONNECTION_CONTEXT: internal } = globalThis as {
    __MSW_INTERNAL_CONNECTION_CONTEXT?: { run<T>(body: () => T): T };
  };
  const connect = (): net.Socket => socket.connect(port, "127.0.0.1");
  withoutOpening(() => (internal === undefined ? connect() : internal.run(connect)));
}
