import { isError } from "../cassette/is-error.ts";
import type { EventError, EventValue } from "../events/event.ts";
import { cutText, summarizeValue } from "../events/summarize.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { toTapeValue } from "./tape-value.ts";

/** Has the redactor of events, made when it is first needed. */
interface Redacting {
  readonly redactor: Redactor;
}

/**
 * Copies a value of the user's code now, because it may change later. Returns a function that works out what an event
 * holds of it: JSON without secrets. What is no JSON becomes text: an event never fails the code that it is about.
 */
export function eventValue(given: unknown, events: Redacting): () => EventValue {
  if (given === undefined) return () => undefined;
  try {
    const value = toTapeValue(given, "value");
    if (value === undefined) return () => undefined;
    const entry = { kind: "checkpoint", at: 0, label: "", value } as const;
    return () => summarizeValue(events.redactor.redactEntry(entry).value);
  } catch {
    return () => summarizeValue(events.redactor.redactText(String(given)));
  }
}

/** Returns a function that works out what an event holds of something that was thrown. */
export function eventError(thrown: unknown, events: Redacting): () => EventError | undefined {
  if (thrown === undefined) return () => undefined;
  const message = isError(thrown) ? thrown.message : String(thrown);
  const name = isError(thrown) ? thrown.name : undefined;
  return () => ({ name, message: cutText(events.redactor.redactText(message)) });
}
