import { randomBytes, timingSafeEqual } from "node:crypto";
import net from "node:net";
import type { EventHub } from "./event-hub.ts";
import { LineSplitter } from "./line-splitter.ts";

/** How many bytes one event may have. */
const LONGEST = 32 * 1024 * 1024;

/** Takes the events of workers, on this machine. */
export interface EventServer {
  readonly port: number;
  /** The first line of a connection. */
  readonly token: string;
  /** Waits briefly for events that are on their way. */
  close(): Promise<void>;
}

/** Starts the server on a free port. */
export async function startEventServer(hub: EventHub): Promise<EventServer> {
  const token = newToken();
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    receive(socket, token, hub);
  });
  server.unref();
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", done);
  });
  return {
    port: (server.address() as net.AddressInfo).port,
    token,
    async close() {
      const ended = new Promise((done) => server.close(done));
      const limit = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, 300);
      await ended;
      clearTimeout(limit);
    },
  };
}

export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/** Compares in a time that does not depend on how much of the token is right. */
export function isToken(given: string | null, token: string): boolean {
  const [one, other] = [Buffer.from(given ?? ""), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function receive(socket: net.Socket, token: string, hub: EventHub): void {
  const source = hub.source();
  let isKnown = false;
  const lines = new LineSplitter((line) => {
    if (isKnown) source.add(line);
    else if (isToken(line, token)) isKnown = true;
    else socket.destroy();
  });
  socket.unref();
  socket.on("error", () => undefined);
  socket.once("close", () => source.close());
  socket.on("data", (data) => {
    if (socket.destroyed) return;
    lines.add(data);
    if (lines.waiting > (isKnown ? LONGEST : token.length)) socket.destroy();
  });
}
