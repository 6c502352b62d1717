import { createHash } from "node:crypto";
import { once } from "node:events";
import http, { type Server as HttpServer, type IncomingMessage } from "node:http";
import http2, { type Http2Server } from "node:http2";
import net, { type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";

/** Servers of what is no plain HTTP: all on 127.0.0.1. */
export interface TrafficServers extends AsyncDisposable {
  /** Says `hello` first, then gives lines back in upper case until it reads `bye`. */
  readonly greeter: number;
  /** Waits for its client, gives what it reads back, and ends when its client ends. */
  readonly echo: number;
  /** The same over TLS, with the certificate given. */
  readonly secureEcho: number;
  /** WebSocket on `/socket`, a protocol of its own on `/other`. */
  readonly upgrade: number;
  readonly http2: number;
  /** Nobody listens there. */
  readonly closed: number;
}

export async function startTrafficServers(pair: {
  key: string;
  certificate: string;
}): Promise<TrafficServers> {
  const sockets = new Set<Duplex>();
  const greeter = net.createServer((socket) => {
    socket.write("hello\n");
    socket.on("data", (data) => {
      // A busy machine may deliver two lines at once.
      for (const line of String(data).match(/.*\n/g) ?? []) {
        if (line === "bye\n") socket.end("bye\n");
        else socket.write(line.toUpperCase());
      }
    });
  });
  const echo = net.createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  const secureEcho = tls.createServer({ key: pair.key, cert: pair.certificate }, (socket) =>
    socket.pipe(socket),
  );
  const upgrade = http.createServer((_, response) => response.writeHead(426).end("upgrade, please"));
  upgrade.on("upgrade", switchProtocols);
  const session = http2.createServer((request, response) => {
    response.writeHead(200, { "x-path": request.url });
    response.end(`${request.method} over 2`);
  });
  const gone = net.createServer();
  const all: (Server | HttpServer | Http2Server)[] = [greeter, echo, secureEcho, upgrade, session, gone];
  const ports = await Promise.all(
    all.map(async (server) => {
      server.on("connection", (socket: Socket) => {
        sockets.add(socket);
        socket.on("error", () => socket.destroy());
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    }),
  );
  await new Promise((resolve) => gone.close(resolve));
  const [greeterPort = 0, echoPort = 0, securePort = 0, upgradePort = 0, http2Port = 0, closed = 0] = ports;
  return {
    greeter: greeterPort,
    echo: echoPort,
    secureEcho: securePort,
    upgrade: upgradePort,
    http2: http2Port,
    closed,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        all
          .filter(({ listening }) => listening)
          .map((server) => new Promise((resolve) => server.close(resolve))),
      );
    },
  };
}

/** Opcode of a WebSocket's last frame. */
const CLOSE = 8;

function switchProtocols(request: IncomingMessage, socket: Duplex): void {
  socket.on("error", () => socket.destroy());
  if (request.url === "/other") {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\nfirst;");
    socket.on("data", (data) => socket.end(`last: ${String(data)}`));
    return;
  }
  const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash("sha1").update(key).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on("data", (frame: Buffer) => {
    socket.write(answerTo(frame));
    if (((frame[0] ?? 0) & 0x0f) === CLOSE) socket.end();
  });
}

/** The text of a short masked frame in a text frame of its own; the close frame as it is. */
function answerTo(frame: Buffer): Buffer {
  const opcode = (frame[0] ?? 0) & 0x0f;
  const length = (frame[1] ?? 0) & 0x7f;
  const mask = frame.subarray(2, 6);
  const payload = frame.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  const answer = opcode === CLOSE ? payload : Buffer.concat([Buffer.from("echo "), payload]);
  return Buffer.concat([Buffer.from([0x80 | opcode, answer.length]), answer]);
}

/** All events of a client's socket until it closes, with what it read in one piece. */
export async function conversation(socket: Socket, lines: readonly string[]): Promise<unknown> {
  const events: string[] = [];
  let read = "";
  const note = (event: string): void => {
    if (events.at(-1) !== event) events.push(event);
  };
  for (const event of ["connect", "secureConnect", "ready", "end", "close"])
    socket.on(event, () => note(event));
  socket.on("error", (error: NodeJS.ErrnoException) => note(`error ${error.code} ${error.message}`));
  let peer: unknown;
  socket.on("connect", () => {
    const { remoteAddress, remotePort, remoteFamily } = socket;
    peer = { remoteAddress, remotePort, remoteFamily };
  });
  socket.on("data", (data) => {
    note("data");
    read += String(data);
  });
  for (const line of lines) {
    socket.write(line);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  socket.end();
  if (!events.includes("close")) await new Promise((resolve) => socket.once("close", resolve));
  const { bytesWritten, bytesRead, readableEnded, writableFinished } = socket;
  return { events, read, peer, bytesWritten, bytesRead, readableEnded, writableFinished };
}
