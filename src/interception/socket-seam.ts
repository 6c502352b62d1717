import { turn } from "../http/real-clock.ts";
import { type ClientConnection, followConnections } from "./client-connections.ts";
import type { InterceptionState } from "./context.ts";
import type { Router } from "./exchange.ts";
import type { InterceptorCopy, RequestEvent, RequestSource } from "./interceptor-copies.ts";
import { acceptTunnel, isPending, listenToRequests } from "./request-source.ts";
import { followSenders, senderOf } from "./sender-context.ts";
import { SocketExchange } from "./socket-exchange.ts";
import { respond } from "./socket-response.ts";

/**
 * Catches every client below fetch, and whatever fetch the global seam did not take: undici, `node:http`, a
 * `fetch` that was captured before a cassette opened.
 *
 * @param copy the applied copy of the interceptors
 * @param isOurs whether nobody else uses that copy
 * @returns a function that removes the seam, to be called while `copy` is still applied
 */
export function openSocketSeam(state: InterceptionState, copy: InterceptorCopy, isOurs: boolean): () => void {
  const connections = new WeakMap<RequestEvent, ClientConnection>();
  const source = copy.requests;
  const following = followConnections(copy.connections, () => state.router.active(), isOurs);
  const undo = [
    followSenders(),
    listenToRequests(source, {
      first(event) {
        const connection = following.current();
        if (connection !== undefined) connections.set(event, connection);
        senderOf(connection?.socket)(() => settleOwn(state, event, connection));
      },
      last(event) {
        const connection = connections.get(event);
        return senderOf(connection?.socket)(() => meet(state, source, event, connection));
      },
    }),
    following.stop,
  ];
  return () => {
    for (const each of undo.reverse()) each();
  };
}

/** Keeps requests that we have sent ourselves from everybody else. */
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
  source: RequestSource,
  event: RequestEvent,
  connection: ClientConnection | undefined,
): Promise<void> {
  if (!isPending(event) || !router.active()) return;
  const { request } = event;
  if (request.method === "CONNECT") return openTunnel(router, source, event);
  // Whoever takes a connection over does not speak HTTP on it.
  if (request.headers.has("upgrade")) return;
  const handler = router.route({ method: request.method, url: request.url, request: () => request });
  if (handler === undefined) return;
  // A client that asks for leave to send its body waits for this before it does.
  if (request.headers.get("expect")?.toLowerCase() === "100-continue") {
    connection?.socket?.push("HTTP/1.1 100 Continue\r\n\r\n");
  }
  const answer = await handler(new SocketExchange(request, connection?.route));
  // No server answers before the client has returned from its last write; got gives up if one does.
  await turn();
  if (isPending(event)) respond(event, answer, connection?.socket);
}

/** Asks no proxy for a way to a server that gets nothing. The URL of a CONNECT is host and port alone. */
async function openTunnel(router: Router, source: RequestSource, event: RequestEvent): Promise<void> {
  const { url: authority } = event.request;
  const url = URL.parse(`${authority.endsWith(":80") ? "http" : "https"}://${authority}/`)?.href;
  if (url === undefined || !router.offline(url)) return;
  await turn();
  if (isPending(event)) acceptTunnel(source, event);
}
