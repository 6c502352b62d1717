import { EventStreamError, frameLength, PRELUDE_LENGTH } from "./event-stream-message.ts";
import { decodeText } from "./text.ts";

/** A framing as it is known at the beginning: `json` may turn out to be lines or an array. */
export type OpeningFraming = "sse" | "ndjson" | "json" | "aws-eventstream" | "text";

/** Blank lines keep a connection alive before the body begins; past this many bytes the content type decides. */
const LONG_BLANK = 16_384;

const SSE_FIELD = /^(?::|(?:data|event|id|retry)(?:[:\r\n]|$))/;
const SSE_NAMES = ["data:", "event:", "id:", "retry:"];

/**
 * The framing of a body by its first bytes and its content type, where the bytes have the last word: lines of
 * JSON come under the name of SSE. What looks like nothing and
 * is not said to be plain text is read as SSE, which finds no events in it. `undefined` while there are too few
 * bytes to tell and more may come.
 */
export function detectFraming(
  bytes: Uint8Array,
  contentType: string | undefined,
  ended: boolean,
): OpeningFraming | undefined {
  const declared = declaredFraming(contentType);
  const first = bytes[0];
  if (first === undefined) return ended ? (declared ?? "sse") : undefined;

  // The first byte of a frame's length: 0 in any frame below 16 MB, and in no text.
  if (first === 0) {
    if (declared === "aws-eventstream") return "aws-eventstream";
    if (bytes.length < PRELUDE_LENGTH && !ended) return undefined;
    if (isFrame(bytes)) return "aws-eventstream";
  }

  const text = decodeText(bytes).replace(/^\uFEFF/, "");
  // Not trimStart, which takes characters that a cut may split: a BOM, a no-break space.
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

/** What the content type alone says. */
export function declaredFraming(contentType = ""): OpeningFraming | undefined {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "text/event-stream") return "sse";
  if (type === "application/vnd.amazon.eventstream") return "aws-eventstream";
  if (/^(?:application|text)\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|json-seq|stream\+json)$/.test(type))
    return "ndjson";
  if (/^(?:application|text)\/(?:[^;]+\+)?json$/.test(type)) return "json";
  if (type.startsWith("text/")) return "text";
  return undefined;
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
  // A model may well answer with JSON in a stream of plain text; only an error body is taken for what it is.
  // In a stream of events the same body is lines that no parser knows; whoever knows that the response is an
  // error does not declare it as events.
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
