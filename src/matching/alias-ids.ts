import { isContainer } from "./container.ts";
import { mapParts } from "./map-parts.ts";
import type { PathState } from "./path-set.ts";

/**
 * The value with the ids that the paths lead to renamed to `<id 1>`, `<id 2>`, ... in order of first
 * appearance: an id that comes up again has the same name again, so that which parts belong together is
 * still compared. Fields are visited in the order of their names, whatever order they were sent in.
 * Only texts and numbers are ids. Nothing is changed in place.
 */
export function renameIds(value: unknown, paths: PathState): unknown {
  const names = new Map<unknown, string>();

  function visit(part: unknown, here: PathState): unknown {
    if (here.accepting && (typeof part === "string" || typeof part === "number")) return rename(part);
    if (here.dead || !isContainer(part)) return part;
    return mapParts(
      part,
      (inner, key) => visit(inner, typeof key === "number" ? here.element(key) : here.field(key)),
      sortedKeys,
    );
  }

  function rename(id: string | number): string {
    const name = names.get(id) ?? `<id ${names.size + 1}>`;
    names.set(id, name);
    return name;
  }

  return visit(value, paths);
}

function sortedKeys(object: object): readonly string[] {
  return Object.keys(object).sort();
}
