import { isContainer, mapParts } from "./container.ts";

/** Returns a copy in which `redact` has replaced every string, the names of fields included. */
export function redactDeep<T>(value: T, redact: (text: string) => string): T {
  const visit = (part: unknown): unknown => {
    if (typeof part === "string") return redact(part);
    return isContainer(part) ? renameFields(mapParts(part, visit), redact) : part;
  };
  return visit(value) as T;
}

function renameFields(container: object, redact: (text: string) => string): unknown {
  if (Array.isArray(container) || Object.keys(container).every((name) => redact(name) === name))
    return container;
  return Object.fromEntries(Object.entries(container).map(([name, field]) => [redact(name), field]));
}
