/** Where undici keeps the dispatcher that fetch uses, in all its copies and in Node. */
const GLOBAL_DISPATCHERS = ["undici.globalDispatcher.1", "undici.globalDispatcher.2"];

/**
 * Closes what fetch has kept open from before anything was patched: a request that went out on such a connection
 * would be seen by nobody. One that is in use is closed when its request is over. `node:http`'s agents are
 * looked after by the interceptors.
 *
 * undici has no public way to its connections; where its insides are others than those known, nothing is done.
 */
export function closeIdleConnections(): void {
  for (const key of GLOBAL_DISPATCHERS) {
    const agent = (globalThis as Record<symbol, unknown>)[Symbol.for(key)];
    const pools = inner(agent, "clients");
    if (!(pools instanceof Map)) continue;
    for (const entry of pools.values() as Iterable<unknown>) {
      const pool = (entry as { dispatcher?: unknown } | undefined)?.dispatcher ?? entry;
      const clients = inner(pool, "clients");
      if (Array.isArray(clients)) clients.forEach(closeClient);
    }
  }
}

function closeClient(client: unknown): void {
  const socket = inner(client, "socket") as { destroy?: () => void } | null | undefined;
  if (typeof socket?.destroy !== "function") return;
  if (inner(client, "running") === 0) {
    socket.destroy();
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
