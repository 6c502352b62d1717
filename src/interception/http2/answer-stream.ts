import type { ServerHttp2Stream } from "node:http2";
import { hasNoBody } from "../../http/headers.ts";
import { type Answer, type BodyReader, ConnectionFailure, type ExchangeResponse } from "../exchange.ts";
import { wireHeaders } from "../wire-head.ts";
import { writeBody } from "../write-body.ts";
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
    await writeBody(stream, body, (sent) => tools.delivery?.reached(sent));
    if (!stream.destroyed) stream.end();
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
  const { status, body } = response;
  const endStream = body === undefined || hasNoBody(status) || method === "HEAD";
  sendHead(stream, { ":status": status, ...fieldsOf(wireHeaders(response)) }, endStream);
  if (!endStream) {
    stream.once("wantTrailers", () => stream.sendTrailers(fieldsOf(response.trailers?.() ?? [])));
    return body;
  }
  body?.cancel(undefined);
  return undefined;
}
