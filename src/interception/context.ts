import { AsyncLocalStorage } from "node:async_hooks";
import type { ExchangeResponse, Router } from "./exchange.ts";

/** How a request that we sent ourselves is told from one that a client sent. */
export interface OwnRequest {
  /** `upstream`: a request on its way to the live provider, to be left alone by every seam. */
  readonly kind: "upstream" | "redirect";
  /** With `redirect`: the response that the first request of this context is answered with. */
  response?: ExchangeResponse | undefined;
}

/** State of the worker, shared by all copies of this module in it. */
export interface InterceptionState {
  readonly own: AsyncLocalStorage<OwnRequest>;
  router: Router;
  installed: boolean;
  /** Whether somebody else, such as a user's msw server, wants to see requests before we do. */
  othersListen: () => boolean;
}

const KEY = Symbol.for("vitest-cassette/interception/1");

const idle: Router = { active: () => false, route: () => undefined, offline: () => false };

/**
 * One for each worker and not for each copy of this module: with `--no-isolate`, in a monorepo, or where a
 * bundler inlines the package, the module is evaluated more than once and must still patch only once.
 */
export function interceptionState(): InterceptionState {
  const holder = globalThis as { [KEY]?: InterceptionState };
  holder[KEY] ??= {
    own: new AsyncLocalStorage(),
    router: idle,
    installed: false,
    othersListen: () => false,
  };
  return holder[KEY];
}
