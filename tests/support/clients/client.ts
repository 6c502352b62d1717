/** What a request of the contract suite may carry. */
export type ClientBody = string | Uint8Array | URLSearchParams | FormData | ReadableStream<Uint8Array>;

export interface ClientRequest {
  readonly url: string;
  /** @defaultValue `POST` */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields that a client cannot send as they are (FormData through node:http) are sent as the bytes that fetch would send. */
  readonly body?: ClientBody;
  readonly stop?: Stop;
  /** Called with each chunk; the next is not asked for until it has resolved. */
  readonly onChunk?: (chunk: Uint8Array, count: number) => void | Promise<void>;
  /** Called when the response headers are there. */
  readonly onHeaders?: (status: number) => void;
  /** PEM certificate to trust; only `node:https` takes it, see {@link trustCertificate} for the others. */
  readonly ca?: string;
}

/**
 * How the client gives up (some report that as an error of their own, some do not): by its `AbortSignal`, or by leaving the body (`break` out of the loop,
 * `destroy()` of the stream), once `after` chunks have been read; `sent`: before there is a response,
 * which only a signal can.
 */
export interface Stop {
  readonly by: "signal" | "leave";
  readonly after: number | "sent";
}

export interface ClientError {
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
  readonly cause?: ClientError;
}

export interface ClientResult {
  /** `0` where there was no response. */
  readonly status: number;
  readonly statusText: string;
  /** Names in lower case, `set-cookie` as a list. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Header lines with their case, where the client shows them. */
  readonly rawHeaders?: readonly (readonly [name: string, value: string])[];
  /** The body, one element a read; one in all for a client that reads whole bodies. */
  readonly chunks: readonly Uint8Array[];
  /** Milliseconds since the request was sent: the headers, then each chunk. */
  readonly times: readonly number[];
  /** The body came to its end, as far as the client can tell. */
  readonly ended: boolean;
  readonly error?: ClientError;
}

export interface Client {
  readonly name: string;
  /** `stream`: reads chunk by chunk. `whole`: hands over the body when it is complete. */
  readonly reads: "stream" | "whole";
  /** Whether it undoes `content-encoding`. */
  readonly decodes: boolean;
  /** Whether it follows redirects. */
  readonly follows: boolean;
  /** Whether it goes through the global `fetch` of the moment. */
  readonly globalFetch: boolean;
  /** Never rejects: a failure stands in `error`. */
  send(request: ClientRequest): Promise<ClientResult>;
}

export function describeError(error: unknown): ClientError {
  if (!(error instanceof Error)) return { name: typeof error, code: undefined, message: String(error) };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    // A DOMException's code is a number of no use.
    code: typeof code === "string" ? code : undefined,
    message: error.message,
    ...(error.cause === undefined || saysThatItIsARecording(error.cause)
      ? {}
      : { cause: describeError(error.cause) }),
  };
}

/** A played failure has one more cause than a live one: it says in which cassette it is recorded. */
export function saysThatItIsARecording(cause: unknown): boolean {
  return cause instanceof Error && cause.message.startsWith("This failed connection is a recording, in ");
}
