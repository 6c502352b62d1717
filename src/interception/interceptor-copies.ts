import { CassetteError } from "../cassette/errors.ts";
import { workerWide } from "./worker-wide.ts";

/** The parts of the interceptors' request event that we use. */
export interface RequestEvent {
  readonly request: Request;
  readonly controller: {
    readonly readyState: number;
    respondWith(response: Response): void;
    errorWith(reason: unknown): void;
  };
  stopImmediatePropagation(): void;
}

export type RequestListener = (event: RequestEvent) => unknown;

/** The object that emits the requests of all interceptors of one copy of the package. */
export interface RequestSource {
  readonly readyState: string;
  readonly emitter: { earlyOn(type: "request", listener: RequestListener): unknown };
  on(type: "request" | "response", listener: RequestListener, options?: object): unknown;
  removeListener(type: "request" | "response", listener: RequestListener): unknown;
  apply(owner?: object): void;
  dispose(owner?: object): void;
}

/** The parts of the interceptors' connection event that we use. */
export interface ConnectionEvent {
  readonly type: string;
  readonly connectionOptions: { readonly host?: string | null; readonly port?: number | string | null };
  readonly controller: object;
}

/** The object that emits the connections of one copy of the package. */
export interface ConnectionSource {
  readonly emitter: {
    readonly hooks: {
      on(hook: "beforeEmit", callback: (event: ConnectionEvent) => void, options: object): void;
    };
  };
  listenerCount(type: "connection"): number;
}

/** One copy of `@mswjs/interceptors`: ours, or that of msw, nock or another package. */
export interface InterceptorCopy {
  readonly requests: RequestSource;
  readonly connections: ConnectionSource;
}

/** Our patches, which go off and on again when another copy is applied and disposed. */
export interface Patches {
  /** Whether a cassette needs them. */
  readonly isHeld: () => boolean;
  suspend(): void;
  resume(): void;
  /** Opens the part of them that else opens when a client connects. */
  openSockets(): void;
}

interface Shared {
  /** The copies that other packages have applied, the latest last. */
  readonly applied: Map<RequestSource, InterceptorCopy>;
  /** The patches that are on now. */
  patches: Patches | undefined;
}

const REQUESTS = Symbol.for("node-http-request-source");
const CONNECTIONS = Symbol.for("socket-interceptor");
const WATCHED = Symbol.for("vitest-cassette/watched/1");

let applyingOurs = false;

function shared(): Shared {
  return workerWide("copies", () => ({ applied: new Map(), patches: undefined }));
}

/**
 * Returns the copy that another package applied; `undefined` if there is none.
 *
 * @throws CassetteError if there are several: they break each other, and requests over them can loop forever
 */
export function copyOfOthers(): InterceptorCopy | undefined {
  if (areSeveralApplied()) throw severalCopies("open a cassette");
  const [copy] = shared().applied.values();
  return copy;
}

export function areSeveralApplied(): boolean {
  return shared().applied.size > 1;
}

function severalCopies(toDo: string): CassetteError {
  return new CassetteError(
    "CASSETTE_INTERCEPTORS",
    `Failed to ${toDo}: two more copies of @mswjs/interceptors would be on at the same time, and they break each other (msw and nock can bring one each). ` +
      "`npm ls @mswjs/interceptors` lists them. Run `npm dedupe`, or switch one of them off while a cassette is open.",
  );
}

/** Makes `patches` step aside for other copies. Only one test file of a worker has patches on at a time. */
export function stepAsideWith(patches: Patches): void {
  const state = shared();
  if (state.patches === patches) return;
  state.patches?.suspend();
  state.patches = patches;
}

/**
 * Watches for all copies of `@mswjs/interceptors` in this realm, including those loaded later. Two copies that patch
 * the same sockets break each other, so our patches are off while another copy is applied or disposed.
 */
export function watchCopies(): void {
  const all = registry();
  if (Object.hasOwn(all, WATCHED)) return;
  Object.defineProperty(all, WATCHED, { value: true });
  watch(all.get(REQUESTS));
  const set = all.set;
  Object.defineProperty(all, "set", {
    configurable: true,
    writable: true,
    value(this: Registry, key: symbol, value: unknown) {
      if (key === REQUESTS) watch(value);
      return set.call(this, key, value);
    },
  });
}

/** Runs `body`, which applies or disposes our own copy. Nothing steps aside for that. */
export function asOurs<T>(body: () => T): T {
  const outer = applyingOurs;
  applyingOurs = true;
  try {
    return body();
  } finally {
    applyingOurs = outer;
  }
}

/** Returns the copy that was applied last in this realm, by us or another package. */
export function latestCopy(): InterceptorCopy {
  const requests = registry().get(REQUESTS);
  const connections = registry().get(CONNECTIONS);
  if (!isRequestSource(requests) || connections === undefined) {
    throw new Error("Failed to catch traffic: this version of @mswjs/interceptors has no request source.");
  }
  return { requests, connections: connections as ConnectionSource };
}

function watch(requests: unknown): void {
  if (!isRequestSource(requests) || Object.hasOwn(requests, WATCHED)) return;
  Object.defineProperty(requests, WATCHED, { value: true });
  if (requests.readyState === "ACTIVE") shared().applied.set(requests, latestCopy());
  for (const method of ["apply", "dispose"] as const) {
    const original = requests[method];
    requests[method] = (owner = requests) => {
      if (applyingOurs) {
        original.call(requests, owner);
        return;
      }
      if (method === "apply") refuseSecond(requests);
      stepAside(requests, () => original.call(requests, owner));
    };
  }
}

function refuseSecond(requests: RequestSource): void {
  const { applied, patches } = shared();
  if (applied.size > 0 && !applied.has(requests) && patches?.isHeld() === true)
    throw severalCopies("switch on these mocks while a cassette is open");
}

function stepAside(requests: RequestSource, change: () => void): void {
  const { applied, patches } = shared();
  patches?.suspend();
  try {
    change();
  } finally {
    if (requests.readyState !== "ACTIVE") applied.delete(requests);
    else if (!applied.has(requests)) applied.set(requests, latestCopy());
    patches?.resume();
  }
}

function isRequestSource(value: unknown): value is RequestSource {
  const { apply, dispose } = (value ?? {}) as Partial<RequestSource>;
  return typeof apply === "function" && typeof dispose === "function";
}

type Registry = Map<symbol, unknown>;

/** The interceptors share one map of what they have created, across all copies of the package. */
function registry(): Registry {
  const holder = globalThis as { __MSW_INTERCEPTORS_REGISTRY?: Registry };
  holder.__MSW_INTERCEPTORS_REGISTRY ??= new Map();
  return holder.__MSW_INTERCEPTORS_REGISTRY;
}
