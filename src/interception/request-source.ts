import { Response } from "../http/web-api.ts";
import type { RequestEvent, RequestListener, RequestSource } from "./interceptor-copies.ts";

export interface RequestListeners {
  /** Called before all other listeners. Must decide synchronously. Stops the event to hide it from the others. */
  readonly first: (event: RequestEvent) => void;
  /** Called if no other listener answered: a user's own handlers come before a tape. */
  readonly last: (event: RequestEvent) => unknown;
}

const PENDING = 0;

export function isPending({ controller }: RequestEvent): boolean {
  return controller.readyState === PENDING;
}

/**
 * Listens to the requests of `source`.
 *
 * @returns a function that stops listening
 */
export function listenToRequests(source: RequestSource, { first, last }: RequestListeners): () => void {
  const on = source.on;
  source.emitter.earlyOn("request", first);
  on("request", last);
  // Listeners are called in the order in which they were added. Moves ours to the end after each new one.
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

/** Tells a client that the proxy opened the tunnel. Requests through the tunnel are caught separately. */
export function acceptTunnel(source: RequestSource, { controller }: RequestEvent): void {
  // With a listener for responses, the interceptors complete the client's connection before they begin the tunnel.
  // Without one, undici connects in the middle of that, and Node ends the process.
  const ignore = (): void => undefined;
  source.on("response", ignore);
  controller.respondWith(new Response(null, { status: 200, statusText: "Connection established" }));
  source.removeListener("response", ignore);
}
