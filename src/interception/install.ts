import { interceptionState } from "./context.ts";
import type { Router } from "./exchange.ts";
import { installFetchSeam } from "./fetch-seam.ts";
import { closeIdleConnections } from "./idle-connections.ts";
import { installSocketSeam } from "./socket-seam.ts";

/**
 * Puts both seams in place, once per worker, and makes `router` the one they ask. Until a router is active
 * they change nothing.
 */
export function installInterception(router: Router): void {
  const state = interceptionState();
  state.router = router;
  if (state.installed) return;
  state.installed = true;
  closeIdleConnections();
  installSocketSeam(state);
  if (hasNodeFetch()) installFetchSeam(state);
}

/**
 * happy-dom and edge-runtime put a fetch, a Request and a Response of their own into the global scope. Those
 * do not mix with Node's. And who has replaced fetch before us expects to be asked first. What any of them sends
 * is caught at the sockets.
 */
function hasNodeFetch(): boolean {
  const scope = globalThis as { happyDOM?: unknown; EdgeRuntime?: unknown };
  if (typeof fetch !== "function" || scope.happyDOM !== undefined || scope.EdgeRuntime !== undefined)
    return false;
  return fetch.name === "fetch" && fetch.length === 1;
}
