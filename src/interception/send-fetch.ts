import { isError } from "../cassette/is-error.ts";
import type { TransportError } from "../cassette/model.ts";
import { turn } from "../http/real-clock.ts";
import { interceptionState } from "./context.ts";
import { type BodyReader, ConnectionFailure, type ExchangeResponse } from "./exchange.ts";
import { transportError } from "./system-error.ts";

/**
 * Sends a request to the provider with the real fetch, so that the caller's configuration (a dispatcher, a proxy)
 * applies. The body is decoded, because fetch never shows the encoded bytes.
 */
export async function sendByFetch(
  realFetch: typeof fetch,
  request: Request,
  body: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<ExchangeResponse> {
  // Header lines instead of a copy of the headers: after an interceptor patched them, copies are unreliable.
  const headers = [...request.headers].filter(([name]) => name !== "accept-encoding");
  headers.push(["accept-encoding", "identity"]);
  const init: RequestInit = { headers, redirect: "manual", signal };
  if (body !== undefined) init.body = body as Uint8Array<ArrayBuffer>;
  let response: Response;
  try {
    response = await interceptionState().own.run({ kind: "upstream" }, () => realFetch(request, init));
  } catch (error) {
    throw new ConnectionFailure(causeOf(error), error);
  }
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    body: response.body === null ? undefined : reading(response.body),
    decoded: response.headers.has("content-encoding"),
  };
}

/** Yields to the event loop after this many reads. A fast endless stream would block it forever. */
const READS_PER_TURN = 64;

function reading(stream: ReadableStream<Uint8Array>): BodyReader {
  const reader = stream.getReader();
  let reads = 0;
  return {
    async read() {
      reads++;
      if (reads % READS_PER_TURN === 0) await turn();
      try {
        const { done, value } = await reader.read();
        return done ? undefined : value;
      } catch (error) {
        throw new ConnectionFailure(causeOf(error), error);
      }
    },
    cancel(reason) {
      // The connection can be closed already. No caller is left to inform.
      reader.cancel(reason).catch(() => undefined);
    },
  };
}

/** Describes the innermost cause: `TypeError: terminated` only wraps it. */
function causeOf(error: unknown): TransportError {
  let cause = error;
  while (isError(cause) && isError(cause.cause)) cause = cause.cause;
  return isError(cause) ? transportError(cause) : { message: String(cause) };
}
