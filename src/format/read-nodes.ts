import { DEFAULT_TAPE_LIMITS } from "./limits.ts";
import type { ValueBudget } from "./line-cursor.ts";
import { isNull, type TapeNode } from "./node.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { readOwnForm } from "./own-reader.ts";
import { readYaml, YamlError } from "./yaml-reader.ts";

export interface TapeNodes {
  readonly root: TapeNode;
  /** Set where the items of the list are those of the outline, one for one. */
  readonly outline: Outline | undefined;
}

/**
 * The nodes of a tape's text, as `readYaml` gives them for the whole of it, only sooner: part by part, each
 * by the quicker reader where it can, so that one entry edited by hand does not make the others slow.
 *
 * @throws YamlError where it is not YAML, or more of YAML than a tape may hold.
 */
export function readNodes(text: string, maxValues = DEFAULT_TAPE_LIMITS.maxValues): TapeNodes {
  const outline = outlineOf(text);
  if (!hasMarks(text) && outline?.doubtful !== true) {
    const budget: ValueBudget = { max: maxValues, left: maxValues };
    const root = outline
      ? readParts(text, outline, budget)
      : readOwnForm(text, bom(text), text.length, budget);
    if (root !== undefined) return { root, outline };
  }
  const root = readYaml(text);
  return { root, outline: outline && holds(outline, root) ? outline : undefined };
}

/** `true` where the items that YAML sees are those that the outline cut out. */
function holds(outline: Outline, root: TapeNode): boolean {
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

/** What means something where it stands by itself: a byte order mark within, a lone carriage return. */
function hasMarks(text: string): boolean {
  return text.includes("\ufeff", 1) || (text.includes("\r") && /\r(?!\n)/.test(text));
}

/** `undefined` where a part does not stand on its own, and is for the reading of the whole to judge. */
function readParts(text: string, outline: Outline, budget: ValueBudget): TapeNode | undefined {
  const skeleton = `${text.slice(0, outline.head)}${text.slice(outline.tail)}`;
  const frame = readOwnForm(skeleton, bom(text), skeleton.length, budget) ?? tryYaml(skeleton, 0);
  if (frame?.kind !== "map") return undefined;
  const entries = [...frame.entries];
  const place = entries.findIndex(({ key }) => key === "interactions");
  const list = entries[place];
  if (list === undefined || !isNull(list.value)) return undefined;

  const shift = outline.tail - outline.head;
  const items: TapeNode[] = [];
  for (const { lead, start, end } of outline.items) {
    const node = readOwnForm(text, start, end, budget) ?? tryYaml(text.slice(lead, end), lead);
    if (node?.kind !== "list" || node.items.length !== 1) return undefined;
    items.push(node.items[0] as TapeNode);
  }
  const first = outline.items[0];
  const at = first === undefined ? list.at : first.start + outline.column;
  const value: TapeNode = { kind: "list", at, items };
  const moved = entries.map((entry, index) => {
    if (index === place) return { ...entry, value: items.length === 0 ? entry.value : value };
    return index < place ? entry : { ...entry, at: entry.at + shift, value: shifted(entry.value, shift) };
  });
  return { kind: "map", at: frame.at, entries: moved };
}

function tryYaml(text: string, base: number): TapeNode | undefined {
  try {
    return readYaml(text, base);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function shifted(node: TapeNode, by: number): TapeNode {
  switch (node.kind) {
    case "scalar":
      return { ...node, at: node.at + by };
    case "list":
      return { ...node, at: node.at + by, items: node.items.map((item) => shifted(item, by)) };
    case "map":
      return {
        ...node,
        at: node.at + by,
        entries: node.entries.map((entry) => ({
          ...entry,
          at: entry.at + by,
          value: shifted(entry.value, by),
        })),
      };
  }
}

function bom(text: string): number {
  return text.startsWith("\ufeff") ? 1 : 0;
}
