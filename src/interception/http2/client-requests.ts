import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { keptSenderOf, type SenderContext } from "../sender-context.ts";
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
 *
 * @param socket the client's end of the connection
 */
export function followRequests(session: ClientHttp2Session, requests: ClientRequests, socket: object): void {
  const { followed, others } = watchedSessions();
  followed.add(session);
  others.delete(session);
  const original = session.request;
  session.request = function request(...args: Parameters<typeof original>): ClientHttp2Stream {
    const stream = original.apply(session, args);
    noteRequest(stream, requests, { socket, below: request });
    return stream;
  };
}

interface Sent {
  /** The client's end of the connection. */
  readonly socket: object;
  /** The function whose caller sends the request. */
  readonly below: (...args: never[]) => unknown;
}

export function noteRequest(
  stream: ClientHttp2Stream,
  requests: ClientRequests,
  { socket, below }: Sent,
): void {
  const request: ClientRequest = {
    inContext: keptSenderOf(socket),
    site: callSite(below),
    delivery: followDelivery(stream),
  };
  const note = (): void => void (stream.id && requests.set(stream.id, request));
  // A request gets its id when it is sent. Before the session is connected, it waits.
  if (stream.id === undefined) stream.once("ready", note);
  else note();
}
