import { subscribe } from "node:diagnostics_channel";
import type net from "node:net";
import { workerWide } from "./worker-wide.ts";

interface Known {
  readonly sockets: Set<net.Socket>;
  following: boolean;
}

function known(): Known {
  return workerWide("undici", () => ({ sockets: new Set(), following: false }));
}

/** Notes every connection that fetch and any copy of undici make from now on. */
export function followUndiciConnections(): void {
  const state = known();
  if (state.following) return;
  state.following = true;
  subscribe("undici:client:connected", (message) => {
    const { socket } = message as { readonly socket: net.Socket };
    state.sockets.add(socket);
    socket.once("close", () => state.sockets.delete(socket));
  });
}

/** The symbol under which undici keeps the dispatcher of fetch, in all its copies and in Node. */
const GLOBAL_DISPATCHERS = ["undici.globalDispatcher.1", "undici.globalDispatcher.2"];

/**
 * Closes the connections that fetch and undici keep: we would not see a request on a connection from before a patch.
 * A connection in use closes when its request ends. `agent-sockets.ts` handles the agents of `node:http`.
 *
 * undici has no public way to do that. If its internals are not the ones known here, nothing happens.
 */
export function closeIdleConnections(): void {
  for (const socket of known().sockets) closeIdle(socket);
  // Connections from before this module loaded.
  for (const key of GLOBAL_DISPATCHERS) {
    const agent = (globalThis as Record<symbol, unknown>)[Symbol.for(key)];
    const pools = inner(agent, "clients");
    if (!(pools instanceof Map)) continue;
    for (const entry of pools.values() as Iterable<unknown>) {
      const pool = (entry as { dispatcher?: unknown } | undefined)?.dispatcher ?? entry;
      const clients = inner(pool, "clients");
      for (const client of Array.isArray(clients) ? clients : []) closeIdle(inner(client, "socket"));
    }
  }
}

function closeIdle(socket: unknown): void {
  const { destroy } = (socket ?? {}) as { destroy?: unknown };
  if (typeof destroy !== "function") return;
  if (inner(inner(socket, "client"), "running") === 0) {
    destroy.call(socket);
    return;
  }
  const reset = symbolOf(socket, "reset");
  if (reset !== undefined) (socket as Record<symbol, unknown>)[reset] = true;
}

function inner(holder: unknown, description: string): unknown {
  const symbol = symbolOf(holder, description);
  return symbol && (holder as Record<symbol, unknown>)[symbol];
}

function symbolOf(holder: unknown, description: string): symbol | undefined {
  for (let each = holder; typeof each === "object" && each !== null; each = Object.getPrototypeOf(each)) {
    const found = Object.getOwnPropertySymbols(each).find((symbol) => symbol.description === description);
    if (found !== undefined) return found;
  }
  return undefined;
}
