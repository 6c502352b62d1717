import net from "node:net";
import tls from "node:tls";

/** How a client reaches its server: by what lookup, proxy or socket file, and with which certificates. */
export interface ClientRoute {
  /** Resolves to a connection like the client's, which may still be on its way, to be given back. */
  connect(): Promise<net.Socket>;
  /** Takes a connection back when a request on it is over. */
  release(socket: net.Socket): void;
  /** Whether it is a proxy that the client speaks to there, which has to be told the whole URL. */
  leadsToProxy(url: URL): boolean;
}

/** What a client asked to be connected to. */
export interface Peer {
  readonly host?: string | null;
  readonly port?: number | string | null;
}

/**
 * The way of a client whose end of the connection is `socket`.
 *
 * @param connect opens one more connection like the client's
 */
export function clientRoute(socket: net.Socket, peer: Peer, connect: () => net.Socket): ClientRoute {
  const secure = socket instanceof tls.TLSSocket;
  // TLS over a connection that was there before, such as a tunnel that a proxy has opened: there is but this one.
  const pool = secure && !socket.connecting ? theOnlyOne(socket, connect) : oneEach(connect);
  return { ...pool, leadsToProxy: (url) => !secure && isElsewhere(peer, url) };
}

type Pool = Pick<ClientRoute, "connect" | "release">;

/** One connection a request, as an idle one may be closed just when it is used again. */
function oneEach(connect: () => net.Socket): Pool {
  return { connect: async () => connect(), release: (used) => used.destroy() };
}

/** One connection for as long as the client keeps its own, which brings one request after another. */
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
  // A socket file has no port, and no proxy behind it.
  if (port === undefined || port === null) return false;
  const name = net.isIPv6(host ?? "") ? `[${host}]` : (host ?? "localhost");
  return URL.parse(`http://${name}:${port}`)?.host !== url.host;
}
