import { readFast } from "./fast-path/read-fast.ts";
import { DEFAULT_TAPE_LIMITS } from "./limits.ts";
import type { TapeNode } from "./node.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { readYaml } from "./yaml-reader.ts";

export interface TapeNodes {
  readonly root: TapeNode;
  /** Set if the items of the list are those of the outline, one for one. */
  readonly outline: Outline | undefined;
}

/**
 * Reads the nodes of a tape's text.
 *
 * @throws YamlError if the text is not YAML, or uses more of YAML than a tape may.
 */
export function readNodes(text: string, maxValues = DEFAULT_TAPE_LIMITS.maxValues): TapeNodes {
  const outline = outlineOf(text);
  const root = readFast(text, outline, maxValues) ?? readYaml(text);
  return { root, outline: outline && matches(outline, root) ? outline : undefined };
}

/** Whether the items that YAML sees are the ones that the outline found. */
function matches(outline: Outline, root: TapeNode): boolean {
  if (root.kind !== "map") return false;
  const list = root.entries.find(({ key }) => key === "interactions")?.value;
  const items = list?.kind === "list" ? list.items : [];
  return (
    items.length === outline.items.length &&
    outline.items.every(({ start, end }, index) => {
      const at = items[index]?.at ?? -1;
      return at >= start && at < end;
    })
  );
}
