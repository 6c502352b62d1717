import type { Container } from "./container.ts";

/** Returned for a part that is to be left out. */
export const GONE: unique symbol = Symbol("gone");

/**
 * The container with each part replaced by what `change` makes of it; the container itself where nothing
 * changed. Nothing is changed in place. A part that is left out of a list is gone, with no hole.
 */
export function mapParts(
  container: Container,
  change: (part: unknown, key: string | number) => unknown,
  keys: (object: object) => readonly string[] = Object.keys,
): Container {
  let changed = false;
  if (Array.isArray(container)) {
    const list: unknown[] = [];
    container.forEach((part, index) => {
      const now = change(part, index);
      if (now !== GONE) list.push(now);
      changed ||= now !== part;
    });
    return changed ? list : container;
  }
  const object = container as Readonly<Record<string, unknown>>;
  // No prototype, so that a field called __proto__ is a field like any other.
  const fields: Record<string, unknown> = Object.create(null);
  for (const name of keys(object)) {
    const part = object[name];
    const now = change(part, name);
    if (now !== GONE) fields[name] = now;
    changed ||= now !== part;
  }
  return changed ? fields : container;
}
