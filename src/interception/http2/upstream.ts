import { STATUS_CODES } from "node:http";
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  ClientSessionRequestOptions,
  IncomingHttpHeaders,
} from "node:http2";
import type net from "node:net";
import { URL } from "node:url";
import { isError } from "../../cassette/is-error.ts";
import type { HeaderLines, TransportError } from "../../cassette/model.ts";
import { hasNoBody, withoutHeaders } from "../../http/headers.ts";
import { chunkReader } from "../chunk-reader.ts";
import type { ClientRoute } from "../client-route.ts";
import { interceptionState } from "../context.ts";
import { type BodyReader, ConnectionFailure, type ExchangeResponse } from "../exchange.ts";
import { sendByHttp } from "../send-http.ts";
import { noteClientEnd, noteClientStream } from "../server-senders.ts";
import { CLOSED_EARLY, transportError } from "../system-error.ts";
import { CANCEL, NO_ERROR, transportErrorOf } from "./error-frame.ts";
import { fieldsOf, linesOf } from "./header-fields.ts";

/** A connection to the real server, in the protocol that the server chose. */
export type Dialled =
  | { readonly kind: "http2"; readonly session: ClientHttp2Session }
  | { readonly kind: "http1"; readonly socket: net.Socket };

/** Opens a connection as the client would have. */
export type Dial = () => Promise<Dialled>;

/** What is sent to the real server. */
export interface Target {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderLines;
}

/** A stream to the real server. */
export interface UpstreamStream {
  readonly stream: ClientHttp2Stream;
  /** Returns why the stream ended early; `undefined` if it did not. Call it when the stream is closed. */
  failure(): ConnectionFailure | undefined;
}

const END_STREAM = 1;

/** The real server of one client session. Connects on first use, and keeps the session for further requests. */
export class Upstream {
  readonly #dial: Dial;
  readonly #onGoaway: () => void;
  #kept: Promise<Dialled> | undefined;
  readonly #failures = new WeakMap<ClientHttp2Session, TransportError>();

  /** @param onGoaway called if the server asks for no further requests on the session */
  constructor(dial: Dial, onGoaway: () => void) {
    this.#dial = dial;
    this.#onGoaway = onGoaway;
  }

  /**
   * Returns the kept session, or connects.
   *
   * @throws {ConnectionFailure} if the connection fails
   */
  connect(): Promise<Dialled> {
    this.#kept = this.#keptOrNew(this.#kept);
    return this.#kept;
  }

  /** Sends a request. The body of the response is still in its content encoding. */
  async send(target: Target, body: Uint8Array | undefined, signal: AbortSignal): Promise<ExchangeResponse> {
    const dialled = await this.connect();
    if (dialled.kind === "http1") {
      const socket = noteClientEnd(dialled.socket, { sender: interceptionState().router.sender() });
      return sendByHttp({ ...target, route: routeOver(socket) }, body, signal);
    }
    if (signal.aborted) throw new ConnectionFailure({ message: "aborted" }, signal.reason);
    const opened = this.open(dialled.session, withPlainEncoding(target), { endStream: body === undefined });
    const { stream } = opened;
    const abort = (): void => stream.close(CANCEL);
    signal.addEventListener("abort", abort, { once: true });
    stream.once("close", () => signal.removeEventListener("abort", abort));
    if (body !== undefined) stream.end(body);
    return responseOf(opened, target.method);
  }

  /** Opens a stream on a session of this server. */
  open(
    session: ClientHttp2Session,
    { method, url, headers }: Target,
    options: ClientSessionRequestOptions,
  ): UpstreamStream {
    const { protocol, host, pathname, search } = new URL(url);
    const fields = {
      ":method": method,
      ":scheme": protocol.slice(0, -1),
      ":authority": host,
      ":path": pathname + search,
      ...fieldsOf(headers),
    };
    const { own, router } = interceptionState();
    const stream = own.run({ kind: "upstream" }, () => session.request(fields, options));
    noteClientStream(stream, router.sender());
    // The failure is read when the stream closes.
    stream.on("error", () => undefined);
    return {
      stream,
      failure: () => {
        const error = this.#failures.get(session) ?? failureOf(stream);
        return error && new ConnectionFailure(error);
      },
    };
  }

  close(): void {
    this.#kept?.then(
      (dialled) => {
        if (dialled.kind === "http2") dialled.session.close();
      },
      () => undefined,
    );
  }

  async #keptOrNew(earlier: Promise<Dialled> | undefined): Promise<Dialled> {
    const kept = await earlier?.catch(() => undefined);
    if (kept?.kind === "http2" && !kept.session.closed && !kept.session.destroyed) return kept;
    try {
      const dialled = await interceptionState().own.run({ kind: "upstream" }, this.#dial);
      if (dialled.kind === "http2") this.#follow(dialled.session);
      return dialled;
    } catch (error) {
      throw new ConnectionFailure(isError(error) ? transportError(error) : { message: String(error) }, error);
    }
  }

  #follow(session: ClientHttp2Session): void {
    session.on("goaway", (code) => {
      if (code === NO_ERROR) this.#onGoaway();
      else this.#failures.set(session, transportErrorOf({ kind: "goaway", code }));
    });
    session.on("error", (error) => {
      if (!this.#failures.has(session)) this.#failures.set(session, transportError(error));
    });
  }
}

function responseOf({ stream, failure }: UpstreamStream, method: string): Promise<ExchangeResponse> {
  let trailers: HeaderLines | undefined;
  stream.on("trailers", (_headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
    trailers = linesOf(raw);
  });
  return new Promise((resolve, reject) => {
    stream.on("close", () => reject(failure() ?? new ConnectionFailure(CLOSED)));
    stream.once("response", (headers: IncomingHttpHeaders, flags: number, raw: string[]) => {
      const status = Number(headers[":status"]);
      const hasBody = method !== "HEAD" && !hasNoBody(status) && (flags & END_STREAM) === 0;
      if (!hasBody) stream.resume();
      resolve({
        status,
        statusText: STATUS_CODES[status] ?? "",
        headers: linesOf(raw),
        decoded: false,
        body: hasBody ? bodyOf(stream, failure) : undefined,
        trailers: () => trailers,
      });
    });
  });
}

function bodyOf(stream: ClientHttp2Stream, failure: UpstreamStream["failure"]): BodyReader {
  const { reader, settle } = chunkReader(stream, () => stream.close(CANCEL));
  stream.on("end", () => {
    // A reset ends the stream too, before it closes.
    if (stream.rstCode === NO_ERROR) settle();
  });
  stream.on("close", () => settle(failure()));
  return reader;
}

function failureOf({ rstCode, readableEnded }: ClientHttp2Stream): TransportError | undefined {
  if (rstCode !== undefined && rstCode !== NO_ERROR)
    return transportErrorOf({ kind: "reset", code: rstCode });
  return readableEnded ? undefined : CLOSED;
}

const CLOSED: TransportError = { code: CLOSED_EARLY, message: "other side closed" };

function routeOver(socket: net.Socket): ClientRoute {
  return { connect: async () => socket, release: () => socket.destroy(), leadsToProxy: () => false };
}

/** Asks for a body that is readable on the tape. */
function withPlainEncoding(target: Target): Target {
  const headers = withoutHeaders(target.headers, ["accept-encoding"]);
  return { ...target, headers: [...headers, ["accept-encoding", "identity"]] };
}
