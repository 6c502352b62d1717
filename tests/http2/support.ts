import http2, { type ClientHttp2Session, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { selfSignedCertificate } from "../support/provider-server/self-signed-certificate.ts";

type OnStream = (stream: ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => unknown;

export interface Http2Server extends AsyncDisposable {
  readonly url: string;
  readonly certificate: string | undefined;
  /** Paths of all requests so far. */
  readonly paths: readonly string[];
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts an HTTP/2 server on 127.0.0.1. */
export async function startHttp2Server(
  onStream: OnStream,
  { tls = false, port = 0 }: { readonly tls?: boolean; readonly port?: number } = {},
): Promise<Http2Server> {
  const pair = tls ? selfSignedCertificate() : undefined;
  const server = pair
    ? http2.createSecureServer({ key: pair.key, cert: pair.certificate })
    : http2.createServer();
  const sockets = new Set<Socket>();
  const paths: string[] = [];
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  server.on("sessionError", () => undefined);
  server.on("stream", (stream: ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
    stream.on("error", () => undefined);
    paths.push(headers[":path"] ?? "");
    void onStream(stream, headers);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate: pair?.certificate,
    paths,
    get connections() {
      return connections;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The headers without the symbols that Node puts on them. */
export function plain(headers: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers));
}

export interface Got {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly chunks: readonly string[];
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly error: string | undefined;
  readonly rstCode: number | undefined;
}

/** Sends one request on a session and reads all that comes back, chunk by chunk. */
export function send(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<Got> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let status: number | undefined;
  let got: Record<string, unknown> = {};
  let trailers: Record<string, unknown> = {};
  let error: string | undefined;
  const chunks: string[] = [];
  stream.on("response", ({ ":status": code, ...rest }) => {
    status = code;
    got = plain(rest);
  });
  stream.on("trailers", (received) => {
    trailers = plain(received);
  });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  stream.on("error", (thrown: NodeJS.ErrnoException) => {
    error = `${thrown.code}: ${thrown.message}`;
  });
  return new Promise((resolve) => {
    stream.on("close", () =>
      resolve({ status, headers: got, chunks, trailers, error, rstCode: stream.rstCode }),
    );
  });
}

/** Opens a session, runs `body`, and closes the session. */
export async function withSession<T>(
  url: string,
  body: (session: ClientHttp2Session) => Promise<T>,
  options: http2.SecureClientSessionOptions = {},
): Promise<T> {
  const session = http2.connect(url, options);
  session.on("error", () => undefined);
  try {
    return await body(session);
  } finally {
    session.close();
  }
}
