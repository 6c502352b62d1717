import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import http from "node:http";
import net from "node:net";
import { separateAgentSockets } from "./agent-sockets.ts";
import { replaceProperty } from "./patched-place.ts";

/** Marks a context whose next connection is an HTTP client's. */
interface Announcement {
  open: boolean;
}

type Connect = typeof net.Socket.prototype.connect;

export interface HttpConnections {
  /** Whether an HTTP client made this connection, or is making it. */
  made(socket: net.Socket): boolean;
  stop(): void;
}

/**
 * Limits the interceptors to the connections of HTTP clients. They would handle every connection of the process,
 * report some as connected too early, and break HTTP/2, so databases, mail servers and the like are left alone.
 *
 * Call it after the interceptors patched `connect`, and stop it before they restore it.
 *
 * @param all whether the interceptors get all connections, because another package listens for them
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
    // This mark does not apply to connections that this one causes later.
    announcement.open = false;
    return true;
  }

  function connect(this: net.Socket, ...args: Parameters<Connect>): net.Socket {
    const { __MSW_INTERNAL_CONNECTION_CONTEXT: internal } = globalThis as {
      __MSW_INTERNAL_CONNECTION_CONTEXT?: { run<T>(body: () => T): T };
    };
    // The interceptors connect a socket twice, and open their own for traffic that they pass on.
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
    // A request that waits for a connection gets one when another is released.
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

  /** These methods of agents are not documented, but many packages have relied on them for a decade. */
  function announceIn(method: string): () => void {
    const original = Reflect.get(http.Agent.prototype, method) as unknown;
    if (typeof original !== "function") return () => undefined;
    return replaceProperty(http.Agent.prototype, method, function (this: http.Agent, ...args: unknown[]) {
      if (!isOn) return original.apply(this, args) as unknown;
      return announced.run({ open: true }, () => original.apply(this, args) as unknown);
    });
  }
}

/** Whether `node:http` is connecting without an agent, with its caller's `createConnection`. */
function madeByClientRequest(below: Connect): boolean {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 20;
  Error.captureStackTrace(holder, below);
  Error.stackTraceLimit = limit;
  return holder.stack?.includes("node:_http_client") === true;
}
