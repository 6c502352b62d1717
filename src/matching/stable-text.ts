import { isContainer, mapParts, sortedKeys } from "./container.ts";

/** Writes a JSON value with its keys sorted: equal values give equal text. */
export function stableText(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "";
}

function sorted(value: unknown): unknown {
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return mapParts(value, sorted);
  const object = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const name of sortedKeys(object)) {
    const part = sorted(object[name]);
    if (name === "__proto__") Object.defineProperty(copy, name, { value: part, enumerable: true });
    else copy[name] = part;
  }
  return copy;
}
