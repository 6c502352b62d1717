import { mediaTypeOf } from "../http/headers.ts";

/** The framing as the first bytes show it. `json` can turn out to be lines or an array. */
export type OpeningFraming = "sse" | "ndjson" | "json" | "aws-eventstream" | "text";

/** Reads the framing from the content type alone. */
export function declaredFraming(contentType: string | undefined): OpeningFraming | undefined {
  const type = mediaTypeOf(contentType);
  if (type === "text/event-stream") return "sse";
  if (type === "application/vnd.amazon.eventstream") return "aws-eventstream";
  if (/^(?:application|text)\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|json-seq|stream\+json)$/.test(type))
    return "ndjson";
  if (/^(?:application|text)\/(?:[^;]+\+)?json$/.test(type)) return "json";
  if (type.startsWith("text/")) return "text";
  return undefined;
}
