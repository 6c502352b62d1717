import type { Decoded } from "../../../streams/decoder.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";

/** Everything that an event bears of content, joined. */
export function contentOf({ decoded }: TraceEvent): string {
  return decoded.map(pieceOf).join("");
}

/**
 * Fields that are never the same in two events, whatever these say: clocks (Ollama), running token counts
 * (Gemini, Perplexity), random padding (OpenAI).
 */
const MARKS = /^(?:created_?at|timestamp|obfuscation|\w*tokens|\w*token_?count)$/i;

/**
 * Whether each event with content bears a clock, a counter or padding, and each another, so that two that are
 * the same byte for byte can only be one that was delivered twice.
 */
export function isMarkedStream(events: readonly TraceEvent[]): boolean {
  const byData = new Map(events.filter(({ hasContent }) => hasContent).map((event) => [event.data, event]));
  const marks = new Set<string>();
  for (const { payload } of byData.values()) {
    const mark = marksIn(payload);
    if (mark === "" || marks.has(mark)) return false;
    marks.add(mark);
  }
  return marks.size > 1;
}

function marksIn(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  let marks = "";
  for (const [name, each] of Object.entries(value)) {
    if (typeof each === "object") marks += marksIn(each);
    else if (MARKS.test(name)) marks += `${name} ${each} `;
  }
  return marks;
}

function pieceOf(decoded: Decoded): string {
  switch (decoded.kind) {
    case "text":
    case "reasoning":
    case "refusal":
      return decoded.text;
    case "toolCall":
      return decoded.arguments ?? "";
    case "finish":
    case "usage":
    case "model":
    case "error":
    case "terminated":
      return "";
  }
}
