import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import http from "node:http";
import net from "node:net";
import { separateAgentSockets } from "./agent-sockets.ts";
import { replaceProperty } from "./patched-place.ts";

/** The next connection that is made in this context is an HTTP client's. */
interface Announcement {
  open: boolean;
}

type Connect = typeof net.Socket.prototype.connect;

export interface HttpConnections {
  /** Whether an HTTP client has made this connection; known while it is being made, too. */
  made(socket: net.Socket): boolean;
  stop(): void;
}

/**
 * Keeps the interceptors to the connections of HTTP clients. They handle every connection of the process, tell
 * some clients that they are connected before they are, and cannot carry HTTP/2: leave databases, mail servers
 * and the like alone.
 *
 * To be called after the interceptors have patched `connect`, and stopped before they restore it.
 *
 * @param all whether the interceptors get the other connections nevertheless, since somebody listens for them
 */
export function followHttpConnections(all: () => boolean): HttpConnections {
  const announced = new AsyncLocalStorage<Announcement>();
  const met = new WeakSet<net.Socket>();
  const ofHttp = new WeakSet<net.Socket>();
  const intercepted = net.Socket.prototype.connect;
  let isOn = true;

  function isHttp(): boolean {
    const announcement = announced.getStore();
    if (announcement?.open !== true) return madeByClientRequest(connect as Connect);
    // Connections that this one causes later are not announced by it.
    announcement.open = false;
    return true;
  }

  function connect(this: net.Socket, ...args: Parameters<Connect>): net.Socket {
    const { __MSW_INTERNAL_CONNECTION_CONTEXT: internal } = globalThis as {
      __MSW_INTERNAL_CONNECTION_CONTEXT?: { run<T>(body: () => T): T };
    };
    // The interceptors connect a socket a second time, and open one of their own for what they pass on.
    if (!isOn || met.has(this) || internal === undefined) return intercepted.apply(this, args);
    met.add(this);
    const http = isHttp();
    if (http) ofHttp.add(this);
    if (http || all()) return intercepted.apply(this, args);
    return internal.run(() => intercepted.apply(this, args));
  }

  const announce = (): void => announced.enterWith({ open: true });
  subscribe("undici:client:beforeConnect", announce);
  const undo = [
    replaceProperty(net.Socket.prototype, "connect", connect),
    // A request that waits for a connection gets it when another is given up.
    announceIn("addRequest"),
    announceIn("createSocket"),
    announceIn("removeSocket"),
    separateAgentSockets(),
  ];
  return {
    made: (socket) => ofHttp.has(socket),
    stop() {
      isOn = false;
      unsubscribe("undici:client:beforeConnect", announce);
      for (const each of undo.reverse()) each();
    },
  };

  /** Methods of agents are not documented, but agents of many packages have built on them for a decade. */
  function announceIn(method: string): () => void {
    const original = Reflect.get(http.Agent.prototype, method) as unknown;
    if (typeof original !== "function") return () => undefined;
    return replaceProperty(http.Agent.prototype, method, function (this: http.Agent, ...args: unknown[]) {
      if (!isOn) return original.apply(this, args) as unknown;
      return announced.run({ open: true }, () => original.apply(this, args) as unknown);
    });
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
