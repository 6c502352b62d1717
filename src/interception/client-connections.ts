import type net from "node:net";
import { type ClientRoute, clientRoute, type Peer } from "./client-route.ts";
import { keepErrorBeforeClose } from "./error-before-close.ts";
import { followHttpConnections } from "./http-connections.ts";
import type { ConnectionEvent, ConnectionSource } from "./interceptor-copies.ts";

/** The connection that a request came over. */
export interface ClientConnection {
  /** `undefined` if it cannot be known. */
  readonly route: ClientRoute | undefined;
  /** The client's own end. */
  readonly socket: net.Socket | undefined;
}

/** The connections of HTTP clients, as they are made. */
export interface FollowedConnections {
  /** The connection over which a request comes, while it is being parsed. */
  current(): ClientConnection | undefined;
  stop(): void;
}

/**
 * Follows the connections of HTTP clients.
 *
 * @param active whether requests may be answered here: other connections are left alone
 * @param isOurs whether nobody else uses this copy of the interceptors
 */
export function followConnections(
  source: ConnectionSource,
  active: () => boolean,
  isOurs: boolean,
): FollowedConnections {
  let writing: ClientConnection | undefined;
  const met = new WeakSet<object>();
  const meet = (event: ConnectionEvent): void => {
    if (event.type !== "connection" || met.has(event)) return;
    met.add(event);
    const { connectionOptions, controller } = event;
    const socket = clientSocket(controller);
    if (socket === undefined) return;
    const connection = { route: routeOf(controller, socket, connectionOptions), socket };
    // What a client writes is parsed before this event of the interceptors' own is over.
    socket.prependListener("internal:write", () => {
      writing = connection;
    });
    keepErrorBeforeClose(socket);
    if (active() && http.made(socket)) waitForRequest(controller, socket);
  };
  // A listener would come too late: listeners wait for each other, and the first request does not.
  const stopping = new AbortController();
  source.emitter.hooks.on("beforeEmit", meet, { persist: true, signal: stopping.signal });
  const listeners = source.listenerCount("connection");
  const http = followHttpConnections(() => !isOurs || source.listenerCount("connection") > listeners);
  return {
    current: () => writing,
    stop() {
      stopping.abort();
      http.stop();
    },
  };
}

/**
 * Keeps the interceptors from connecting for real because a client listens and has sent nothing: it may be waiting
 * for the server to speak first. With HTTP it is not: undici reopens a connection after an abort and takes its
 * time, and in a replay there is no server.
 */
function waitForRequest(controller: object, socket: net.Socket): void {
  const passing = controller as { passthrough?: (...args: unknown[]) => unknown };
  const passOn = passing.passthrough;
  if (typeof passOn !== "function") return;
  let hasSpoken = false;
  socket.prependOnceListener("internal:write", () => {
    hasSpoken = true;
  });
  passing.passthrough = (...args) => (hasSpoken ? passOn.apply(controller, args) : undefined);
}

/** The interceptors can connect just as the client asked to; they do so for what they pass on. */
function routeOf(controller: object, socket: net.Socket, peer: Peer): ClientRoute | undefined {
  const { createConnection: connect } = controller as { createConnection?: () => net.Socket };
  return typeof connect === "function" ? clientRoute(socket, peer, () => connect()) : undefined;
}

/** The interceptors keep the client's socket under a symbol that they do not export. */
function clientSocket(controller: object): net.Socket | undefined {
  const key = Object.getOwnPropertySymbols(controller).find((symbol) => symbol.description === "kRawSocket");
  return key && (controller as { [key]?: net.Socket })[key];
}
