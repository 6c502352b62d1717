import { isContainer } from "./container.ts";
import { GONE, mapParts } from "./map-parts.ts";
import type { PathState } from "./path-set.ts";

/**
 * The value without what the paths lead to. Nothing is changed in place; what holds nothing that is left
 * out comes back as it is. An element that is left out is gone from its list.
 */
export function leaveOut(value: unknown, paths: PathState): unknown {
  if (paths.dead || !isContainer(value)) return value;
  return mapParts(value, (part, key) => {
    const here = typeof key === "number" ? paths.element(key) : paths.field(key);
    return here.accepting ? GONE : leaveOut(part, here);
  });
}
