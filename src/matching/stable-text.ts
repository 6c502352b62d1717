import stringify from "fast-json-stable-stringify";

/** Writes a JSON value with its keys sorted: equal values give equal text. */
export function stableText(value: unknown): string {
  return stringify(value);
}
