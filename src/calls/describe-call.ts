import type { RecordedCall } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { stableText } from "../matching/stable-text.ts";

const WIDTH = 96;

/** Shows a call on one line: `weather({"city":"Lyon"})`. */
export function describeCall({ name, input }: Pick<RecordedCall, "name" | "input">): string {
  return `${name}(${valueLine(input)})`;
}

/** Shows a value on one line, cut if it is long. */
export function valueLine(value: TapeValue | undefined): string {
  const text = value === undefined ? "" : stableText(value);
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH)}...`;
}
