import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import http from "node:http";
import net from "node:net";

/** The next connection that is made in this context is an HTTP client's. */
interface Announcement {
  open: boolean;
}

type Connect = typeof net.Socket.prototype.connect;

/**
 * Keeps the interceptors to connections of HTTP clients. They take every connection of the process in hand, tell
 * some clients that they are connected before they are, and cannot carry HTTP/2: databases, mail servers and the
 * like are none of our business.
 *
 * To be called when the interceptors have patched `connect`.
 *
 * @param wanted whether somebody else listens for all connections
 * @returns a function that tells whether an HTTP client has made a connection, also while it is being made
 */
export function keepToHttpConnections(wanted: () => boolean): (socket: net.Socket) => boolean {
  const announced = new AsyncLocalStorage<Announcement>();
  const met = new WeakSet<net.Socket>();
  const ofHttp = new WeakSet<net.Socket>();
  const intercepted = net.Socket.prototype.connect;

  function isHttp(): boolean {
    const announcement = announced.getStore();
    if (announcement?.open !== true) return madeByClientRequest(connect as Connect);
    // What this connection causes later is not announced by it.
    announcement.open = false;
    return true;
  }

  function connect(this: net.Socket, ...args: Parameters<Connect>): net.Socket {
    const { __MSW_INTERNAL_CONNECTION_CONTEXT: internal } = globalThis as {
      __MSW_INTERNAL_CONNECTION_CONTEXT?: { run<T>(body: () => T): T };
    };
    // The interceptors connect a socket a second time, and open one of their own for what they pass on.
    if (met.has(this) || internal === undefined) return intercepted.apply(this, args);
    met.add(this);
    const http = isHttp();
    if (http) ofHttp.add(this);
    if (http || wanted()) return intercepted.apply(this, args);
    return internal.run(() => intercepted.apply(this, args));
  }
  net.Socket.prototype.connect = connect as Connect;

  // A request that waits for a connection gets it when another is given up.
  announceIn("addRequest");
  announceIn("createSocket");
  announceIn("removeSocket");
  subscribe("undici:client:beforeConnect", () => announced.enterWith({ open: true }));
  return (socket) => ofHttp.has(socket);

  /** Methods of agents are not documented, but agents of many packages have built on them for a decade. */
  function announceIn(method: string): void {
    const agent = http.Agent.prototype as unknown as Record<string, unknown>;
    const original = agent[method];
    if (typeof original !== "function") return;
    agent[method] = function (this: http.Agent, ...args: unknown[]): unknown {
      return announced.run({ open: true }, () => original.apply(this, args) as unknown);
    };
  }
}

/** Whether `node:http` is connecting without an agent, by a `createConnection` of its caller's. */
function madeByClientRequest(below: Connect): boolean {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 20;
  Error.captureStackTrace(holder, below);
  Error.stackTraceLimit = limit;
  return holder.stack?.includes("node:_http_client") === true;
}
