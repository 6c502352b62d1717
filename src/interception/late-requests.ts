import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type http from "node:http";
import type net from "node:net";
import { URL } from "node:url";
import { pause } from "../http/real-clock.ts";
import { Request } from "../http/web-api.ts";
import type { InterceptionState } from "./context.ts";
import { areSeveralApplied, copyOfOthers } from "./interceptor-copies.ts";
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
  const isLate = (): boolean => state.holds.size === 0 && !areSeveralApplied() && state.router.active();
  const holdForAWhile = (): void => void pause(GRACE).then(hold());
  // Published before undici connects: the sockets then catch the request.
  const byUndici = (): void => {
    if (isLate()) holdForAWhile();
  };
  // Published when node:http may have started to connect, before it sends anything.
  const byHttp = (message: unknown): void => {
    if (!isLate()) return;
    const isCaught = copyOfOthers() !== undefined;
    holdForAWhile();
    if (isCaught) return;
    const { request } = message as { readonly request: http.ClientRequest };
    const sender = AsyncLocalStorage.snapshot();
    request.once("socket", (socket: net.Socket) => {
      // A mocked socket leads nowhere.
      if ((socket as { _handle?: unknown })._handle) sender(() => refuse(state, request));
    });
  };
  subscribe("undici:request:create", byUndici);
  subscribe("http.client.request.created", byHttp);
  watch.owner = state;
  watch.stop = () => {
    unsubscribe("undici:request:create", byUndici);
    unsubscribe("http.client.request.created", byHttp);
  };
}

function refuse({ router }: InterceptionState, request: http.ClientRequest): void {
  const { method, protocol, host, path } = request;
  const url = URL.parse(path, `${protocol}//${host}`)?.href;
  const why = url && router.refuseLate({ method, url, request: () => new Request(url, { method }) });
  if (why) request.destroy(new Error(why));
}
