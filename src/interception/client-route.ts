import net from "node:net";
import tls from "node:tls";
import { URL } from "node:url";

/** How a client reaches its server: lookup, proxy or socket file, and certificates. */
export interface ClientRoute {
  /** Opens a connection like the client's, which can still be connecting. Give it back with `release`. */
  connect(): Promise<net.Socket>;
  /** Takes a connection back when a request on it is over. */
  release(socket: net.Socket): void;
  /** Whether the client speaks to a proxy, which needs the whole URL. */
  leadsToProxy(url: URL): boolean;
}

/** The address that a client asked for. */
export interface Peer {
  readonly host?: string | null;
  readonly port?: number | string | null;
}

/**
 * Returns the route of the client whose end of the connection is `socket`.
 *
 * @param connect opens one more connection like the client's
 */
export function clientRoute(socket: net.Socket, peer: Peer, connect: () => net.Socket): ClientRoute {
  const secure = socket instanceof tls.TLSSocket;
  // TLS over an existing connection, such as a tunnel through a proxy: there is only this one.
  const pool = secure && !socket.connecting ? theOnlyOne(socket, connect) : oneEach(connect);
  return { ...pool, leadsToProxy: (url) => !secure && isElsewhere(peer, url) };
}

type Pool = Pick<ClientRoute, "connect" | "release">;

/** Opens one connection per request: an idle one could be closed just when it is reused. */
function oneEach(connect: () => net.Socket): Pool {
  return { connect: async () => connect(), release: (used) => used.destroy() };
}

/** Keeps one connection as long as the client keeps its own, which sends one request after another. */
function theOnlyOne(client: net.Socket, connect: () => net.Socket): Pool {
  let kept: net.Socket | undefined;
  let free = Promise.resolve();
  let setFree = (): void => undefined;
  client.once("close", () => kept?.destroy());
  return {
    async connect() {
      await free;
      free = new Promise((resolve) => {
        setFree = resolve;
      });
      return kept?.destroyed === false ? kept.ref() : connect();
    },
    release(used) {
      if (client.destroyed) used.destroy();
      else kept = used.unref();
      setFree();
    },
  };
}

function isElsewhere({ host, port }: Peer, url: URL): boolean {
  // A socket file has no port and no proxy.
  if (port === undefined || port === null) return false;
  const name = net.isIPv6(host ?? "") ? `[${host}]` : (host ?? "localhost");
  return URL.parse(`http://${name}:${port}`)?.host !== url.host;
}
