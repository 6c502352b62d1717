import { URL } from "node:url";
import { turn } from "../http/real-clock.ts";
import { type ClientConnection, followConnections } from "./client-connections.ts";
import type { InterceptionState } from "./context.ts";
import type { Router } from "./exchange.ts";
import { negotiableUpstream } from "./http2/negotiable.ts";
import type { InterceptorCopy, RequestEvent, RequestSource } from "./interceptor-copies.ts";
import { acceptTunnel, isPending, listenToRequests } from "./request-source.ts";
import { senderOf } from "./sender-context.ts";
import { SocketExchange } from "./socket-exchange.ts";
import { respond } from "./socket-response.ts";
import type { ReportUnrecorded } from "./unrecorded/unrecorded-traffic.ts";
import { reporter } from "./unrecorded/watch-unrecorded.ts";

/**
 * Catches every client below fetch, and every fetch that the fetch seam did not take: undici, `node:http`, a `fetch`
 * that was captured before a cassette opened.
 *
 * @param copy the applied copy of the interceptors
 * @param isOurs whether that copy is our own
 * @returns a function that removes the seam; call it while `copy` is still applied
 */
export function openSocketSeam(state: InterceptionState, copy: InterceptorCopy, isOurs: boolean): () => void {
  const connections = new WeakMap<RequestEvent, ClientConnection>();
  const source = copy.requests;
  const report = reporter(state);
  const following = followConnections(copy.connections, state, isOurs, report);
  const undo = [
    listenToRequests(source, {
      first(event) {
        const connection = following.current();
        if (connection !== undefined) connections.set(event, connection);
        senderOf(connection?.socket)(() => {
          if (connection !== undefined) connection.sender = state.router.sender();
          settleOwn(state, event, connection);
        });
      },
      last(event) {
        const connection = connections.get(event);
        return senderOf(connection?.socket)(() => meet(state, source, event, connection, report));
      },
    }),
    following.stop,
  ];
  return () => {
    for (const each of undo.reverse()) each();
  };
}

/** Hides the requests that we send ourselves from all other listeners. */
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
  report: ReportUnrecorded,
): Promise<void> {
  if (!isPending(event) || !router.active()) return;
  const { request } = event;
  if (request.method === "CONNECT") return openTunnel(router, source, event);
  const upgrade = request.headers.get("upgrade");
  // An upgraded connection is no longer HTTP.
  if (upgrade !== null) {
    report({ way: "upgrade", url: upgradedUrl(request.url, upgrade), site: connection?.site ?? {} });
    return;
  }
  const head = { method: request.method, url: request.url, request: () => request };
  const handler = router.route(head);
  if (handler === undefined) {
    const onError = router.leftAlone(head);
    if (connection !== undefined) connection.onError = onError;
    return;
  }
  // A client that sent `expect: 100-continue` waits for this before it sends its body.
  if (request.headers.get("expect")?.toLowerCase() === "100-continue") {
    connection?.socket?.push("HTTP/1.1 100 Continue\r\n\r\n");
  }
  const upstream = negotiableUpstream(connection?.socket);
  const answer = await handler(new SocketExchange(request, connection?.route, upstream));
  // A real server never answers before the client returns from its last write; got fails if one does.
  await turn();
  if (isPending(event)) respond(event, answer, connection?.socket);
}

function upgradedUrl(url: string, protocol: string): string {
  return protocol.toLowerCase() === "websocket" ? url.replace(/^http/, "ws") : url;
}

/** Answers a CONNECT itself if nothing will reach the server. The URL of a CONNECT is only host and port. */
async function openTunnel(router: Router, source: RequestSource, event: RequestEvent): Promise<void> {
  const { url: authority } = event.request;
  const url = URL.parse(`${authority.endsWith(":80") ? "http" : "https"}://${authority}/`)?.href;
  if (url === undefined || !router.offline(url)) return;
  await turn();
  if (isPending(event)) acceptTunnel(source, event);
}
