import { Blob } from "node:buffer";
import { TextEncoder } from "node:util";
import { Request } from "../http/web-api.ts";
import { BaseExchange } from "./base-exchange.ts";
import type { ExchangeResponse } from "./exchange.ts";
import { sendByFetch } from "./send-fetch.ts";
import type { CallSite } from "./sender-site.ts";

export type FetchArguments = readonly [input: RequestInfo | URL, init: RequestInit | undefined];

const encoder = new TextEncoder();

/**
 * Makes the `Request` of these arguments, but not of a text in them. SDKs send text, of which a `Request` makes a stream:
 * to read that again takes ten times as long.
 */
export function withoutText(...[input, init]: FetchArguments): Request {
  const hasText =
    typeof init?.body === "string" &&
    // The constructor tells that a request like this has no body.
    !/^(?:get|head)?$/i.test(init.method ?? "") &&
    !(input instanceof Request) &&
    Object.getPrototypeOf(init) === Object.prototype;
  if (!hasText) return new Request(input, init);
  const request = new Request(input, { ...init, body: null });
  const { headers } = request;
  if (!headers.has("content-type")) headers.set("content-type", "text/plain;charset=UTF-8");
  return request;
}

/** A request caught at the global `fetch`. */
export class FetchExchange extends BaseExchange {
  readonly seam = "fetch";
  readonly #realFetch: typeof fetch;
  readonly #given: FetchArguments;
  readonly #site: CallSite;

  /**
   * @param request has no body if the caller's is a string: see {@link withoutText}
   * @param given the caller's arguments, from which `request` was made
   */
  constructor(realFetch: typeof fetch, request: Request, given: FetchArguments, site: CallSite) {
    super(request);
    this.#realFetch = realFetch;
    this.#given = given;
    this.#site = site;
  }

  get stack(): string | undefined {
    return this.#site.stack;
  }

  async send(signal: AbortSignal): Promise<ExchangeResponse> {
    return sendByFetch(this.#realFetch, this.request(), await this.body(), signal);
  }

  /** Returns the arguments that make the real fetch send the same request once more. */
  async again(): Promise<FetchArguments> {
    const [input, init] = this.#given;
    const streamed =
      typeof init?.body === "object" && init.body !== null && Symbol.asyncIterator in init.body;
    if (!(input instanceof Request) && !streamed) return this.#given;
    const bytes = (await this.body()) as Uint8Array<ArrayBuffer> | undefined;
    if (bytes === undefined) return [this.request(), undefined];
    // A stream body cannot be sent twice.
    const body = streamed ? new Blob([bytes]).stream() : bytes;
    return [this.request(), { body, duplex: "half" } as RequestInit];
  }

  protected async readBody(): Promise<Uint8Array | undefined> {
    const request = this.request();
    const [, init] = this.#given;
    if (typeof init?.body === "string") return encoder.encode(init.body);
    if (request.body === null) return undefined;
    try {
      return new Uint8Array(await request.arrayBuffer());
    } catch (error) {
      // Fetch reports a body that fails during reading like this.
      request.signal.throwIfAborted();
      throw new TypeError("fetch failed", { cause: error });
    }
  }
}
