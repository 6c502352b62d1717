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
  #port: Promise<number> | undefined;

  /** Opens a connection to the hub. It is still connecting. */
  connect(serve: Serve): net.Socket {
    const token = randomBytes(TOKEN_BYTES).toString("hex");
    this.#expected.set(token, serve);
    const socket = new net.Socket();
    // The port is not known yet. Clients wait for "connect" as for any connection.
    Object.assign(socket, { connecting: true });
    socket.write(token);
    socket.once("close", () => this.#expected.delete(token));
    this.#port ??= this.#listen();
    this.#port.then(
      (port) => {
        if (!socket.destroyed) connectUnseen(socket, port);
      },
      (error: unknown) => socket.destroy(error as Error),
    );
    return socket;
  }

  #listen(): Promise<number> {
    const server = net.createServer((socket) => this.#greet(socket));
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => resolve((server.address() as net.AddressInfo).port));
      server.unref();
    });
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
