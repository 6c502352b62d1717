import type { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import net from "node:net";
import { connectUnseen } from "../connect-unseen.ts";

/** Serves one connection from its first byte. */
export type Serve = (socket: net.Socket) => void;

const TOKEN_BYTES = 16;
const TOKEN_LENGTH = TOKEN_BYTES * 2;

/**
 * The loopback server of this worker. Clients that we redirect here speak to it instead of their real server.
 *
 * Each connection begins with a token that is used once, so no other process can use the server. It starts with the
 * first connection, and never keeps the process alive.
 */
export class Hub {
  readonly #expected = new Map<string, Serve>();
  #server: net.Server | undefined;

  /** Opens a connection to the hub. It is still connecting. */
  connect(serve: Serve): net.Socket {
    this.#server ??= listening((socket) => this.#greet(socket));
    const token = randomBytes(TOKEN_BYTES).toString("hex");
    this.#expected.set(token, serve);
    const socket = new net.Socket();
    socket.once("close", () => this.#expected.delete(token));
    connectUnseen(socket, (this.#server.address() as net.AddressInfo).port);
    socket.write(token);
    return socket;
  }

  #greet(socket: net.Socket): void {
    socket.unref();
    // How a connection fails is of interest to its client only.
    socket.on("error", () => undefined);
    const readToken = (): void => {
      const bytes = socket.read(TOKEN_LENGTH) as Buffer | null;
      if (bytes === null) return;
      socket.off("readable", readToken);
      const token = bytes.toString("latin1");
      const serve = this.#expected.get(token);
      this.#expected.delete(token);
      if (serve === undefined) socket.destroy();
      else serve(socket);
    };
    socket.on("readable", readToken);
  }
}

/**
 * Starts a server that listens when this returns: clients need a socket that connects at once. `listen` with a host
 * looks the host up first, which takes a turn of the event loop.
 */
function listening(onConnection: (socket: net.Socket) => void): net.Server {
  const { _createServerHandle: create } = net as unknown as {
    _createServerHandle(address: string, port: number, family: 4): number | object;
  };
  const handle = create("127.0.0.1", 0, 4);
  if (typeof handle === "number") {
    throw new Error(`Failed to start the server for HTTP/2 clients: the system refused a port (${handle}).`);
  }
  const server = net.createServer(onConnection);
  server.listen(handle);
  return server.unref();
}
