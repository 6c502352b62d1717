import { URL } from "node:url";
import { headerOf, isRedirect } from "../http/headers.ts";
import { Request } from "../http/web-api.ts";
import { fetchFailed, fetchResponse } from "./client-response.ts";
import type { InterceptionState } from "./context.ts";
import type { ExchangeHandler, ExchangeResponse } from "./exchange.ts";
import { type FetchArguments, FetchExchange, withoutText } from "./fetch-exchange.ts";
import { callSite } from "./sender-site.ts";

/** A replacement of fetch. Other code can still hold it when it is off. */
interface Seam {
  readonly fetch: typeof fetch;
  readonly replace: () => void;
  isOn: boolean;
}

let latest: Seam | undefined;

/**
 * Replaces the global `fetch`. This is about ten times faster than sockets, with exact errors and chunks. Requests
 * that it does not take go to the real fetch, where the socket seam sees them.
 *
 * @returns a function that puts the real fetch back
 */
export function openFetchSeam(state: InterceptionState): () => void {
  // Other code replaced ours, and restored it when it was off.
  const seam = latest?.fetch === globalThis.fetch ? latest : createSeam(state);
  latest = seam;
  seam.isOn = true;
  seam.replace();
  return () => {
    seam.isOn = false;
    // Reading it puts the real one back.
    void globalThis.fetch;
  };
}

function createSeam(state: InterceptionState): Seam {
  const realFetch = globalThis.fetch;
  const before = Object.getOwnPropertyDescriptor(globalThis, "fetch");

  async function fetch(
    input: RequestInfo | URL,
    // Code that checks `fetch.length` expects one parameter.
    init: RequestInit | undefined = undefined,
  ): Promise<Response> {
    // A spy that replaced fetch after us must be called before us: leave this request to the sockets.
    const isOutermost = seam.isOn && globalThis.fetch === fetch;
    if (!isOutermost || !state.router.active() || state.own.getStore() !== undefined) {
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
    const exchange = new FetchExchange(
      realFetch,
      made ?? withoutText(input, init),
      [input, init],
      callSite(fetch),
    );
    // Every Request has a signal. Most can never abort: don't listen to those.
    const abortable = input instanceof Request || (init?.signal ?? null) !== null;
    const signal = abortable ? exchange.signal : undefined;
    return answer(state, realFetch, handler, exchange, signal);
  }

  const seam: Seam = { fetch, isOn: true, replace: () => replaceFetch(seam, before) };
  return seam;
}

/**
 * Replaces the global fetch with that of a seam, by an accessor: msw 2, nock 14 and spies put back the property that
 * they found, even after the seam was closed. Then it is the real fetch again.
 */
function replaceFetch(seam: Seam, before: PropertyDescriptor = {}): void {
  Object.defineProperty(globalThis, "fetch", {
    configurable: true,
    enumerable: true,
    get() {
      if (seam.isOn) return seam.fetch;
      Object.defineProperty(globalThis, "fetch", before);
      return globalThis.fetch;
    },
    set(value) {
      Object.defineProperty(globalThis, "fetch", {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    },
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
 * Lets the real fetch follow a redirect, because it knows the rules (methods, bodies, credentials, limits): it
 * sends the request again, gets this response at the sockets, and continues from there.
 */
function followRedirect(
  state: InterceptionState,
  realFetch: typeof fetch,
  again: FetchArguments,
  response: ExchangeResponse,
): Promise<Response> {
  return state.own.run({ kind: "redirect", response }, () => realFetch(...again));
}

/** Rejects as soon as the signal aborts, as fetch does. */
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
