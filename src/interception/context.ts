import { AsyncLocalStorage } from "node:async_hooks";
import type { ExchangeResponse, Router } from "./exchange.ts";
import type { Patches } from "./interceptor-copies.ts";

/** Marks a request that we sent ourselves, as opposed to one that a client sent. */
export interface OwnRequest {
  /** `upstream`: a request on its way to the live provider; every seam leaves it alone. */
  readonly kind: "upstream" | "redirect";
  /** With `redirect`: the response that answers the first request of this context. */
  response?: ExchangeResponse | undefined;
}

/** State of the worker, shared by all copies of this module in it. */
export interface InterceptionState {
  readonly own: AsyncLocalStorage<OwnRequest>;
  router: Router;
  /** The holders of the interception: each open cassette is one. */
  readonly holds: Set<object>;
  patches: Patches | undefined;
}

const KEY = Symbol.for("vitest-cassette/interception/3");

const idle: Router = {
  active: () => false,
  route: () => undefined,
  offline: () => false,
  refuseLate: () => undefined,
  leftAlone: () => undefined,
  process: () => undefined,
  unrecorded: () => undefined,
  sender: () => ({ isKnown: false, enter: () => undefined, run: (body) => body() }),
};

/**
 * Exists once per worker, not once per copy of this module: with `--no-isolate`, in a monorepo, or if a bundler
 * inlines the package, the module runs more than once but must patch only once.
 */
export function interceptionState(): InterceptionState {
  const holder = globalThis as { [KEY]?: InterceptionState };
  holder[KEY] ??= { own: new AsyncLocalStorage(), router: idle, holds: new Set(), patches: undefined };
  return holder[KEY];
}
