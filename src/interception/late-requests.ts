import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type http from "node:http";
import { URL } from "node:url";
import { pause } from "../http/real-clock.ts";
import { Request } from "../http/web-api.ts";
import type { InterceptionState } from "./context.ts";
import { workerWide } from "./worker-wide.ts";

/** How long a late request can take to reach the sockets, in milliseconds. */
const GRACE = 1000;

interface Watch {
  owner: InterceptionState | undefined;
  stop(): void;
}

/**
 * Refuses requests that a test sends after its last cassette closed, although nothing is patched: they would reach
 * the network. Only listens to the diagnostics of Node and undici.
 *
 * @param hold catches traffic until the function that it returns is called
 */
export function catchLateRequests(state: InterceptionState, hold: () => () => void): void {
  const watch = workerWide<Watch>("late requests", () => ({ owner: undefined, stop: () => undefined }));
  if (watch.owner === state) return;
  watch.stop();
  const isLate = (): boolean => state.holds.size === 0 && state.router.active();
  // Published before undici connects, so its connection is caught at the sockets.
  const byUndici = (): void => {
    if (isLate()) void pause(GRACE).then(hold());
  };
  // Published when node:http starts to connect, before it sends anything.
  const byHttp = (message: unknown): void => {
    if (!isLate()) return;
    const { request } = message as { readonly request: http.ClientRequest };
    const { method } = request;
    const url = urlOf(request);
    const why = url && state.router.refuseLate({ method, url, request: () => new Request(url, { method }) });
    if (why !== undefined) request.destroy(new Error(why));
  };
  subscribe("undici:request:create", byUndici);
  subscribe("http.client.request.created", byHttp);
  watch.owner = state;
  watch.stop = () => {
    unsubscribe("undici:request:create", byUndici);
    unsubscribe("http.client.request.created", byHttp);
  };
}

function urlOf({ protocol, host, path }: http.ClientRequest): string | undefined {
  return URL.parse(path, `${protocol}//${host}`)?.href;
}
