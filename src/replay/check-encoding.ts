import { Buffer } from "node:buffer";
import { CassetteError } from "../cassette/errors.ts";
import type { Interaction } from "../cassette/model.ts";
import { decodeContent, MAX_DECODED_BYTES } from "../http/content-decoding.ts";
import { headerOf } from "../http/headers.ts";
import type { Exchange } from "../interception/exchange.ts";

/**
 * Checks that the client will be able to decode the recorded body. Only fetch is given decoded bytes. Other clients
 * decode the body themselves, or fail on it, as they did when it was recorded.
 *
 * @throws CassetteError `CASSETTE_BODY_ENCODING` if the body is not in the coding that its `content-encoding` names
 */
export function checkEncoding({ request, response }: Interaction, { seam }: Pick<Exchange, "seam">): void {
  const encoding = headerOf(response.headers, "content-encoding");
  if (seam !== "fetch" || encoding === undefined || response.decoded === true) return;
  const decoded = decodeContent(Buffer.concat(response.chunks), encoding);
  switch (decoded.kind) {
    case "plain":
    case "decoded":
    case "unsupported":
      return;
    case "damaged":
      // The beginning of a body that was cut may hold nothing yet.
      if (response.end !== "complete" && (decoded.cause as NodeJS.ErrnoException).code === "Z_BUF_ERROR")
        return;
      throw failed(
        `its content-encoding is ${encoding}, but its bytes are not (${decoded.cause.message})`,
        "Correct the header or the body on the tape, or re-record the cassette.",
      );
    case "too-large":
      throw failed(
        `its body is larger than ${MAX_DECODED_BYTES} bytes when decoded`,
        "Ignore this request with the option `ignore`.",
      );
  }

  function failed(why: string, next: string): CassetteError {
    const { method, url } = request;
    const message = `Failed to play the response to ${method} ${url}: ${why}. ${next}`;
    return new CassetteError("CASSETTE_BODY_ENCODING", message);
  }
}
