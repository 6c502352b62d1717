import { errorMonitor } from "node:events";
import type net from "node:net";
import { type ClientRoute, clientRoute, type Peer } from "./client-route.ts";
import type { InterceptionState } from "./context.ts";
import { keepErrorBeforeClose } from "./error-before-close.ts";
import type { Sender } from "./exchange.ts";
import { followHttpConnections } from "./http-connections.ts";
import type { ConnectionEvent, ConnectionSource } from "./interceptor-copies.ts";
import { passOwnRequests } from "./own-requests.ts";
import { senderOf } from "./sender-context.ts";
import type { CallSite } from "./sender-site.ts";
import { noteClientEnd } from "./server-senders.ts";
import type { ReportUnrecorded } from "./unrecorded/unrecorded-traffic.ts";

/** The connection that a request came over. */
export interface ClientConnection {
  /** `undefined` if it is unknown. */
  readonly route: ClientRoute | undefined;
  /** The client's own end. */
  readonly socket: net.Socket;
  /** Where the client opened it. */
  readonly site: CallSite;
  /** The sender of the latest request. */
  sender?: Sender | undefined;
  /** Called if the connection fails. */
  onError?: ((error: unknown) => void) | undefined;
}

const routes = new WeakMap<object, ClientRoute>();

/** Returns the route of the HTTP client that made this socket; `undefined` if the interceptors don't hold it. */
export function routeOfClient(socket: object): ClientRoute | undefined {
  return routes.get(socket);
}

/** The connections of HTTP clients, as they are made. */
export interface FollowedConnections {
  /** Returns the connection of a request while the request is parsed. */
  current(): ClientConnection | undefined;
  stop(): void;
}

/**
 * Follows the connections of HTTP clients.
 *
 * @param state its router knows whether requests may be answered here: other connections are left alone
 * @param isOurs whether this copy of the interceptors is our own
 * @param report gets the connections of other clients
 */
export function followConnections(
  source: ConnectionSource,
  state: Pick<InterceptionState, "router">,
  isOurs: boolean,
  report: ReportUnrecorded,
): FollowedConnections {
  let writing: ClientConnection | undefined;
  const met = new WeakSet<object>();
  const meet = (event: ConnectionEvent): void => {
    if (event.type !== "connection" || met.has(event)) return;
    met.add(event);
    const { connectionOptions, controller } = event;
    const socket = clientSocket(controller);
    if (socket === undefined) return;
    const connection: ClientConnection = {
      route: routeOf(controller, socket, connectionOptions, (real) => noteClientEnd(real, connection)),
      socket,
      site: http.site(socket),
    };
    socket.on(errorMonitor as unknown as "error", (error: unknown) => connection.onError?.(error));
    if (connection.route !== undefined) routes.set(socket, connection.route);
    // The interceptors parse what a client writes during this event.
    socket.prependListener("internal:write", () => {
      writing = connection;
    });
    keepErrorBeforeClose(socket);
    if (isOurs)
      passOwnRequests(controller, socket, () => {
        connection.sender = senderOf(socket)(() => state.router.sender());
      });
    if (state.router.active() && http.made(socket)) waitForRequest(controller, socket);
  };
  // A listener would be too late: listeners wait for each other, but the first request does not wait.
  const stopping = new AbortController();
  source.emitter.hooks.on("beforeEmit", meet, { persist: true, signal: stopping.signal });
  const listeners = source.listenerCount("connection");
  const http = followHttpConnections(() => !isOurs || source.listenerCount("connection") > listeners, report);
  return {
    current: () => writing,
    stop() {
      stopping.abort();
      http.stop();
    },
  };
}

/**
 * Keeps the interceptors from connecting for real when a client listens and has sent nothing. They assume that the
 * server speaks first. In HTTP it does not: undici reopens a connection after an abort and sends later, and a
 * replay has no server.
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

/**
 * The interceptors can connect exactly as the client asked. They do so for traffic that they pass on.
 *
 * @param follow gets each real connection, and returns it
 */
function routeOf(
  controller: object,
  socket: net.Socket,
  peer: Peer,
  follow: (real: net.Socket) => net.Socket,
): ClientRoute | undefined {
  const dialer = controller as { createConnection?: () => net.Socket };
  const connect = dialer.createConnection;
  if (typeof connect !== "function") return undefined;
  const followed = (): net.Socket => follow(connect.call(controller));
  dialer.createConnection = followed;
  return clientRoute(socket, peer, followed);
}

/** The interceptors keep the client's socket under a symbol that they do not export. */
function clientSocket(controller: object): net.Socket | undefined {
  const key = Object.getOwnPropertySymbols(controller).find((symbol) => symbol.description === "kRawSocket");
  return key && (controller as { [key]?: net.Socket })[key];
}
