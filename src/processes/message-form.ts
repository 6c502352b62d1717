import { asJson } from "../calls/mcp-message.ts";
import { fromTapeValue, toTapeValue } from "../calls/tape-value.ts";
import type { TapeValue } from "../cassette/tape-value.ts";

/** How messages of IPC are written. */
export interface MessageForm {
  readonly toValue: (message: unknown) => TapeValue;
  readonly fromValue: (value: TapeValue) => unknown;
}

/** @param isCloned whether the process gets structured clones (`serialization: 'advanced'`), and not JSON */
export function messageForm(isCloned: boolean): MessageForm {
  if (isCloned)
    return { toValue: (message) => toTapeValue(message, "message") ?? null, fromValue: fromTapeValue };
  return { toValue: (message) => asJson(message) ?? null, fromValue: (value) => structuredClone(value) };
}
