/** An object or list, whose content is compared part by part. */
export type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Whether a value has parts; everything else, bytes and exact numbers among it, is compared as one. */
export function isContainer(value: unknown): value is Container {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
