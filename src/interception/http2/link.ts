import http2, {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type net from "node:net";
import type { InterceptionState } from "../context.ts";
import type { ConnectionFailure } from "../exchange.ts";
import { connectToHub } from "../hub/hub.ts";
import { CLOSED_EARLY, systemError } from "../system-error.ts";
import { type ClientRequest, type ClientRequests, followRequests, noteRequest } from "./client-requests.ts";
import { errorFrameOf, REFUSED_STREAM } from "./error-frame.ts";
import { linesOf, urlOf } from "./header-fields.ts";
import { streamHead } from "./http2-exchange.ts";
import { meetStream } from "./meet-stream.ts";
import { type Dial, Upstream } from "./upstream.ts";

/** Limits that no client and no response reaches. `maxSessionMemory` is in megabytes. */
const SERVER: http2.ServerSessionOptions = {
  maxHeaderListPairs: 10_000,
  maxSendHeaderBlockLength: 2 ** 24,
  maxSessionMemory: 4096,
};

/** One HTTP/2 connection of a client that leads to the hub instead of its real server. */
export class Link {
  /** The client's end. */
  readonly socket: net.Socket;
  readonly #state: InterceptionState;
  readonly #upstream: Upstream;
  readonly #requests: ClientRequests = new Map();
  #client: ClientHttp2Session | undefined;
  #server: { readonly session: ServerHttp2Session; readonly socket: net.Socket } | undefined;

  /** @param dial opens a connection to the real server, as the client would have */
  constructor(state: InterceptionState, dial: Dial) {
    this.#state = state;
    this.#upstream = new Upstream(dial, () => this.#server?.session.close());
    this.socket = connectToHub((socket) => this.#serve(socket));
  }

  /** Follows the requests of the session that the client opened on this connection. */
  follow(session: ClientHttp2Session): void {
    this.#client = session;
    followRequests(session, this.#requests, this.socket);
  }

  /** Notes who sent a stream that was sent before its session was followed. */
  note(stream: ClientHttp2Stream): void {
    noteRequest(stream, this.#requests, { socket: this.socket, below: this.note });
  }

  #serve(socket: net.Socket): void {
    const session = http2.performServerHandshake(socket, SERVER);
    this.#server = { session, socket };
    // The client sees how its own end fails.
    session.on("error", () => undefined);
    session.on("close", () => this.#upstream.close());
    session.on(
      "stream",
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
        stream.on("error", () => undefined);
        const request = this.#takeRequest(stream);
        const url = urlOf(headers);
        if (url === undefined) {
          stream.close(REFUSED_STREAM);
          return;
        }
        const head = streamHead(headers[":method"] ?? "GET", url, linesOf(raw));
        const upstream = this.#upstream;
        const fail = (failure: ConnectionFailure): void => this.#fail(stream, failure);
        const meet = (): void => void meetStream(this.#state, { stream, head, upstream, request, fail });
        if (request === undefined) meet();
        else request.inContext(meet);
      },
    );
  }

  #takeRequest({ id }: ServerHttp2Stream): ClientRequest | undefined {
    const request = this.#requests.get(id as number);
    this.#requests.delete(id as number);
    return request;
  }

  #fail(stream: ServerHttp2Stream, failure: ConnectionFailure): void {
    const frame = errorFrameOf(failure);
    if (frame?.kind === "reset") stream.close(frame.code);
    else if (frame?.kind === "goaway") this.#server?.session.destroy(undefined, frame.code);
    else if (failure.code === CLOSED_EARLY || this.#client === undefined) this.#server?.socket.destroy();
    else this.#client.destroy(systemError(failure));
  }
}
