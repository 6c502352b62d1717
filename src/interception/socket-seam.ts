import { turn } from "../http/real-clock.ts";
import { type ClientConnection, followConnections } from "./client-connections.ts";
import type { InterceptionState } from "./context.ts";
import { restoreHeaders } from "./exact-headers.ts";
import type { Router } from "./exchange.ts";
import { acceptTunnel, isPending, listenToRequests, type RequestEvent } from "./request-source.ts";
import { followSenders, senderOf } from "./sender-context.ts";
import { SocketExchange } from "./socket-exchange.ts";
import { respond } from "./socket-response.ts";

/**
 * Catches every client below fetch, and whatever fetch the global seam did not take: undici, `node:http`,
 * a `fetch` that was captured before anything of ours was loaded.
 */
export function installSocketSeam(state: InterceptionState): void {
  const native = globalThis.Headers;
  const connections = new WeakMap<RequestEvent, ClientConnection>();
  followSenders();

  state.othersListen = listenToRequests({
    first(event) {
      const connection = connectionNow();
      if (connection !== undefined) connections.set(event, connection);
      senderOf(connection?.socket)(() => settleOwn(state, event, connection));
    },
    last(event) {
      const connection = connections.get(event);
      return senderOf(connection?.socket)(() => meet(state, event, connection));
    },
  });
  const connectionNow = followConnections(() => state.router.active());
  restoreHeaders(native);
}

/** Requests that we have sent ourselves are nobody else's business. */
function settleOwn(
  state: InterceptionState,
  event: RequestEvent,
  connection: ClientConnection | undefined,
): void {
  const own = state.own.getStore();
  if (own?.kind === "upstream") event.stopImmediatePropagation();
  if (own?.response === undefined || !isPending(event)) return;
  const { response } = own;
  own.response = undefined;
  event.stopImmediatePropagation();
  respond(event, { kind: "respond", response }, connection?.socket);
}

async function meet(
  { router }: InterceptionState,
  event: RequestEvent,
  connection: ClientConnection | undefined,
): Promise<void> {
  if (!isPending(event) || !router.active()) return;
  const { request } = event;
  if (request.method === "CONNECT") return openTunnel(router, event);
  // Who takes a connection over speaks no HTTP on it.
  if (request.headers.has("upgrade")) return;
  const handler = router.route({ method: request.method, url: request.url, request: () => request });
  if (handler === undefined) return;
  // A client that asks for leave to send its body waits for this before it does.
  if (request.headers.get("expect")?.toLowerCase() === "100-continue") {
    connection?.socket?.push("HTTP/1.1 100 Continue\r\n\r\n");
  }
  const answer = await handler(new SocketExchange(request, connection?.route));
  // No server answers before the client has returned from its last write; got gives up where one does.
  await turn();
  if (isPending(event)) respond(event, answer, connection?.socket);
}

/** Asks no proxy for a way to where nothing will be sent. Of a CONNECT the URL is host and port alone. */
async function openTunnel(router: Router, event: RequestEvent): Promise<void> {
  const { url: authority } = event.request;
  const url = URL.parse(`${authority.endsWith(":80") ? "http" : "https"}://${authority}/`)?.href;
  if (url === undefined || !router.offline(url)) return;
  await turn();
  if (isPending(event)) acceptTunnel(event);
}
