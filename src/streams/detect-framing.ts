import { declaredFraming, type OpeningFraming } from "./declared-framing.ts";
import { EventStreamError, frameLength, PRELUDE_LENGTH } from "./event-stream-message.ts";
import { decodeText } from "./text.ts";

/** Some servers send blank lines before the body. After this many bytes of them, the content type decides. */
const LONG_BLANK = 16_384;

const SSE_FIELD = /^(?::|(?:data|event|id|retry)(?:[:\r\n]|$))/;
const SSE_NAMES = ["data:", "event:", "id:", "retry:"];

/**
 * Detects the framing of a body. The first bytes win over the content type, because some servers send lines of
 * JSON as SSE. A body that looks like nothing known is read as SSE unless its type says plain text.
 *
 * @returns `undefined` if more bytes are needed to decide
 */
export function detectFraming(
  bytes: Uint8Array,
  contentType: string | undefined,
  ended: boolean,
): OpeningFraming | undefined {
  const declared = declaredFraming(contentType);
  const first = bytes[0];
  if (first === undefined) return ended ? (declared ?? "sse") : undefined;

  // A frame starts with its length, whose first byte is 0 below 16 MB. No text starts with it.
  if (first === 0) {
    if (declared === "aws-eventstream") return "aws-eventstream";
    if (bytes.length < PRELUDE_LENGTH && !ended) return undefined;
    if (isFrame(bytes)) return "aws-eventstream";
  }

  const text = decodeText(bytes).replace(/^\uFEFF/, "");
  // Not trimStart: it also removes characters that a chunk boundary can split, such as a BOM.
  const body = text.replace(/^[ \t\r\n]+/, "");
  if (body === "" || (bytes.length < 3 && first === 0xef)) {
    return ended || bytes.length > LONG_BLANK ? (declared ?? "sse") : undefined;
  }
  if (body.startsWith("{") || body.startsWith("[")) return bracketFraming(body, declared, ended);
  if (declared === "sse") return "sse";
  if (!ended && SSE_NAMES.some((name) => name.startsWith(body))) return undefined;
  if (SSE_FIELD.test(body)) return "sse";
  return declared ?? "sse";
}

function bracketFraming(
  body: string,
  declared: OpeningFraming | undefined,
  ended: boolean,
): OpeningFraming | undefined {
  if (declared === "ndjson" && body.startsWith("{")) return "ndjson";
  if (declared !== "text" && declared !== "sse") return "json";
  const opening = body.slice(0, 40).replace(/\s+/g, "");
  const isError = /^\[?\{"error":/.test(opening);
  if (!isError && !ended && ('{"error":'.startsWith(opening) || '[{"error":'.startsWith(opening))) {
    return undefined;
  }
  // A model can answer with JSON in a plain-text stream, so only an error body counts as JSON there. In a
  // stream of events, an error body is a line that no parser knows.
  if (declared === "text") return isError ? "json" : "text";
  return isError ? "sse" : "json";
}

function isFrame(bytes: Uint8Array): boolean {
  try {
    return frameLength(bytes) !== undefined;
  } catch (error) {
    if (error instanceof EventStreamError) return false;
    throw error;
  }
}
