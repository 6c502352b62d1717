import type { MapEntry, TapeNode } from "../format/node.ts";
import type { NodePath } from "./leaf-changes.ts";

export interface Located {
  readonly node: TapeNode;
  /** The entry whose value `node` is; `undefined` for an item of a list. */
  readonly entry: MapEntry | undefined;
  /** How many steps of the path lead there; fewer than it has where a text stands in place of a tree. */
  readonly steps: number;
}

/** Follows a path as far as it goes; `undefined` where it leads to nothing. */
export function locate(root: TapeNode, path: NodePath): Located | undefined {
  let node = root;
  let entry: MapEntry | undefined;
  for (const [index, step] of path.entries()) {
    switch (node.kind) {
      case "scalar":
        return { node, entry, steps: index };
      case "list": {
        const item: TapeNode | undefined = node.items[step as number];
        if (item === undefined) return undefined;
        node = item;
        entry = undefined;
        break;
      }
      case "map": {
        entry = node.entries.find(({ key }) => key === step);
        if (entry === undefined) return undefined;
        node = entry.value;
      }
    }
  }
  return { node, entry, steps: path.length };
}
