import type net from "node:net";
import type { HeaderLines } from "../cassette/model.ts";
import { hasNoBody, headerOf } from "../http/headers.ts";
import { Response } from "../http/web-api.ts";
import { constructible, withStatus } from "./any-status.ts";
import type { Answer, ExchangeResponse } from "./exchange.ts";
import type { RequestEvent } from "./interceptor-copies.ts";
import { noteHeaderLines } from "./noted-headers.ts";
import { noResponse, socketBody } from "./socket-body.ts";
import { sendTrailers } from "./socket-trailers.ts";
import { CLOSED_EARLY, systemError } from "./system-error.ts";
import { wireHeaders, wireStatusText } from "./wire-head.ts";

/** Answers a client below fetch. */
export function respond(
  { controller, request }: RequestEvent,
  answer: Answer,
  socket: net.Socket | undefined,
): void {
  if (answer.kind === "respond") {
    controller.respondWith(socketResponse(answer.response, request.method, socket));
  } else if (answer.failure.code === CLOSED_EARLY) {
    controller.respondWith(new Response(noResponse(answer.failure, socket)));
  } else {
    controller.errorWith(systemError(answer.failure));
  }
}

function socketResponse(
  response: ExchangeResponse,
  method: string,
  socket: net.Socket | undefined,
): Response {
  const { status, body } = response;
  const head = { status, statusText: wireStatusText(response) };
  const bodyless = body === undefined || hasNoBody(status) || method === "HEAD";
  let headers = wireHeaders(response);
  if (!bodyless && !isFramed(headers)) headers = [...headers, ["transfer-encoding", "chunked"]];
  const onEnd = (): void => {
    const trailers = response.trailers?.() ?? [];
    if (trailers.length > 0 && socket && isChunked(headers)) sendTrailers(socket, trailers);
  };
  const stream = bodyless ? null : socketBody(body, { socket, ...bodyTraits(headers), onEnd });
  const init = { ...constructible(head), headers: headers as [string, string][] };
  const made = new Response(stream, init);
  noteHeaderLines(made.headers, headers);
  return withStatus(made, head);
}

/**
 * Whether the headers mark the end of a response, so that clients notice a cut and can reuse the connection. A
 * response without such headers ends with its connection, as it was recorded.
 */
function isFramed(headers: HeaderLines): boolean {
  const says = (name: string): boolean => headerOf(headers, name) !== undefined;
  const closes = headerOf(headers, "connection")?.toLowerCase() === "close";
  return says("content-length") || says("transfer-encoding") || closes;
}

function isChunked(headers: HeaderLines): boolean {
  return headerOf(headers, "transfer-encoding")?.toLowerCase() === "chunked";
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
