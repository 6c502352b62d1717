import type { HeaderLines, Interaction } from "../cassette/model.ts";
import { decodeContent } from "../http/content-decoding.ts";
import { headerOf } from "../http/headers.ts";
import { eventFraming, eventLengths } from "../streams/event-lengths.ts";

/** One exchange, as other tools keep it: a body is in one piece. */
export interface PlainExchange {
  /** Milliseconds since the first one. */
  readonly at?: number | undefined;
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: HeaderLines;
  /** Empty for none. */
  readonly requestBody: Uint8Array;
  readonly status: number;
  readonly statusText?: string | undefined;
  readonly responseHeaders: HeaderLines;
  readonly responseBody: Uint8Array;
  /** Milliseconds until the response headers, and until the end, if the tool kept them. */
  readonly timing?: { readonly headers: number; readonly end: number } | undefined;
}

/** Headers that describe the bytes on the wire, which the other tool did not keep. */
const OF_THE_WIRE = /^(?:transfer-encoding|connection|keep-alive)$/i;

/** Returns the interaction for a tape. The events of a stream become its chunks. */
export function interactionOf(exchange: PlainExchange): Interaction {
  const {
    method,
    url,
    requestHeaders,
    requestBody,
    status,
    statusText = "",
    responseHeaders,
    timing,
  } = exchange;
  const content = decodeContent(exchange.responseBody, headerOf(responseHeaders, "content-encoding"));
  // Most tools keep the decoded bytes, with the header of the encoded ones. Those are no valid encoding.
  const decoded = content.kind === "decoded" || content.kind === "damaged";
  const chunks = chunksOf(
    content.kind === "decoded" ? content.bytes : exchange.responseBody,
    responseHeaders,
  );
  return {
    kind: "request",
    at: exchange.at ?? 0,
    request: {
      method: method.toUpperCase(),
      url,
      headers: requestHeaders.filter(([name]) => !name.startsWith(":")),
      ...(requestBody.length === 0 ? {} : { body: requestBody }),
    },
    response: {
      status,
      statusText,
      headers: responseHeaders.filter(([name]) => !name.startsWith(":") && !OF_THE_WIRE.test(name)),
      chunks,
      ...(decoded ? { decoded } : {}),
      ...(timing && {
        timing: {
          headers: timing.headers,
          chunks: chunks.map((_, index) =>
            chunks.length < 2
              ? timing.end
              : timing.headers + ((timing.end - timing.headers) * index) / (chunks.length - 1),
          ),
        },
      }),
      end: "complete",
    },
  };
}

function chunksOf(body: Uint8Array, headers: HeaderLines): readonly Uint8Array[] {
  let end = 0;
  return eventLengths(body, eventFraming(headers)).map((length) => {
    end += length;
    return body.subarray(end - length, end);
  });
}
