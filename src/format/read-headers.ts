import type { HeaderLines } from "../cassette/model.ts";
import { repeatedKey } from "./json-text.ts";
import { describeNode, type TapeNode } from "./node.ts";
import type { Reading } from "./node-reader.ts";

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
  for (const { key, at, value } of map.entries) {
    if (!/^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(key)) {
      throw reading.errorAt(at, `${JSON.stringify(key)} is no name of a header`);
    }
    switch (value.kind) {
      case "scalar":
        lines.push([key, headerValue(reading, value, key)]);
        break;
      case "list":
        for (const item of value.items) lines.push([key, headerValue(reading, item, key)]);
        break;
      case "map":
        throw reading.error(value, `expected the value of the header ${key}, found ${describeNode(value)}`);
    }
  }
}

/** Any text of one line: a value that no client takes would fail in the middle of a replay. */
function headerValue(reading: Reading, node: TapeNode, name: string): string {
  const value = lineOfHead(reading, node, `value of the header ${name}`);
  if (/[^\0-\u00ff]/.test(value)) {
    throw reading.error(node, `the value of the header ${name} has a character beyond Latin-1`);
  }
  return value;
}

/** A line in the head of a message. Nothing else on a tape may begin another one there. */
export function lineOfHead(reading: Reading, node: TapeNode, what: string): string {
  const text = reading.string(node, `a ${what}`);
  if (/[\0\r\n]/.test(text)) throw reading.error(node, `the ${what} has a line break or a NUL`);
  return text;
}
