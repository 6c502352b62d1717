import type { EventValue } from "./event.ts";

/** UTF-16 units of a text, or of a value as JSON, that an event holds at most. */
export const MAX_VALUE = 8_192;
const SHOWN = 1_024;

/** Returns a value as an event holds it: as it is, or a `Summarized` if it is too large. */
export function summarizeValue(value: unknown, max = MAX_VALUE): EventValue {
  if (value === undefined || value === null || typeof value === "number" || typeof value === "boolean")
    return value;
  let text: string;
  try {
    text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    // A circular value, or one with a throwing getter: an event never fails the code that it is about.
    text = String(value);
    return { summary: text.slice(0, SHOWN), length: text.length };
  }
  if (text.length <= max) return value;
  return { summary: text.slice(0, SHOWN), length: text.length };
}

/** Returns a text as an event holds it: cut if it is too long. */
export function cutText(text: string, max = MAX_VALUE): string {
  return text.length <= max ? text : `${text.slice(0, max)}… (${text.length - max} more characters)`;
}
