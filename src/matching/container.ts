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
  if (Array.isArray(container)) {
    let list: unknown[] | undefined;
    for (const [index, part] of container.entries()) {
      const now = change(part, index);
      if (now !== part) list ??= container.slice(0, index);
      if (now !== GONE) list?.push(now);
    }
    return list ?? container;
  }
  const object = container as Readonly<Record<string, unknown>>;
  const names = keys(object);
  let fields: Record<string, unknown> | undefined;
  for (const [index, name] of names.entries()) {
    const part = object[name];
    const now = change(part, name);
    if (now !== part) fields ??= copyOf(object, names.slice(0, index));
    if (fields !== undefined && now !== GONE) fields[name] = now;
  }
  return fields ?? container;
}

/** Without a prototype, so that a field called __proto__ is a field like any other. */
function copyOf(
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(null);
  for (const name of names) copy[name] = object[name];
  return copy;
}

/** Returns the names of an object's fields in a fixed order, independent of the order in which they were sent. */
export function sortedKeys(object: object): readonly string[] {
  return Object.keys(object).sort();
}
