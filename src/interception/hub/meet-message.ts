import type http from "node:http";
import { Readable } from "node:stream";
import { headerOf, pairsOf, withoutHeaders } from "../../http/headers.ts";
import { Request } from "../../http/web-api.ts";
import type { InterceptionState } from "../context.ts";
import { type Answer, ConnectionFailure, type Exchange } from "../exchange.ts";
import { SocketExchange } from "../socket-exchange.ts";
import { answerMessage } from "./answer-message.ts";

/** Answers an HTTP/1.1 request at the hub, or sends it to the real server if no handler takes it. Never rejects. */
export async function meetMessage(
  { router }: InterceptionState,
  message: http.IncomingMessage,
  response: http.ServerResponse,
  url: string | undefined,
): Promise<void> {
  try {
    if (url === undefined) {
      response.writeHead(404).end();
      return;
    }
    const exchange = new SocketExchange(requestOf(message, response, url), undefined, undefined);
    const handler = router.active() ? router.route(exchange) : undefined;
    if (handler !== undefined) {
      await answerMessage(response, await handler(exchange));
      return;
    }
    const onError = router.active() ? router.leftAlone(exchange) : undefined;
    await answerMessage(response, await sendOn(exchange, onError));
  } catch {
    // The client went away, or the test was told what went wrong.
    response.destroy();
  }
}

async function sendOn(exchange: Exchange, onError: ((error: unknown) => void) | undefined): Promise<Answer> {
  try {
    return { kind: "respond", response: await exchange.send(exchange.signal) };
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    onError?.(error);
    return { kind: "fail", failure: error };
  }
}

function requestOf(message: http.IncomingMessage, response: http.ServerResponse, url: string): Request {
  const { method = "GET" } = message;
  const headers = withoutHeaders(pairsOf(message.rawHeaders), ["host"]);
  const hasBody = ["content-length", "transfer-encoding"].some(
    (name) => headerOf(headers, name) !== undefined,
  );
  const aborting = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) aborting.abort(new Error("The client went away."));
  });
  const init = { method, headers: headers as [string, string][], signal: aborting.signal };
  if (!hasBody || method === "GET" || method === "HEAD") return new Request(url, init);
  return new Request(url, { ...init, body: Readable.toWeb(message), duplex: "half" } as RequestInit);
}
