import { isContainer, mapParts, sortedKeys } from "./container.ts";

/**
 * Writes a JSON value with its keys sorted: equal values give equal text.
 *
 * @param replace returns what to write for a string that is no key
 */
export function stableText(value: unknown, replace?: (text: string) => string): string {
  return JSON.stringify(sorted(value, replace)) ?? "";
}

function sorted(value: unknown, replace: ((text: string) => string) | undefined): unknown {
  if (typeof value === "string") return replace?.(value) ?? value;
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return mapParts(value, (part) => sorted(part, replace));
  const object = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const name of sortedKeys(object)) {
    const part = sorted(object[name], replace);
    if (name === "__proto__") Object.defineProperty(copy, name, { value: part, enumerable: true });
    else copy[name] = part;
  }
  return copy;
}
