import type { HeaderLines } from "../cassette/model.ts";
import { headerOf, isRedirect } from "../http/headers.ts";
import { now } from "../http/real-clock.ts";
import { fetchFailed, fetchResponse } from "./client-response.ts";
import type { InterceptionState } from "./context.ts";
import type { Exchange, ExchangeHandler, ExchangeResponse } from "./exchange.ts";
import { sendByFetch } from "./send-fetch.ts";

// The interceptors put a class of theirs in its place, which notes what only clients below fetch need.
const { Request } = globalThis;
const encoder = new TextEncoder();

/**
 * Replaces the global `fetch`: some ten times faster than the sockets, and errors and chunks are exact.
 * What it does not take it gives to the real fetch, where the socket seam sees it.
 */
export function installFetchSeam(state: InterceptionState): void {
  const realFetch = globalThis.fetch;

  async function fetch(
    input: RequestInfo | URL,
    // One parameter is expected of fetch, by its `length`.
    init: RequestInit | undefined = undefined,
  ): Promise<Response> {
    // Who has replaced fetch after us (a spy), or listens to all requests (msw), expects to be asked before us:
    // let the sockets catch this one, where order can be kept.
    const outermost = globalThis.fetch === fetch && !state.othersListen();
    if (!outermost || !state.router.active() || state.own.getStore() !== undefined) {
      return realFetch(input, init);
    }
    const url = urlOf(input);
    if (url === undefined) return realFetch(input, init);
    let made: Request | undefined;
    const request = (): Request => {
      made ??= new Request(input, init);
      return made;
    };
    const handler = state.router.route({ method: methodOf(input, init), url, request });
    if (handler === undefined) return realFetch(made ?? input, made ? undefined : init);
    const exchange = new FetchExchange(realFetch, request(), [input, init], callSite(fetch));
    // Every Request has a signal; most can never abort, and are not worth listening to.
    const abortable = input instanceof Request || (init?.signal ?? null) !== null;
    const signal = abortable ? request().signal : undefined;
    return answer(state, realFetch, handler, exchange, signal);
  }

  Object.defineProperty(globalThis, "fetch", {
    value: fetch,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

async function answer(
  state: InterceptionState,
  realFetch: typeof fetch,
  handler: ExchangeHandler,
  exchange: FetchExchange,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const request = exchange.request();
  signal?.throwIfAborted();
  const result = await (signal ? unlessAborted(handler(exchange), signal) : handler(exchange));
  switch (result.kind) {
    case "fail":
      throw fetchFailed(result.failure);
    case "respond": {
      const { response } = result;
      if (
        isRedirect(response.status) &&
        request.redirect !== "manual" &&
        headerOf(response.headers, "location")
      ) {
        return followRedirect(state, realFetch, await exchange.again(), response);
      }
      return fetchResponse(response, request, signal);
    }
  }
}

/**
 * Redirects have many rules (methods, bodies, credentials, limits), which the real fetch knows: it sends
 * the request once more, gets this very response at the sockets, and goes on from there.
 */
function followRedirect(
  state: InterceptionState,
  realFetch: typeof fetch,
  again: FetchArguments,
  response: ExchangeResponse,
): Promise<Response> {
  return state.own.run({ kind: "redirect", response }, () => realFetch(...again));
}

type FetchArguments = readonly [input: RequestInfo | URL, init: RequestInit | undefined];

/** Where a request was sent from. Most are never asked, and to write frames out takes longer than to note them. */
interface CallSite {
  readonly stack?: string;
}

class FetchExchange implements Exchange {
  readonly seam = "fetch";
  readonly sentAt = now();
  readonly #site: CallSite;
  readonly #realFetch: typeof fetch;
  readonly #request: Request;
  readonly #given: FetchArguments;
  #headers: HeaderLines | undefined;
  #body: Promise<Uint8Array | undefined> | undefined;

  /** @param given what the caller gave, of which `request` was made */
  constructor(realFetch: typeof fetch, request: Request, given: FetchArguments, site: CallSite) {
    this.#realFetch = realFetch;
    this.#request = request;
    this.#given = given;
    this.#site = site;
  }

  get stack(): string | undefined {
    return this.#site.stack;
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.url;
  }

  get headers(): HeaderLines {
    this.#headers ??= [...this.#request.headers];
    return this.#headers;
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
    // What SDKs send: the way through the stream of a Request takes ten times as long.
    const [, init] = this.#given;
    if (typeof init?.body === "string") return encoder.encode(init.body);
    if (this.#request.body === null) return undefined;
    try {
      return new Uint8Array(await this.#request.arrayBuffer());
    } catch (error) {
      // A body that fails while it is read: what fetch says of it.
      this.#request.signal.throwIfAborted();
      throw new TypeError("fetch failed", { cause: error });
    }
  }

  /** What the real fetch is to be given for the same request once more. */
  async again(): Promise<FetchArguments> {
    const [input, init] = this.#given;
    const streamed =
      typeof init?.body === "object" && init.body !== null && Symbol.asyncIterator in init.body;
    if (!(input instanceof Request) && !streamed) return this.#given;
    const bytes = (await this.body()) as Uint8Array<ArrayBuffer> | undefined;
    if (bytes === undefined) return [this.#request, undefined];
    // A body that was given as a stream cannot be sent twice.
    const body = streamed ? new Blob([bytes]).stream() : bytes;
    return [this.#request, { body, duplex: "half" } as RequestInit];
  }

  async send(signal: AbortSignal): Promise<ExchangeResponse> {
    return sendByFetch(this.#realFetch, this.#request, await this.body(), signal);
  }
}

/** Fetch rejects at once when its signal aborts, whatever it was waiting for. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}

function urlOf(input: RequestInfo | URL): string | undefined {
  const text = typeof input === "string" ? input : "href" in input ? input.href : input.url;
  return URL.parse(text)?.href;
}

function methodOf(input: RequestInfo | URL, init: RequestInit | undefined): string {
  const method = init?.method ?? (typeof input === "object" && "method" in input ? input.method : "GET");
  return method.toUpperCase();
}

/** The frames of whoever called `below`. SDKs put a dozen frames between the user's line and fetch. */
function callSite(below: (...args: never[]) => unknown): CallSite {
  const site: CallSite = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  Error.captureStackTrace(site, below);
  Error.stackTraceLimit = limit;
  return site;
}
