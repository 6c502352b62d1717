import type { RequestEvent, RequestListener, RequestSource } from "./interceptor-copies.ts";

export interface RequestListeners {
  /** Asked before anybody else. Has to decide at once, and stops the event if nobody else may see it. */
  readonly first: (event: RequestEvent) => void;
  /** Asked if nobody else has answered: handlers that a user has set up come before a tape. */
  readonly last: (event: RequestEvent) => unknown;
}

const PENDING = 0;

export function isPending({ controller }: RequestEvent): boolean {
  return controller.readyState === PENDING;
}

/**
 * Listens to the requests of `source`.
 *
 * @returns a function that stops it
 */
export function listenToRequests(source: RequestSource, { first, last }: RequestListeners): () => void {
  const on = source.on;
  source.emitter.earlyOn("request", first);
  on("request", last);
  // Listeners are asked in the order in which they were added. Move ours to the end after each new one.
  const onLast = (type: "request" | "response", listener: RequestListener, options?: object): unknown => {
    const result = on(type, listener, options);
    if (type === "request") {
      source.removeListener("request", last);
      on("request", last);
    }
    return result;
  };
  source.on = onLast;
  return () => {
    if (source.on === onLast) source.on = on;
    source.removeListener("request", first);
    source.removeListener("request", last);
  };
}

/** Tells a client that the proxy has opened the tunnel. What the client sends through it comes as requests of their own. */
export function acceptTunnel(source: RequestSource, { controller }: RequestEvent): void {
  // While somebody listens for responses, the interceptors complete the client's connection before they begin
  // the tunnel. Otherwise undici connects in the middle of that, and Node ends the process.
  const nobody = (): void => undefined;
  source.on("response", nobody);
  controller.respondWith(new Response(null, { status: 200, statusText: "Connection established" }));
  source.removeListener("response", nobody);
}
