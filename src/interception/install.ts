import { syncBuiltinESMExports } from "node:module";
import { CassetteError } from "../cassette/errors.ts";
import { type InterceptionState, interceptionState } from "./context.ts";
import type { Router } from "./exchange.ts";
import { openFetchSeam } from "./fetch-seam.ts";
import { guardHappyDomStreams } from "./happy-dom-streams.ts";
import { openHttp2Seam } from "./http2/http2-seam.ts";
import { leadsToHub } from "./hub/hub.ts";
import { closeIdleConnections } from "./idle-connections.ts";
import { copyOfOthers, type Patches, stepAsideWith } from "./interceptor-copies.ts";
import { catchLateRequests } from "./late-requests.ts";
import { applyOwnCopy } from "./own-copy.ts";
import { followSenders } from "./sender-context.ts";
import { followServerRequests } from "./server-senders.ts";
import { openSocketSeam } from "./socket-seam.ts";
import { watchUnrecorded } from "./unrecorded/watch-unrecorded.ts";
import { watchTraffic } from "./watch-traffic.ts";
import { type Deferred, whenConnecting } from "./when-connecting.ts";

/**
 * Sets the router that the seams ask. Patches nothing yet: see {@link holdInterception}.
 *
 * @throws CassetteError in an environment where traffic cannot be caught
 */
export function installInterception(router: Router): void {
  if (Object.getOwnPropertyDescriptor(globalThis, "Headers")?.configurable === false) throw sealedGlobals();
  const state = interceptionState();
  state.router = besideHub(router);
  if (state.patches !== undefined) return;
  state.patches = createPatches(state);
  watchTraffic();
}

/**
 * Catches the traffic of this worker until the returned function is called: fetch now, sockets when a client connects.
 * Several callers can hold it at once; the patches go with the last one.
 *
 * @throws CassetteError if other packages catch traffic in a way that allows no third
 */
export function holdInterception(): () => void {
  const state = interceptionState();
  const hold = {};
  state.holds.add(hold);
  try {
    state.patches?.resume();
  } catch (error) {
    state.holds.delete(hold);
    throw error;
  }
  return () => {
    if (!state.holds.delete(hold) || state.holds.size > 0) return;
    state.patches?.suspend();
    catchLateRequests(state, () => {
      const release = holdInterception();
      // It has asked for a connection already.
      state.patches?.openSockets();
      return release;
    });
  };
}

/** Opens now what else opens when a client connects. It loads the interceptors, which takes a while. */
export function prepareToSend(): void {
  interceptionState().patches?.openSockets();
}

/** Leaves requests to the hub alone: there, they are met under the URL that they are for. */
function besideHub(router: Router): Router {
  return {
    ...router,
    route: (head) => (leadsToHub(head.url) ? undefined : router.route(head)),
    leftAlone: (head) => (leadsToHub(head.url) ? undefined : router.leftAlone(head)),
  };
}

/** The globals of edge-runtime can only be patched if they are a copy. In a vm pool they are the environment's own. */
function sealedGlobals(): CassetteError {
  return new CassetteError(
    "CASSETTE_ENVIRONMENT",
    "Failed to open a cassette: the edge-runtime environment does not allow it in the pools vmThreads and vmForks. " +
      "Run these tests with `pool: 'forks'` or `pool: 'threads'`.",
  );
}

function createPatches(state: InterceptionState): Patches {
  let seams: Deferred | undefined;
  const patches: Patches = {
    isHeld: () => state.holds.size > 0,
    suspend() {
      seams?.close();
      seams = undefined;
    },
    resume() {
      if (seams !== undefined || state.holds.size === 0) return;
      stepAsideWith(patches);
      seams = openSeams(state);
    },
    openSockets: () => seams?.open(),
  };
  return patches;
}

/**
 * Opens the seams on the copy of the interceptors that another package applied, else on our own.
 *
 * A kept connection belongs to the copy that was applied when it was made. Requests on older connections would not
 * be seen, so idle ones are closed at every change.
 */
function openSeams(state: InterceptionState): Deferred {
  closeIdleConnections();
  const others = copyOfOthers();
  const stopFollowing = [followSenders(), followServerRequests(() => state.router.sender())];
  const sockets = whenConnecting(() =>
    others === undefined ? openOwnSocketSeam(state) : openSocketSeam(state, others, false),
  );
  if (others !== undefined) sockets.open();
  // msw and the like replace fetch themselves and must be called first: leave it to the sockets.
  const closeFetchSeam = others === undefined && hasNodeFetch() ? openFetchSeam(state) : undefined;
  const releaseStreams = guardHappyDomStreams();
  const closeHttp2Seam = openHttp2Seam(state);
  const stopWatching = watchUnrecorded(state);
  // Named imports of builtin modules are copies. This takes long: do it once.
  syncBuiltinESMExports();
  return {
    open: sockets.open,
    close() {
      stopWatching();
      closeHttp2Seam();
      releaseStreams?.();
      closeFetchSeam?.();
      sockets.close();
      for (const stop of stopFollowing) stop();
      syncBuiltinESMExports();
      closeIdleConnections();
    },
  };
}

function openOwnSocketSeam(state: InterceptionState): () => void {
  const own = applyOwnCopy();
  const closeSocketSeam = openSocketSeam(state, own.copy, true);
  return () => {
    closeSocketSeam();
    own.dispose();
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
  return fetch.name === "fetch" && fetch.length === 1 && Reflect.ownKeys(fetch).every(isUsual);
}

/** A spy copies the name and length of what it replaces, and has more properties than a plain function. */
function isUsual(key: string | symbol): boolean {
  return key === "name" || key === "length" || key === "prototype";
}
