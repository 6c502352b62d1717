import type { ClientHttp2Session, ClientSessionOptions, SecureClientSessionOptions } from "node:http2";
import type tls from "node:tls";
import type { Dialled } from "./upstream.ts";

export type SessionOptions = ClientSessionOptions | SecureClientSessionOptions | undefined;

export type Connect = (
  authority: string | URL,
  options: SessionOptions,
  listener?: unknown,
) => ClientHttp2Session;

/** Waits until a session is connected. Nothing of it keeps the process alive: the client's own session does. */
export async function connected(session: ClientHttp2Session): Promise<Dialled> {
  await new Promise<void>((resolve, reject) => {
    session.once("connect", () => resolve());
    session.once("error", reject);
    session.once("close", () => reject(new Error("The HTTP/2 session closed before it was connected.")));
  });
  session.unref();
  return { kind: "http2", session };
}

/** Waits until a TLS connection is made, and speaks the protocol that the server chose. */
export async function negotiated(socket: tls.TLSSocket, connect: Connect): Promise<Dialled> {
  await new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", () => resolve());
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("The connection closed before TLS was negotiated.")));
  });
  if (socket.alpnProtocol !== "h2") return { kind: "http1", socket };
  // Each request names its own authority.
  return connected(connect("https://localhost", { createConnection: () => socket }));
}
