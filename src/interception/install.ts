import { type InterceptionState, interceptionState } from "./context.ts";
import type { Router } from "./exchange.ts";
import { openFetchSeam } from "./fetch-seam.ts";
import { openHttp2Seam } from "./http2/http2-seam.ts";
import { closeIdleConnections } from "./idle-connections.ts";
import { copyOfOthers, type Patches, stepAsideWith } from "./interceptor-copies.ts";
import { catchLateRequests } from "./late-requests.ts";
import { applyOwnCopy } from "./own-copy.ts";
import { openSocketSeam } from "./socket-seam.ts";
import { watchUnrecorded } from "./unrecorded/watch-unrecorded.ts";
import { watchTraffic } from "./watch-traffic.ts";

/** Sets the router that the seams ask. Patches nothing yet: see {@link holdInterception}. */
export function installInterception(router: Router): void {
  const state = interceptionState();
  state.router = router;
  if (state.patches !== undefined) return;
  state.patches = createPatches(state);
  watchTraffic();
}

/**
 * Catches the traffic of this worker until the returned function is called. Several callers can hold it at once; the
 * patches go with the last one.
 */
export function holdInterception(): () => void {
  const state = interceptionState();
  const hold = {};
  state.holds.add(hold);
  state.patches?.resume();
  return () => {
    if (!state.holds.delete(hold) || state.holds.size > 0) return;
    state.patches?.suspend();
    catchLateRequests(state, holdInterception);
  };
}

function createPatches(state: InterceptionState): Patches {
  let close: (() => void) | undefined;
  const patches: Patches = {
    suspend() {
      close?.();
      close = undefined;
    },
    resume() {
      if (close !== undefined || state.holds.size === 0) return;
      stepAsideWith(patches);
      close = openSeams(state);
    },
  };
  return patches;
}

/**
 * Opens the seams on the copy of the interceptors that another package applied, else on our own.
 *
 * A kept connection belongs to the copy that was applied when it was made. Requests on older connections would not
 * be seen, so idle ones are closed at every change.
 */
function openSeams(state: InterceptionState): () => void {
  closeIdleConnections();
  const others = copyOfOthers();
  const own = others === undefined ? applyOwnCopy() : undefined;
  const closeSocketSeam = openSocketSeam(
    state,
    (others ?? own?.copy) as NonNullable<typeof others>,
    own !== undefined,
  );
  // msw and the like replace fetch themselves and must be called first: leave it to the sockets.
  const closeFetchSeam = own !== undefined && hasNodeFetch() ? openFetchSeam(state) : undefined;
  const closeHttp2Seam = openHttp2Seam(state);
  const stopWatching = watchUnrecorded(state);
  return () => {
    stopWatching();
    closeHttp2Seam();
    closeFetchSeam?.();
    closeSocketSeam();
    own?.dispose();
    closeIdleConnections();
  };
}

/**
 * Whether the global fetch is Node's own. Those of happy-dom and edge-runtime have their own Request and Response,
 * and code that replaced fetch before us must be called first. The sockets catch what they send.
 */
function hasNodeFetch(): boolean {
  const scope = globalThis as { happyDOM?: unknown; EdgeRuntime?: unknown };
  if (typeof fetch !== "function" || scope.happyDOM !== undefined || scope.EdgeRuntime !== undefined)
    return false;
  return fetch.name === "fetch" && fetch.length === 1;
}
