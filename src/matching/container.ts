/** An object or list. It is compared part by part. */
export type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Whether a value has parts. Everything else, such as bytes and exact numbers, is compared as a whole. */
export function isContainer(value: unknown): value is Container {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Returned for a part that {@link mapParts} drops. */
export const GONE: unique symbol = Symbol("gone");

/**
 * Returns a copy in which `change` has replaced each part, or the container itself if nothing changed. A part
 * that is dropped from a list leaves no hole.
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

/** The names of an object's fields in a fixed order, whatever order they were sent in. */
export function sortedKeys(object: object): readonly string[] {
  return Object.keys(object).sort();
}
