import stringify from "fast-json-stable-stringify";

/** A JSON value as text that is the same for equal values, whatever the order of their keys. */
export function stableText(value: unknown): string {
  return stringify(value);
}
