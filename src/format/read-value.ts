import type { TapeValue } from "../cassette/model.ts";
import { jsonText } from "./json-text.ts";
import type { TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";

/** The key of a value that is written as JSON text, because YAML would not give it back. */
export const JSON_KEY = "$json";

/** Reads a value; `undefined` if the entry has none. */
export function readValue(reader: NodeReader, node: TapeNode | undefined): TapeValue | undefined {
  if (node === undefined) return undefined;
  const [only, second] = node.kind === "map" ? node.entries : [];
  if (only?.key === JSON_KEY && second === undefined) return parsed(reader, only.value);
  const text = jsonText(node, (problem) => {
    throw reader.error(problem.node, problem.why);
  });
  return JSON.parse(text) as TapeValue;
}

function parsed(reader: NodeReader, node: TapeNode): TapeValue {
  try {
    return JSON.parse(reader.string(node, "JSON")) as TapeValue;
  } catch (error) {
    if (error instanceof SyntaxError) throw reader.error(node, `the text is not JSON: ${error.message}`);
    throw error;
  }
}
