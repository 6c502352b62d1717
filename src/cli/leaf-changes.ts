import type { NodePath } from "../format/index.ts";
import type { TapeNode } from "../format/node.ts";

/** A text that differs between two trees of the same form. */
export interface LeafChange {
  readonly path: NodePath;
  /** `key`: the last step of the path changed, not the value. */
  readonly what: "key" | "value";
  readonly before: string;
  readonly after: string;
}

/** Lists the texts that differ between two trees; `undefined` if their form differs too. */
export function leafChanges(before: TapeNode, after: TapeNode): readonly LeafChange[] | undefined {
  const changes: LeafChange[] = [];
  return compare(before, after, [], changes) ? changes : undefined;
}

function compare(before: TapeNode, after: TapeNode, path: NodePath, changes: LeafChange[]): boolean {
  switch (before.kind) {
    case "scalar":
      if (after.kind !== "scalar") return false;
      if (before.text !== after.text) {
        changes.push({ path, what: "value", before: before.text, after: after.text });
      }
      return true;
    case "list":
      if (after.kind !== "list" || before.items.length !== after.items.length) return false;
      return before.items.every((item, index) =>
        compare(item, after.items[index] as TapeNode, [...path, index], changes),
      );
    case "map":
      if (after.kind !== "map" || before.entries.length !== after.entries.length) return false;
      return before.entries.every(({ key, value }, index) => {
        const other = after.entries[index] as (typeof after.entries)[number];
        const inner = [...path, key];
        if (key !== other.key) changes.push({ path: inner, what: "key", before: key, after: other.key });
        return compare(value, other.value, inner, changes);
      });
  }
}
