import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { EventEmitter } from "node:events";
import type http from "node:http";
import type net from "node:net";
import type { Sender } from "./exchange.ts";

/** The client's end of a connection, with the sender of its latest request. */
interface ClientEnd {
  readonly sender?: Sender | undefined;
}

/** Connections of our clients, by the ports of both ends. */
const clientEnds = new Map<string, ClientEnd>();

/** Notes a real connection, so that a server in this process can tell who sends over it. */
export function noteClientEnd(socket: net.Socket, end: ClientEnd): net.Socket {
  const note = (): void => {
    const key = `${socket.localPort} ${socket.remotePort}`;
    clientEnds.set(key, end);
    socket.once("close", () => clientEnds.delete(key));
  };
  if (socket.connecting) socket.once("connect", note);
  else note();
  return socket;
}

/** The parts of the message about a request that a server of this process receives. */
interface Received {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly socket: net.Socket;
}

/**
 * Runs the handlers of servers in this process as the sender of their request, so that what they send belongs to the
 * test that caused it. The server sees nothing of it. Servers in other processes are not affected.
 *
 * @param current returns the sender that the running code belongs to
 */
export function followServerRequests(current: () => Sender): () => void {
  const original = new WeakMap<net.Socket, Sender>();

  // Published just before the server emits "request". HTTP/1.1 has one request at a time on a connection.
  function enter(message: unknown): void {
    const { request, response, socket } = message as Received;
    const sender = clientEnds.get(`${socket.remotePort} ${socket.localPort}`)?.sender;
    if (sender?.isKnown) {
      if (!original.has(socket)) original.set(socket, current());
      sender.enter();
      runEventsAs(sender, request);
      runEventsAs(sender, response);
      return;
    }
    // Before Node 24, what an earlier request of this connection entered lasts.
    original.get(socket)?.enter();
  }

  subscribe("http.server.request.start", enter);
  return () => void unsubscribe("http.server.request.start", enter);
}

/** Node emits events such as "data" and "end" in the async context of the connection. */
function runEventsAs(sender: Sender, emitter: EventEmitter): void {
  const { emit } = emitter;
  Object.defineProperty(emitter, "emit", {
    configurable: true,
    writable: true,
    value: (...args: Parameters<typeof emit>) => sender.run(() => emit.apply(emitter, args)),
  });
}
