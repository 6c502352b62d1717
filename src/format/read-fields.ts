import type { TapeValue } from "../cassette/tape-value.ts";
import { jsonText } from "./json-text.ts";
import { MAX_MILLISECONDS } from "./limits.ts";
import { plainNumber, plainType, type TapeNode } from "./node.ts";
import type { NodeReader, ReadNode } from "./node-reader.ts";

/** Reads text of any kind. */
export function text(what: string): ReadNode<string> {
  return (reader, node) => reader.scalar(node, what).text;
}

export function word<const Word extends string>(what: string, words: readonly Word[]): ReadNode<Word> {
  return (reader, node) => reader.word(node, what, words);
}

export function milliseconds(what: string): ReadNode<number> {
  return (reader, node) => reader.number(node, what, 0, MAX_MILLISECONDS);
}

export function listOf<T>(what: string, read: ReadNode<T>): ReadNode<readonly T[]> {
  return (reader, node) => reader.list(node, what).items.map((item) => read(reader, item));
}

/** Reads a number without quotes as a number, and all else as text. */
export function textOrNumber(what: string): ReadNode<string | number> {
  return (reader, node) => {
    const { text, plain } = reader.scalar(node, what);
    return plain && plainType(text) === "number" ? plainNumber(text) : text;
  };
}

/** The key of a value that is written as JSON text, because YAML would not give it back. */
export const JSON_KEY = "$json";

/** Reads a value of any kind. */
export function readValue(reader: NodeReader, node: TapeNode): TapeValue {
  const [only, second] = node.kind === "map" ? node.entries : [];
  const isText = only?.key === JSON_KEY && second === undefined;
  const json = isText ? reader.scalar(only.value, "JSON").text : jsonText(reader, node);
  try {
    return JSON.parse(json) as TapeValue;
  } catch (error) {
    if (!(error instanceof SyntaxError) || only === undefined) throw error;
    throw reader.error(only.value, `the text is not JSON: ${error.message}`);
  }
}
