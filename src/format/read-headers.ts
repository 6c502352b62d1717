import type { HeaderLines } from "../cassette/model.ts";
import { repeatedKey } from "./json-text.ts";
import { describeNode, type TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";

/**
 * Header lines from a mapping of names to values, a value being a list where the name was sent several times
 * in a row; or from a list of such mappings, where other lines stood between.
 */
export function readHeaders(reader: NodeReader, node: TapeNode | undefined): HeaderLines {
  if (node === undefined) return [];
  const lines: [string, string][] = [];
  if (node.kind === "list") {
    for (const item of node.items) addLines(reader, item, lines);
  } else {
    addLines(reader, node, lines);
  }
  return lines;
}

function addLines(reader: NodeReader, node: TapeNode, lines: [string, string][]): void {
  const map = reader.map(node, "headers");
  const twice = repeatedKey(map.entries);
  if (twice !== undefined) {
    const { key, at } = twice;
    const next = `Write the values of a repeated header as a list: ${key}: [one, two].`;
    throw reader.errorAt(at, `the header ${JSON.stringify(key)} is there twice`, { next });
  }
  for (const { key, at, value } of map.entries) {
    if (!/^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(key)) {
      throw reader.errorAt(at, `${JSON.stringify(key)} is no name of a header`);
    }
    switch (value.kind) {
      case "scalar":
        lines.push([key, headerValue(reader, value, key)]);
        break;
      case "list":
        for (const item of value.items) lines.push([key, headerValue(reader, item, key)]);
        break;
      case "map":
        throw reader.error(value, `expected the value of the header ${key}, found ${describeNode(value)}`);
    }
  }
}

/** Any text of one line: a value that no client takes would fail in the middle of a replay. */
function headerValue(reader: NodeReader, node: TapeNode, name: string): string {
  const value = lineOfHead(reader, node, `value of the header ${name}`);
  if (/[^\0-\u00ff]/.test(value)) {
    throw reader.error(node, `the value of the header ${name} has a character beyond Latin-1`);
  }
  return value;
}

/** A line in the head of a message. Nothing else on a tape may begin another one there. */
export function lineOfHead(reader: NodeReader, node: TapeNode, what: string): string {
  const text = reader.string(node, `a ${what}`);
  if (/[\0\r\n]/.test(text)) throw reader.error(node, `the ${what} has a line break or a NUL`);
  return text;
}
