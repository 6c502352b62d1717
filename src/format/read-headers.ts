import type { HeaderLines } from "../cassette/model.ts";
import { repeatedKey } from "./json-text.ts";
import { describeNode, type TapeNode } from "./node.ts";
import type { Reading } from "./reading.ts";

/**
 * Header lines from a mapping of names to values, a value being a list where the name was sent several times
 * in a row; or from a list of such mappings, where other lines stood between.
 */
export function readHeaders(reading: Reading, node: TapeNode | undefined): HeaderLines {
  if (node === undefined) return [];
  const lines: [string, string][] = [];
  if (node.kind === "list") {
    for (const item of node.items) addLines(reading, item, lines);
  } else {
    addLines(reading, node, lines);
  }
  return lines;
}

function addLines(reading: Reading, node: TapeNode, lines: [string, string][]): void {
  const map = reading.map(node, "headers");
  const twice = repeatedKey(map.entries);
  if (twice !== undefined) {
    const { key, at } = twice;
    const next = `Write the values of a repeated header as a list: ${key}: [one, two].`;
    throw reading.errorAt(at, `the header ${JSON.stringify(key)} is there twice`, { next });
  }
  for (const { key, value } of map.entries) {
    switch (value.kind) {
      case "scalar":
        lines.push([key, value.text]);
        break;
      case "list":
        for (const item of value.items)
          lines.push([key, reading.string(item, `a value of the header ${key}`)]);
        break;
      case "map":
        throw reading.error(value, `expected the value of the header ${key}, found ${describeNode(value)}`);
    }
  }
}
