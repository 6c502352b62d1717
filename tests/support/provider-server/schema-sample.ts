import { asList, asText, at } from "./json.ts";

/** A value that satisfies a JSON Schema (types in lower or upper case), the same for the same schema and `word`. */
export function sampleOf(schema: unknown, word: string): unknown {
  const fixed = at(schema, "const") ?? asList(at(schema, "enum"))[0];
  if (fixed !== undefined) return fixed;
  const first = asList(at(schema, "anyOf"))[0] ?? asList(at(schema, "oneOf"))[0];
  if (first !== undefined) return sampleOf(first, word);
  const type = at(schema, "type");
  switch (asText(Array.isArray(type) ? type[0] : type).toLowerCase()) {
    case "string":
      return word;
    case "integer":
      return 42;
    case "number":
      return 1.5;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return [sampleOf(at(schema, "items"), word)];
    default:
      return sampleObject(at(schema, "properties"), word);
  }
}

function sampleObject(properties: unknown, word: string): Record<string, unknown> {
  if (typeof properties !== "object" || properties === null) return {};
  return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, sampleOf(part, word)]));
}
