import { isInteger, type MapEntry, plainNumber, plainType, type ScalarNode, type TapeNode } from "./node.ts";

/** The reason why a node is not JSON, and the part of it. */
export interface NotJson {
  readonly node: TapeNode;
  readonly why: string;
}

/** Handles a node that is not JSON: throws, or returns a text in its place. */
export type Refuse = (problem: NotJson) => string;

/**
 * Returns the text that `JSON.stringify` gives for a body written as YAML. It reads the nodes and builds no
 * objects: keys keep their order, even if they look like numbers, and `__proto__` is a key like any other.
 */
export function jsonText(node: TapeNode, refuse: Refuse): string {
  switch (node.kind) {
    case "scalar":
      return scalarText(node, refuse);
    case "list":
      return `[${node.items.map((item) => jsonText(item, refuse)).join(",")}]`;
    case "map": {
      const twice = repeatedKey(node.entries);
      if (twice !== undefined) {
        return refuse({ node: twice.value, why: `duplicate key ${JSON.stringify(twice.key)}` });
      }
      const parts: string[] = [];
      for (const { key, value } of node.entries) {
        parts.push(`${JSON.stringify(key)}:${jsonText(value, refuse)}`);
      }
      return `{${parts.join(",")}}`;
    }
  }
}

function scalarText(node: ScalarNode, refuse: Refuse): string {
  if (!node.plain) return JSON.stringify(node.text);
  switch (plainType(node.text)) {
    case "null":
      return "null";
    case "boolean":
      return node.text.toLowerCase();
    case "string":
      return JSON.stringify(node.text);
    case "number": {
      const value = plainNumber(node.text);
      if (!Number.isFinite(value)) {
        return refuse({ node, why: `JSON has no number ${node.text}; in quotes it is text` });
      }
      if (isInteger(node.text) && !Number.isSafeInteger(value) && BigInt(node.text) !== BigInt(value)) {
        const why = `the number ${node.text.slice(0, 40)} has more digits than JavaScript keeps; write the body as text`;
        return refuse({ node, why });
      }
      return JSON.stringify(value);
    }
  }
}

/** Finds the first entry with a key that an earlier entry has. */
export function repeatedKey(entries: readonly MapEntry[]): MapEntry | undefined {
  // Most mappings are small, and a set for each would cost more than everything else.
  if (entries.length < 12) {
    return entries.find(({ key }, index) => entries.findIndex((entry) => entry.key === key) < index);
  }
  const seen = new Set<string>();
  return entries.find(({ key }) => seen.size === seen.add(key).size);
}
