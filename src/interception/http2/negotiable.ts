import type tls from "node:tls";
import { type Dial, Upstream } from "./upstream.ts";

const upstreams = new WeakMap<object, Upstream>();

/**
 * Notes that the client of `socket` offered HTTP/2 but did not prefer it. It speaks HTTP/1.1 to us, and its server
 * may only speak HTTP/2.
 *
 * @param dial connects to the server as the client would have
 */
export function noteNegotiable(socket: tls.TLSSocket, dial: Dial): tls.TLSSocket {
  const upstream = new Upstream(dial, () => undefined);
  upstreams.set(socket, upstream);
  socket.once("close", () => upstream.close());
  return socket;
}

/** Returns the server of a client that offered HTTP/2 on this connection. */
export function negotiableUpstream(socket: object | undefined): Upstream | undefined {
  return socket && upstreams.get(socket);
}
