import type { ServerHttp2Stream } from "node:http2";
import { hasNoBody } from "../../http/headers.ts";
import { type Answer, type BodyReader, ConnectionFailure, type ExchangeResponse } from "../exchange.ts";
import type { Delivery } from "./delivery.ts";
import { INTERNAL_ERROR } from "./error-frame.ts";
import { fieldsOf } from "./header-fields.ts";
import { sendHead } from "./send-head.ts";

export interface AnswerTools {
  /** The method of the request. */
  readonly method: string;
  /** `undefined` if the client's stream is unknown. */
  readonly delivery: Delivery | undefined;
  /** Ends the client's stream, or its session, as the real server's ended. */
  readonly fail: (failure: ConnectionFailure) => void;
}

/** Answers the request of a stream: one DATA frame, and one read of the client, for each chunk of the body. */
export async function answerStream(
  stream: ServerHttp2Stream,
  answer: Answer,
  tools: AnswerTools,
): Promise<void> {
  if (answer.kind === "fail") {
    if (!stream.destroyed) tools.fail(answer.failure);
    return;
  }
  const { response } = answer;
  if (stream.destroyed) {
    response.body?.cancel(new Error("The client reset the stream."));
    return;
  }
  const body = begin(stream, response, tools.method);
  if (body === undefined) return;
  try {
    await writeBody(stream, body, tools.delivery);
  } catch (error) {
    if (stream.destroyed) return;
    if (error instanceof ConnectionFailure) tools.fail(error);
    else stream.close(INTERNAL_ERROR);
  }
}

/** @returns the body that follows the head */
function begin(
  stream: ServerHttp2Stream,
  response: ExchangeResponse,
  method: string,
): BodyReader | undefined {
  const { status, headers, body } = response;
  const endStream = body === undefined || hasNoBody(status) || method === "HEAD";
  sendHead(stream, { ":status": status, ...fieldsOf(headers) }, endStream);
  if (!endStream) {
    stream.once("wantTrailers", () => stream.sendTrailers(fieldsOf(response.trailers?.() ?? [])));
    return body;
  }
  body?.cancel(undefined);
  return undefined;
}

async function writeBody(
  stream: ServerHttp2Stream,
  body: BodyReader,
  delivery: Delivery | undefined,
): Promise<void> {
  let ended = false;
  stream.once("close", () => {
    if (!ended) body.cancel(new Error("The client reset the stream."));
    ended = true;
  });
  for (let sent = 0; !ended; ) {
    let chunk: Uint8Array | undefined;
    try {
      chunk = await body.read();
    } catch (error) {
      ended = true;
      throw error;
    }
    if (chunk === undefined) break;
    sent += chunk.length;
    if (chunk.length > 0) await write(stream, chunk);
    await delivery?.reached(sent);
  }
  ended = true;
  if (!stream.destroyed) stream.end();
}

/** Resolves when the chunk is sent, or can no longer be sent. */
function write(stream: ServerHttp2Stream, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    stream.write(chunk, () => resolve());
  });
}
