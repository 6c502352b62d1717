import net from "node:net";
import { SocketInterceptor } from "@mswjs/interceptors/net";
import { type ClientRoute, clientRoute, type Peer } from "./client-route.ts";
import { keepErrorBeforeClose } from "./error-before-close.ts";
import { keepToHttpConnections } from "./http-connections.ts";

/** What is known of the connection that a request came over. */
export interface ClientConnection {
  /** `undefined` where it cannot be known. */
  readonly route: ClientRoute | undefined;
  /** The client's own end. */
  readonly socket: net.Socket | undefined;
}

/** The parts of the interceptors' connection event that are used here. */
interface ConnectionEvent {
  readonly type: string;
  readonly connectionOptions: Peer;
  readonly controller: object;
}

interface ConnectionSource {
  readonly emitter: {
    readonly hooks: {
      on(hook: "beforeEmit", callback: (event: ConnectionEvent) => void, options: object): void;
    };
  };
}

/**
 * Follows the connections of HTTP clients.
 *
 * @param active whether requests may be answered here: what is connected while not is left alone
 * @returns a function that tells the connection over which a request comes, while it is being parsed
 */
export function followConnections(active: () => boolean): () => ClientConnection | undefined {
  let writing: ClientConnection | undefined;
  const isOnly = isOnlyOne();
  const sockets = SocketInterceptor.singleton(SocketInterceptor);
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
    if (isOnly && active() && isHttp(socket)) waitForRequest(controller, socket);
  };
  // A listener would come too late: listeners wait for each other, and the first request does not.
  (sockets as unknown as ConnectionSource).emitter.hooks.on("beforeEmit", meet, { persist: true });
  const ours = sockets.listenerCount("connection");
  const isHttp = keepToHttpConnections(() => sockets.listenerCount("connection") > ours);
  return () => writing;
}

/**
 * In vmThreads each test file has interceptors of its own on the one `node:net`. Of several only one sees what a
 * client writes, and those that do not must pass on what looks silent to them.
 */
function isOnlyOne(): boolean {
  const shared = net.Socket.prototype as net.Socket & { [FOLLOWED]?: true };
  if (shared[FOLLOWED]) return false;
  Object.defineProperty(shared, FOLLOWED, { value: true });
  return true;
}

const FOLLOWED: unique symbol = Symbol.for("vitest-cassette/followed/1");

/**
 * The interceptors connect for real where a client listens and has said nothing, as it may wait for the server to
 * speak first. With HTTP it does not: undici opens a connection again after a request was given up, and takes its
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

/** The interceptors can connect as the client has asked to, which they do for what they pass on. */
function routeOf(controller: object, socket: net.Socket, peer: Peer): ClientRoute | undefined {
  const { createConnection: connect } = controller as { createConnection?: () => net.Socket };
  return typeof connect === "function" ? clientRoute(socket, peer, () => connect()) : undefined;
}

/** The interceptors keep the client's socket under a symbol that they do not export. */
function clientSocket(controller: object): net.Socket | undefined {
  const key = Object.getOwnPropertySymbols(controller).find((symbol) => symbol.description === "kRawSocket");
  return key && (controller as { [key]?: net.Socket })[key];
}
