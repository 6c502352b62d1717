import type { HeaderLines } from "../cassette/model.ts";
import { repeatedKey } from "./json-text.ts";
import { describeNode, type TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";

/**
 * Reads header lines from a mapping of names to values, or from a list of such mappings. A value is a list if
 * the name was sent several times in a row; a list of mappings keeps the order if other lines came in between.
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
    throw reader.errorAt(at, `duplicate header ${JSON.stringify(key)}`, { next });
  }
  for (const { key, at, value } of map.entries) {
    if (!/^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(key)) {
      throw reader.errorAt(at, `${JSON.stringify(key)} is not a header name`);
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

/** Reads a value of one line: any other would fail in the middle of a replay. */
function headerValue(reader: NodeReader, node: TapeNode, name: string): string {
  const value = lineOfHead(reader, node, `value of the header ${name}`);
  if (/[^\0-\u00ff]/.test(value)) {
    throw reader.error(node, `the value of the header ${name} has a character beyond Latin-1`);
  }
  return value;
}

/** Reads one line of the head of a message. A tape must not smuggle another line into it. */
export function lineOfHead(reader: NodeReader, node: TapeNode, what: string): string {
  const text = reader.scalar(node, `a ${what}`).text;
  if (/[\0\r\n]/.test(text)) throw reader.error(node, `the ${what} has a line break or a NUL`);
  return text;
}
