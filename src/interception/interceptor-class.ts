import { createRequire } from "node:module";

type Interceptors = typeof import("@mswjs/interceptors/http");
type InterceptorClass = Interceptors["HttpRequestInterceptor"];

let known: InterceptorClass | undefined;

/**
 * Returns the class of the interceptors. Loads it on the first call: it takes longer than all else that a test file
 * needs, and no file that only replays `fetch` needs it.
 */
export function interceptorClass(): InterceptorClass {
  known ??= (createRequire(import.meta.url)("@mswjs/interceptors/http") as Interceptors)
    .HttpRequestInterceptor;
  return known;
}

/** Sets the class if it cannot be loaded later. */
export function setInterceptorClass(loaded: InterceptorClass): void {
  known = loaded;
}
