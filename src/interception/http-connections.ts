import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import http from "node:http";
import net from "node:net";
import tls from "node:tls";
import { separateAgentSockets } from "./agent-sockets.ts";
import { replaceProperty } from "./patched-place.ts";
import { type CallSite, callSite } from "./sender-site.ts";
import { type ReportUnrecorded, urlOfPeer } from "./unrecorded/unrecorded-traffic.ts";

/** Marks a context whose next connection is an HTTP client's. */
interface Announcement {
  open: boolean;
}

type Connect = typeof net.Socket.prototype.connect;

export interface HttpConnections {
  /** Whether an HTTP client made this connection, or is making it. */
  made(socket: net.Socket): boolean;
  /** Returns where an HTTP client opened this connection. */
  site(socket: net.Socket): CallSite;
  stop(): void;
}

/**
 * Limits the interceptors to the connections of HTTP clients. They would handle every connection of the process,
 * report some as connected too early, and break HTTP/2, so databases, mail servers and the like are left alone.
 *
 * Call it after the interceptors patched `connect`, and stop it before they restore it.
 *
 * @param all whether the interceptors get all connections, because another package listens for them
 * @param report gets the connections that are left alone
 */
export function followHttpConnections(all: () => boolean, report: ReportUnrecorded): HttpConnections {
  const announced = new AsyncLocalStorage<Announcement>();
  const met = new WeakSet<net.Socket>();
  const ofHttp = new WeakMap<net.Socket, CallSite>();
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
      __MSW_INTERNAL_CONNECTION_CONTEXT?: { run<T>(body: () => T): T; consume?(): boolean };
    };
    // The interceptors connect a socket twice.
    if (!isOn || met.has(this) || internal === undefined) return intercepted.apply(this, args);
    met.add(this);
    const untouched = (): net.Socket => internal.run(() => intercepted.apply(this, args));
    // The interceptors, and we, open connections of our own for traffic that is passed on.
    if (internal.consume?.() === true) return untouched();
    const http = isHttp();
    const site = callSite(connect);
    if (http) ofHttp.set(this, site);
    else reportPeer(this, args, site);
    return http || all() ? intercepted.apply(this, args) : untouched();
  }

  function reportPeer(socket: net.Socket, args: readonly unknown[], site: CallSite): void {
    // `net.connect` passes its normalized arguments as one.
    const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as readonly unknown[];
    const { host, port } = (
      typeof first === "object" ? first : { port: first, host: second }
    ) as net.TcpNetConnectOpts;
    // A socket file does not leave the machine.
    if (!Number.isInteger(Number(port ?? Number.NaN))) return;
    const way = socket instanceof tls.TLSSocket ? "tls" : "tcp";
    const name = typeof host === "string" ? host : undefined;
    report({ way, url: urlOfPeer(way, name, port), site });
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
    site: (socket) => ofHttp.get(socket) ?? {},
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
