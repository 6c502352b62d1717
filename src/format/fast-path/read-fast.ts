import { isNull, type TapeNode } from "../node.ts";
import type { Outline } from "../outline.ts";
import { readYaml, YamlError } from "../yaml-reader.ts";
import { readOwnForm } from "./block-reader.ts";
import type { ValueBudget } from "./line-cursor.ts";

/**
 * Reads a tape's text as `readYaml` does, but several times faster. It reads each interaction on its own, so
 * that one interaction that was edited by hand does not slow down the others.
 *
 * This folder is an optimization. To remove it, delete the folder and the call in `read-nodes.ts`. Without it, runs of
 * 100 isolated files with a cassette of 20 KB each took 1.23 times the processor time (`bench/load.ts`).
 *
 * @returns `undefined` if only `readYaml` can read the text
 * @throws YamlError if the text holds more than `maxValues` values
 */
export function readFast(
  text: string,
  outline: Outline | undefined,
  maxValues: number,
): TapeNode | undefined {
  if (hasMarks(text) || outline?.doubtful === true) return undefined;
  const budget: ValueBudget = { max: maxValues, left: maxValues };
  if (outline === undefined) return readOwnForm(text, bom(text), text.length, budget);
  return readParts(text, outline, budget);
}

/** Whether the text has a byte order mark inside or a lone carriage return: both change what YAML reads. */
function hasMarks(text: string): boolean {
  return text.includes("\ufeff", 1) || (text.includes("\r") && /\r(?!\n)/.test(text));
}

/** `undefined` if a part cannot be read on its own. */
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
