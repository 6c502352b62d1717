import { isContainer } from "./container.ts";
import { mapParts } from "./map-parts.ts";

/** The value with `redact` applied to every text in it. */
export function redactDeep<T>(value: T, redact: (text: string) => string): T {
  const visit = (part: unknown): unknown => {
    if (typeof part === "string") return redact(part);
    return isContainer(part) ? mapParts(part, visit) : part;
  };
  return visit(value) as T;
}
