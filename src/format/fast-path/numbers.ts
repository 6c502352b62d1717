import { endOfIndented } from "../end-of-indented.ts";
import type { TapeNode } from "../node.ts";
import { matchAt } from "./own-scalars.ts";

const NUMBERS = /\[[-\d., \r\n]+\]/y;

/**
 * Reads the list in brackets at `at`, inside a collection at column `parent`, if it holds nothing but numbers as JSON
 * writes them. The tape of a long stream has thousands.
 *
 * @returns `undefined` for another list
 */
export function numbersAt(
  text: string,
  at: number,
  { parent, base }: { readonly parent: number; readonly base: number },
): { readonly node: TapeNode; readonly end: number; readonly count: number } | undefined {
  const [list] = matchAt(NUMBERS, text, at) ?? [];
  if (list === undefined) return undefined;
  if (endOfIndented(list, list.indexOf("\n") + 1, parent + 1) < list.length) return undefined;
  const numbers = jsonNumbers(list);
  if (numbers === undefined) return undefined;
  const place = at + base;
  let items: readonly TapeNode[] | undefined;
  const node: TapeNode = {
    kind: "list",
    at: place,
    numbers,
    get items() {
      items ??= Array.from(list.matchAll(/[^\s,[\]]+/g), (match) => ({
        kind: "scalar",
        at: place + match.index,
        text: match[0],
        plain: true,
      }));
      return items;
    },
  };
  return { node, end: at + list.length, count: numbers.length };
}

function jsonNumbers(list: string): readonly number[] | undefined {
  try {
    return JSON.parse(list) as readonly number[];
  } catch {
    return undefined;
  }
}
