import type net from "node:net";
import { HttpRequestInterceptor } from "@mswjs/interceptors/http";
import { SocketInterceptor } from "@mswjs/interceptors/net";
import type { HeaderLines } from "../cassette/model.ts";
import { constructible, withStatus } from "./any-status.ts";
import { now, turn } from "./clock.ts";
import type { InterceptionState } from "./context.ts";
import { keepErrorBeforeClose } from "./error-before-close.ts";
import { restoreHeaders } from "./exact-headers.ts";
import type { Answer, Exchange, ExchangeHandler, ExchangeResponse } from "./exchange.ts";
import { hasNoBody, headerOf, withoutHeaders } from "./headers.ts";
import { keepToHttpConnections } from "./http-connections.ts";
import { sendByHttp, type TlsIdentity } from "./send-http.ts";
import { followSenders, senderOf } from "./sender-context.ts";
import { noResponse, socketBody } from "./socket-body.ts";
import { CLOSED_EARLY, systemError } from "./system-error.ts";

/** The parts of the interceptors' request event that are used here. */
interface SocketRequestEvent {
  readonly request: Request;
  readonly initiator: unknown;
  readonly controller: {
    readonly readyState: number;
    respondWith(response: Response): void;
    errorWith(reason: unknown): void;
  };
  stopImmediatePropagation(): void;
}

/** What is known of the connection that a request came over. */
interface ClientConnection {
  readonly tls: TlsIdentity;
  readonly socket: net.Socket | undefined;
}

type Listener = (event: SocketRequestEvent) => unknown;

/** What all interceptors of one package copy listen to; users' msw server among them. */
interface RequestSource {
  on(type: "request", listener: Listener): unknown;
  listeners(type: "request"): readonly Listener[];
}

const PENDING = 0;

/**
 * Catches every client below fetch, and whatever fetch the global seam did not take: undici, `node:http`,
 * a `fetch` that was captured before anything of ours was loaded.
 */
export function installSocketSeam(state: InterceptionState): void {
  const connections = new WeakMap<object, ClientConnection>();
  const native = globalThis.Headers;
  new HttpRequestInterceptor().apply();
  restoreHeaders(native);
  followSenders();
  const sockets = SocketInterceptor.singleton(SocketInterceptor);
  sockets.on("connection", ({ socket, connectionOptions, controller }) => {
    const client = clientSocket(controller);
    const connection = { tls: tlsIdentity(connectionOptions), socket: client };
    connections.set(socket, connection);
    if (client === undefined) return;
    connections.set(client, connection);
    keepErrorBeforeClose(client);
  });

  const listener: Listener = (event) => {
    const connection = connectionOf(event.initiator, connections);
    return senderOf(connection?.socket)(() => meet(state, source, listener, event, connection));
  };
  const ours = sockets.listenerCount("connection");
  keepToHttpConnections(() => sockets.listenerCount("connection") > ours);
  const source = requestSource();
  source.on("request", listener);
}

async function meet(
  state: InterceptionState,
  source: RequestSource,
  listener: Listener,
  event: SocketRequestEvent,
  connection: ClientConnection | undefined,
): Promise<void> {
  const { controller } = event;
  const own = state.own.getStore();
  if (controller.readyState !== PENDING || own?.kind === "upstream") return;
  if (own?.response !== undefined) {
    const { response } = own;
    own.response = undefined;
    return respond(event, { kind: "respond", response }, connection);
  }
  if (!state.router.active()) return;
  await askOthersFirst(source, listener, event);
  if (controller.readyState !== PENDING) return;
  const { request } = event;
  const handler = state.router.route({ method: request.method, url: request.url, request: () => request });
  if (handler !== undefined) await handle(event, handler, connection);
}

/**
 * The emitter behind all socket interceptors of this copy of the package, which is where users' msw
 * handlers listen too. The registry is the only door to it.
 */
function requestSource(): RequestSource {
  const { __MSW_INTERCEPTORS_REGISTRY: registry } = globalThis as {
    __MSW_INTERCEPTORS_REGISTRY?: Map<symbol, unknown>;
  };
  const source = registry?.get(Symbol.for("node-http-request-source"));
  if (source === undefined) throw new Error("Failed to find the request source of @mswjs/interceptors.");
  return source as RequestSource;
}

/**
 * Listeners run in the order in which they were added, and ours was first. Handlers that a user has set up
 * answer before a tape does, so they are run from here, once, and only what they leave alone is ours.
 */
async function askOthersFirst(
  source: RequestSource,
  own: Listener,
  event: SocketRequestEvent,
): Promise<void> {
  const listeners = source.listeners("request");
  const others = listeners.slice(listeners.indexOf(own) + 1);
  if (others.length === 0) return;
  event.stopImmediatePropagation();
  for (const other of others) {
    await other(event);
    if (event.controller.readyState !== PENDING) return;
  }
}

