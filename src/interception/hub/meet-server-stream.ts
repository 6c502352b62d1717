import http2, { type ServerHttp2Stream } from "node:http2";
import net from "node:net";
import tls from "node:tls";
import { URL } from "node:url";
import { headerOf, pairsOf } from "../../http/headers.ts";
import type { InterceptionState } from "../context.ts";
import type { ConnectionFailure } from "../exchange.ts";
import { type Connect, connected, negotiated } from "../http2/dial.ts";
import { errorFrameOf, INTERNAL_ERROR } from "../http2/error-frame.ts";
import { linesOf } from "../http2/header-fields.ts";
import { streamHead } from "../http2/http2-exchange.ts";
import { meetStream } from "../http2/meet-stream.ts";
import { type Dialled, Upstream } from "../http2/upstream.ts";

/** Answers an HTTP/2 request at the hub, or connects it to the real server if no handler takes it. */
export function meetServerStream(
  state: InterceptionState,
  stream: ServerHttp2Stream,
  raw: readonly string[],
  url: string | undefined,
): void {
  if (url === undefined) {
    stream.respond({ ":status": 404 }, { endStream: true });
    return;
  }
  const upstream = new Upstream(
    () => dial(new URL(url)),
    () => undefined,
  );
  stream.once("close", () => upstream.close());
  const head = streamHead(headerOf(pairsOf(raw), ":method") ?? "GET", url, linesOf(raw));
  const fail = (failure: ConnectionFailure): void =>
    stream.close(errorFrameOf(failure)?.code ?? INTERNAL_ERROR);
  void meetStream(state, { stream, head, upstream, fail });
}

/** Connects as a client without settings of its own would. */
function dial({ protocol, hostname, port, origin }: URL): Promise<Dialled> {
  const connect = http2.connect as Connect;
  if (protocol === "http:") return connected(connect(origin, undefined));
  const host = hostname.replace(/^\[|\]$/g, "");
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const socket = tls.connect({
    host,
    port: Number(port || 443),
    ALPNProtocols: ["h2", "http/1.1"],
    ...servername,
  });
  return negotiated(socket, connect);
}
