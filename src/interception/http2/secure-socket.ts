import type net from "node:net";
import type tls from "node:tls";
import { realSetImmediate } from "../../http/real-clock.ts";

/** Makes a connection to the hub look to its client like a TLS connection on which HTTP/2 was negotiated. */
export function lookSecure(socket: net.Socket, servername: string | undefined): net.Socket {
  const traits: Partial<tls.TLSSocket> = {
    encrypted: true,
    authorized: true,
    alpnProtocol: "h2",
    getPeerCertificate: () => ({}) as tls.DetailedPeerCertificate,
    getCipher: () => ({
      name: "TLS_AES_256_GCM_SHA384",
      standardName: "TLS_AES_256_GCM_SHA384",
      version: "TLSv1.3",
    }),
    getProtocol: () => "TLSv1.3",
    getSession: () => undefined,
    isSessionReused: () => false,
  };
  Object.assign(socket, traits, { servername, secureConnecting: true });
  socket.once("connect", () => {
    Object.assign(socket, { secureConnecting: false });
    realSetImmediate(() => socket.emit("secureConnect"));
  });
  return socket;
}
