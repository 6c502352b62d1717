import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { EventEmitter } from "node:events";
import type http from "node:http";
import type { ClientHttp2Stream, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type net from "node:net";
import type { Sender } from "./exchange.ts";

/** The client's end of a connection, with the sender of its latest request, or that of an HTTP/2 stream. */
interface ClientEnd {
  readonly sender?: Sender | undefined;
}

/** Connections of our clients, by the ports of both ends, and their streams, by the id too. */
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

/** Notes the sender of a stream on a real connection, as {@link noteClientEnd} does. Both ends know it by the same id. */
export function noteClientStream(stream: ClientHttp2Stream, sender: Sender): void {
  const note = (): void => {
    const { localPort, remotePort } = stream.session?.socket ?? {};
    const key = `${localPort} ${remotePort} ${stream.id}`;
    clientEnds.set(key, { sender });
    stream.once("close", () => clientEnds.delete(key));
  };
  if (stream.pending) stream.once("ready", note);
  else note();
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
  const original = new WeakMap<object, Sender>();

  function enter(connection: object, end: string, emitters: readonly EventEmitter[]): void {
    const sender = clientEnds.get(end)?.sender;
    if (sender?.isKnown) {
      if (!original.has(connection)) original.set(connection, current());
      sender.enter();
      for (const emitter of emitters) runEventsAs(sender, emitter);
      return;
    }
    // Before Node 24, what an earlier request of this connection entered lasts.
    original.get(connection)?.enter();
  }

  // Published just before the server emits "request". HTTP/1.1 has one request at a time on a connection.
  function enterRequest(message: unknown): void {
    const { request, response, socket } = message as Received;
    enter(socket, `${socket.remotePort} ${socket.localPort}`, [request, response]);
  }

  // Published just before the server emits "stream", and "request" from that.
  function enterStream(message: unknown): void {
    const { stream } = message as { readonly stream: ServerHttp2Stream };
    const session = stream.session as ServerHttp2Session;
    const { remotePort, localPort } = session.socket;
    enter(session, `${remotePort} ${localPort} ${stream.id}`, [stream]);
  }

  subscribe("http.server.request.start", enterRequest);
  subscribe("http2.server.stream.created", enterStream);
  return () => {
    unsubscribe("http.server.request.start", enterRequest);
    unsubscribe("http2.server.stream.created", enterStream);
  };
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
