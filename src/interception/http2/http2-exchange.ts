import { Buffer } from "node:buffer";
import type { ServerHttp2Stream } from "node:http2";
import type { HeaderLines } from "../../cassette/model.ts";
import { now } from "../../http/real-clock.ts";
import { Request } from "../../http/web-api.ts";
import { ConnectionFailure, type Exchange, type ExchangeResponse, type RequestHead } from "../exchange.ts";
import type { Upstream } from "./upstream.ts";

/** The request of a stream, without pseudo headers. */
export interface StreamHead extends RequestHead {
  readonly headers: HeaderLines;
}

export function streamHead(method: string, url: string, headers: HeaderLines): StreamHead {
  let made: Request | undefined;
  const request = (): Request => {
    made ??= new Request(url, { method, headers: headers as [string, string][] });
    return made;
  };
  return { method, url, headers, request };
}

/** A request of an HTTP/2 client, at the hub. */
export class Http2Exchange implements Exchange {
  readonly seam = "socket";
  readonly sentAt = now();
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderLines;
  readonly request: () => Request;
  readonly stack: string | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #upstream: Upstream;
  readonly #aborting = new AbortController();
  #body: Promise<Uint8Array | undefined> | undefined;

  constructor(stream: ServerHttp2Stream, head: StreamHead, upstream: Upstream, stack: string | undefined) {
    this.method = head.method;
    this.url = head.url;
    this.headers = head.headers;
    this.request = head.request;
    this.stack = stack;
    this.#stream = stream;
    this.#upstream = upstream;
    stream.once("close", () => {
      if (!stream.writableFinished) this.#aborting.abort(new Error("The client reset the stream."));
    });
  }

  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  body(): Promise<Uint8Array | undefined> {
    this.#body ??= this.#stream.endAfterHeaders ? Promise.resolve(undefined) : this.#readBody();
    return this.#body;
  }

  async send(signal: AbortSignal): Promise<ExchangeResponse> {
    return this.#upstream.send(this, await this.body(), signal);
  }

  #readBody(): Promise<Uint8Array> {
    const stream = this.#stream;
    const chunks: Uint8Array[] = [];
    return new Promise((resolve, reject) => {
      stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      stream.once("end", () => resolve(Buffer.concat(chunks)));
      stream.once("close", () => reject(new ConnectionFailure({ message: "aborted" })));
    });
  }
}
