import { isNull, type TapeNode } from "../node.ts";
import type { Outline } from "../outline.ts";
import { tryYaml } from "../yaml-reader.ts";
import { readOwnForm, type ValueBudget } from "./own-form.ts";

/**
 * Reads a tape's text as `readYaml` does, but several times faster. It reads each interaction on its own, so
 * that one interaction that was edited by hand does not slow down the others.
 *
 * This folder is an optimization. To remove it, delete the folder and the call in `read-nodes.ts`. Without it, runs of
 * 100 isolated files with a cassette of 20 KB each took 1.23 times the processor time (`bench/cases/whole-run.ts`).
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
  const start = text.startsWith("\ufeff") ? 1 : 0;
  if (outline === undefined || outline.items.length === 0)
    return readOwnForm(text.slice(start), start, budget);

  const frameText = `${text.slice(start, outline.head)}${text.slice(outline.tail)}`;
  const frame = readOwnForm(frameText, start, budget) ?? tryYaml(frameText, start);
  if (frame?.kind !== "map") return undefined;
  const place = frame.entries.findIndex(({ key }) => key === "interactions");
  const list = frame.entries[place];
  const isLast = place === frame.entries.length - 1;
  if (list === undefined || !isLast || !isNull(list.value)) return undefined;

  const items: TapeNode[] = [];
  for (const { lead, start, end } of outline.items) {
    const node = readOwnForm(text.slice(start, end), start, budget) ?? tryYaml(text.slice(lead, end), lead);
    if (node?.kind !== "list" || node.items.length !== 1) return undefined;
    items.push(node.items[0] as TapeNode);
  }
  const at = (outline.items[0]?.start ?? 0) + outline.column;
  const value: TapeNode = { kind: "list", at, items };
  return { ...frame, entries: [...frame.entries.slice(0, -1), { ...list, value }] };
}

/** Whether the text has a byte order mark inside or a lone carriage return: both change what YAML reads. */
function hasMarks(text: string): boolean {
  return text.includes("\ufeff", 1) || (text.includes("\r") && /\r(?!\n)/.test(text));
}
