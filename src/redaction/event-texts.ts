import { JSON_SCALAR, JSON_STRING } from "./encodings.ts";
import { JsonPlace } from "./json-container.ts";
import { type JsonString, readJsonStrings } from "./json-strings.ts";
import type { NestedText } from "./nested-text.ts";
import type { TextEvent } from "./text-parts.ts";

const never = (): boolean => false;

/** The strings in the JSON of all events, and the data of events that are plain text. */
export function eventTexts(
  node: NestedText,
  events: readonly TextEvent[],
  wantsScalar: (name: string) => boolean = never,
): readonly NestedText[] {
  const root = new JsonPlace();
  const texts: NestedText[] = [];
  for (const { start, end, prefix, isJson } of events) {
    const place = prefix === "" ? root : root.child(prefix);
    if (!isJson) {
      if (start < end) texts.push(node.nested(start, end));
      continue;
    }
    for (const field of readJsonStrings(node.text, start, end, place, wantsScalar)) {
      texts.push(nest(node, field));
    }
  }
  return texts;
}

/**
 * The strings in the JSON of a text, from `start` on.
 *
 * @param isDecoded whether escapes are undone. In what only looks like JSON, nothing else may change with a secret.
 */
export function jsonTexts(
  node: NestedText,
  start: number,
  wantsScalar: (name: string) => boolean = never,
  isDecoded = true,
): readonly NestedText[] {
  const fields = readJsonStrings(node.text, start, node.text.length, new JsonPlace(), wantsScalar);
  return fields.map((field) => nest(node, field, isDecoded));
}

function nest(node: NestedText, field: JsonString, isDecoded = true): NestedText {
  const { kind, start, end } = field;
  const encoding = kind === "scalar" ? JSON_SCALAR : isDecoded ? JSON_STRING : undefined;
  return node.nested(start, end, encoding, field);
}
