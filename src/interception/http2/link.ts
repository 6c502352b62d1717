import http2, {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type net from "node:net";
import type { InterceptionState } from "../context.ts";
import { ConnectionFailure } from "../exchange.ts";
import { CLOSED_EARLY, systemError } from "../system-error.ts";
import { answerStream } from "./answer-stream.ts";
import { type ClientRequest, type ClientRequests, followRequests, noteRequest } from "./client-requests.ts";
import { errorFrameOf, INTERNAL_ERROR, REFUSED_STREAM } from "./error-frame.ts";
import { linesOf, urlOf } from "./header-fields.ts";
import { Http2Exchange, type StreamHead, streamHead } from "./http2-exchange.ts";
import type { Hub } from "./hub.ts";
import { passOn } from "./pass-on.ts";
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
  constructor(state: InterceptionState, hub: Hub, dial: Dial) {
    this.#state = state;
    this.#upstream = new Upstream(dial, () => this.#server?.session.close());
    this.socket = hub.connect((socket) => this.#serve(socket));
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
        const method = headers[":method"] ?? "GET";
        const url = urlOf(headers);
        const meet = (): void => {
          if (url === undefined) stream.close(REFUSED_STREAM);
          else void this.#meet(stream, streamHead(method, url, linesOf(raw)), request);
        };
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

  /** Never rejects. */
  async #meet(
    stream: ServerHttp2Stream,
    head: StreamHead,
    request: ClientRequest | undefined,
  ): Promise<void> {
    const { router } = this.#state;
    const fail = (failure: ConnectionFailure): void => this.#fail(stream, failure);
    try {
      const handler = router.active() ? router.route(head) : undefined;
      if (handler === undefined) {
        const onError = router.active() ? router.leftAlone(head) : undefined;
        await this.#passOn(stream, head, (failure) => {
          onError?.(failure);
          fail(failure);
        });
        return;
      }
      // The client waits for this before it sends its body.
      if (head.headers.some(([name, value]) => name === "expect" && value === "100-continue")) {
        stream.additionalHeaders({ ":status": 100 });
      }
      const exchange = new Http2Exchange(stream, head, this.#upstream, request?.site.stack);
      const answer = await handler(exchange);
      await answerStream(stream, answer, { method: head.method, delivery: request?.delivery, fail });
    } catch {
      // The client reset the stream, or the test was told what went wrong.
      if (!stream.destroyed) stream.close(INTERNAL_ERROR);
    }
  }

  async #passOn(
    stream: ServerHttp2Stream,
    head: StreamHead,
    fail: (failure: ConnectionFailure) => void,
  ): Promise<void> {
    const upstream = this.#upstream;
    try {
      const dialled = await upstream.connect();
      if (dialled.kind === "http1") {
        const exchange = new Http2Exchange(stream, head, upstream, undefined);
        const response = await exchange.send(exchange.signal);
        await answerStream(
          stream,
          { kind: "respond", response },
          { method: head.method, delivery: undefined, fail },
        );
        return;
      }
      const endStream = stream.endAfterHeaders;
      passOn(stream, upstream.open(dialled.session, head, { endStream, waitForTrailers: !endStream }), fail);
    } catch (error) {
      if (!(error instanceof ConnectionFailure)) throw error;
      if (!stream.destroyed) fail(error);
    }
  }

  #fail(stream: ServerHttp2Stream, failure: ConnectionFailure): void {
    const frame = errorFrameOf(failure);
    if (frame?.kind === "reset") stream.close(frame.code);
    else if (frame?.kind === "goaway") this.#server?.session.destroy(undefined, frame.code);
    else if (failure.code === CLOSED_EARLY || this.#client === undefined) this.#server?.socket.destroy();
    else this.#client.destroy(systemError(failure));
  }
}
