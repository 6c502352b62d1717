import { isInteger, type MapEntry, plainNumber, plainType, type ScalarNode, type TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";

/**
 * Returns the text that `JSON.stringify` gives for a body written as YAML. It reads the nodes and builds no
 * objects: keys keep their order, even if they look like numbers, and `__proto__` is a key like any other.
 */
export function jsonText(reader: NodeReader, node: TapeNode): string {
  switch (node.kind) {
    case "scalar":
      return scalarText(reader, node);
    case "list":
      return `[${node.items.map((item) => jsonText(reader, item)).join(",")}]`;
    case "map": {
      const twice = repeatedKey(node.entries);
      if (twice !== undefined) throw reader.error(twice.value, `duplicate key ${JSON.stringify(twice.key)}`);
      const fields = node.entries.map(
        ({ key, value }) => `${JSON.stringify(key)}:${jsonText(reader, value)}`,
      );
      return `{${fields.join(",")}}`;
    }
  }
}

function scalarText(reader: NodeReader, node: ScalarNode): string {
  const { text, plain } = node;
  if (!plain) return JSON.stringify(text);
  switch (plainType(text)) {
    case "null":
      return "null";
    case "boolean":
      return text.toLowerCase();
    case "string":
      return JSON.stringify(text);
    case "number": {
      const value = plainNumber(text);
      if (!Number.isFinite(value)) {
        throw reader.error(node, `JSON has no number ${text}; in quotes it is text`);
      }
      if (isInteger(text) && !Number.isSafeInteger(value) && BigInt(text) !== BigInt(value)) {
        const why = "has more digits than JavaScript keeps; write the body as text";
        throw reader.error(node, `the number ${text.slice(0, 40)} ${why}`);
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
