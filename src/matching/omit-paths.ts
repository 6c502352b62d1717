import { GONE, isContainer, mapParts } from "./container.ts";
import type { PathState } from "./path-set.ts";

/** Returns the value without the parts that the paths lead to. A list closes up where an element is omitted. */
export function omitPaths(value: unknown, paths: PathState): unknown {
  if (paths.dead || !isContainer(value)) return value;
  return mapParts(value, (part, key) => {
    const here = paths.step(key);
    return here.accepting ? GONE : omitPaths(part, here);
  });
}
