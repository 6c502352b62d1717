import { AsyncLocalStorage } from "node:async_hooks";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import type { SenderContext } from "../sender-context.ts";
import { type CallSite, callSite } from "../sender-site.ts";
import { type Delivery, followDelivery } from "./delivery.ts";
import { watchedSessions } from "./watch-sessions.ts";

/** The client's side of one stream. */
export interface ClientRequest {
  /** Runs a function in the async context of the sender. */
  readonly inContext: SenderContext;
  readonly site: CallSite;
  readonly delivery: Delivery;
}

export type ClientRequests = Map<number, ClientRequest>;

/**
 * Notes who sends each request of a session that leads to the hub. Clients pool their sessions over several tests,
 * so the context of the connection says nothing. Both ends of a connection give a stream the same id.
 */
export function followRequests(session: ClientHttp2Session, requests: ClientRequests): void {
  const { followed, others } = watchedSessions();
  followed.add(session);
  others.delete(session);
  const original = session.request;
  session.request = function request(...args: Parameters<typeof original>): ClientHttp2Stream {
    const stream = original.apply(session, args);
    noteRequest(stream, requests, request);
    return stream;
  };
}

/** @param below - the function whose caller sends the request */
export function noteRequest(
  stream: ClientHttp2Stream,
  requests: ClientRequests,
  below: (...args: never[]) => unknown,
): void {
  const request: ClientRequest = {
    inContext: AsyncLocalStorage.snapshot() as SenderContext,
    site: callSite(below),
    delivery: followDelivery(stream),
  };
  const note = (): void => void (stream.id && requests.set(stream.id, request));
  // A request gets its id when it is sent. Before the session is connected, it waits.
  if (stream.id === undefined) stream.once("ready", note);
  else note();
}
