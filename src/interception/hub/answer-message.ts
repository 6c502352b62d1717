import type http from "node:http";
import { hasNoBody } from "../../http/headers.ts";
import { type Answer, ConnectionFailure } from "../exchange.ts";
import { CLOSED_EARLY } from "../system-error.ts";
import { wireHeaders, wireStatusText } from "../wire-head.ts";
import { writeBody } from "../write-body.ts";

/** Answers an HTTP/1.1 client of the hub. A connection that failed is one that closes, or is reset. */
export async function answerMessage(message: http.ServerResponse, answer: Answer): Promise<void> {
  if (answer.kind === "fail") {
    drop(message, answer.failure);
    return;
  }
  const { response } = answer;
  const { status, body } = response;
  message.sendDate = false;
  message.writeHead(status, wireStatusText(response), wireHeaders(response).flat());
  if (body === undefined || hasNoBody(status) || message.req.method === "HEAD") {
    body?.cancel(undefined);
    message.end();
    return;
  }
  message.flushHeaders();
  try {
    await writeBody(message, body, () => undefined);
    message.addTrailers((response.trailers?.() ?? []) as [string, string][]);
    message.end();
  } catch (error) {
    drop(message, error);
  }
}

function drop({ socket }: http.ServerResponse, error: unknown): void {
  if (error instanceof ConnectionFailure && error.code === CLOSED_EARLY) socket?.destroy();
  else socket?.resetAndDestroy();
}
