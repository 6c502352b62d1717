import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A proxy on 127.0.0.1, the only one to know the way to hosts that no name server has: all are on this machine. */
export interface ProxyServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What it was asked for so far: `CONNECT host:port`, or the method and the whole URL. */
  readonly asked: readonly string[];
}

export async function startProxyServer(): Promise<ProxyServer> {
  const asked: string[] = [];
  const sockets = new Set<Duplex>();
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { port, pathname, search } = new URL(request.url ?? "");
    const { method, headers } = request;
    const onward = http.request({ host: "127.0.0.1", port, path: pathname + search, method, headers });
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.statusMessage, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  server.on("connect", (request, socket, head: Buffer) => {
    asked.push(`CONNECT ${request.url}`);
    const onward = net.connect(Number(request.url?.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
