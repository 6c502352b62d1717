import { isContainer, mapParts, sortedKeys } from "./container.ts";
import type { PathState } from "./path-set.ts";

/**
 * Renames the ids that the paths lead to: `<id 1>`, `<id 2>`, ... in order of first appearance. The same id gets
 * the same name everywhere, so the comparison still sees which parts belong together. Only strings and numbers
 * are ids. Returns a copy.
 */
export function aliasIds(value: unknown, paths: PathState): unknown {
  const names = new Map<unknown, string>();

  function visit(part: unknown, here: PathState): unknown {
    if (here.accepting && (typeof part === "string" || typeof part === "number")) return alias(part);
    if (here.dead || !isContainer(part)) return part;
    return mapParts(part, (inner, key) => visit(inner, here.step(key)), sortedKeys);
  }

  function alias(id: string | number): string {
    const name = names.get(id) ?? `<id ${names.size + 1}>`;
    names.set(id, name);
    return name;
  }

  return visit(value, paths);
}