async function handle(
  event: SocketRequestEvent,
  handler: ExchangeHandler,
  connection: ClientConnection | undefined,
): Promise<void> {
  const exchange = new SocketExchange(event.request, connection?.tls ?? {});
  const result = await handler(exchange);
  // No server answers before the client has returned from its last write; got gives up where one does.
  await turn();
  if (event.controller.readyState === PENDING) respond(event, result, connection);
}

/** The initiator is the connection's own end of the socket, or the request of a client that msw has wrapped. */
function connectionOf(
  initiator: unknown,
  connections: WeakMap<object, ClientConnection>,
): ClientConnection | undefined {
  if (typeof initiator !== "object" || initiator === null) return undefined;
  const { socket } = initiator as { socket?: unknown };
  return connections.get(initiator) ?? connections.get((socket ?? {}) as object);
}

function tlsIdentity(options: object): TlsIdentity {
  const {
    ca,
    cert,
    key,
    pfx,
    passphrase,
    servername,
    rejectUnauthorized,
    checkServerIdentity,
    secureContext,
  } = options as TlsIdentity;
  const all = {
    ca,
    cert,
    key,
    pfx,
    passphrase,
    servername,
    rejectUnauthorized,
    checkServerIdentity,
    secureContext,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The client's own socket. The interceptors keep it under a symbol that they do not export. */
function clientSocket(controller: object): net.Socket | undefined {
  const key = Object.getOwnPropertySymbols(controller).find((symbol) => symbol.description === "kRawSocket");
  return key && (controller as { [key]?: net.Socket })[key];
}

function respond(event: SocketRequestEvent, result: Answer, connection: ClientConnection | undefined): void {
  const { controller, request } = event;
  const socket = connection?.socket;
  if (result.kind === "respond") {
    controller.respondWith(socketResponse(result.response, request.method, socket));
  } else if (result.failure.code === CLOSED_EARLY) {
    controller.respondWith(new Response(noResponse(result.failure, socket)));
  } else {
    controller.errorWith(systemError(result.failure));
  }
}

function socketResponse(
  response: ExchangeResponse,
  method: string,
  socket: net.Socket | undefined,
): Response {
  const { status, body } = response;
  // A reason phrase that fetch has decoded cannot be sent as it is.
  const head = { status, statusText: response.statusText.replace(/[^\t\x20-\x7e\x80-\xff]/g, "?") };
  const bodyless = body === undefined || hasNoBody(status) || method === "HEAD";
  let headers: HeaderLines = response.decoded
    ? withoutHeaders(response.headers, ["content-encoding", "content-length"])
    : response.headers;
  if (!bodyless && !isFramed(headers)) headers = [...headers, ["transfer-encoding", "chunked"]];
  const stream = bodyless ? null : socketBody(body, { socket, ...bodyTraits(headers) });
  // Made of lines, it keeps their case for clients that see it.
  const init = { ...constructible(head), headers: new Headers(headers as [string, string][]) };
  return withStatus(new Response(stream, init), head);
}

/**
 * Whether clients can tell the end of a response, and so a cut from an end, and can use the connection again.
 * One that says so ends with its connection, as it did when it was recorded.
 */
function isFramed(headers: HeaderLines): boolean {
  const says = (name: string): boolean => headerOf(headers, name) !== undefined;
  const closes = headerOf(headers, "connection")?.toLowerCase() === "close";
  return says("content-length") || says("transfer-encoding") || closes;
}

function bodyTraits(headers: HeaderLines): {
  readonly length: number | undefined;
  readonly encoded: boolean;
} {
  const length = headerOf(headers, "content-length");
  return {
    length: length === undefined ? undefined : Number(length),
    encoded: headerOf(headers, "content-encoding") !== undefined,
  };
}

class SocketExchange implements Exchange {
  readonly seam = "socket";
  readonly sentAt = now();
  readonly stack = undefined;
  readonly #request: Request;
  readonly #tls: TlsIdentity;
  #body: Promise<Uint8Array | undefined> | undefined;

  constructor(request: Request, tls: TlsIdentity) {
    this.#request = request;
    this.#tls = tls;
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.url;
  }

  get headers(): HeaderLines {
    return [...this.#request.headers];
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  request(): Request {
    return this.#request;
  }

  body(): Promise<Uint8Array | undefined> {
    this.#body ??= this.#read();
    return this.#body;
  }

  async #read(): Promise<Uint8Array | undefined> {
    if (this.#request.body === null) return undefined;
    const bytes = new Uint8Array(await this.#request.arrayBuffer());
    // The parser gives every POST a body stream; only a length or a framing says that there was a body.
    const announced =
      this.#request.headers.has("content-length") || this.#request.headers.has("transfer-encoding");
    return bytes.length === 0 && !announced ? undefined : bytes;
  }

  async send(signal: AbortSignal): Promise<ExchangeResponse> {
    const target = { method: this.method, url: this.url, headers: this.headers, tls: this.#tls };
    return sendByHttp(target, await this.body(), signal);
  }
}
