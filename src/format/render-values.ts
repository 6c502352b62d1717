import type { TapeValue } from "../cassette/model.ts";
import { JSON_KEY } from "./read-value.ts";
import { fitsYaml, isDeep } from "./render-body.ts";
import { renderCollection } from "./render-json.ts";

/** Renders the lines of fields with these values, at column `column`. Leaves out those that are `undefined`. */
export function renderValues(
  values: Readonly<Record<string, TapeValue | undefined>>,
  column: number,
): string[] {
  const given = Object.entries(values).filter(([, value]) => value !== undefined) as [string, TapeValue][];
  if (given.length === 0) return [];
  return renderCollection(Object.fromEntries(given.map(([key, value]) => [key, asYaml(value)])), column);
}

/** Writes a value as JSON text if YAML would not give it back. */
export function asYaml(value: TapeValue): TapeValue {
  const text = JSON.stringify(value);
  return isDeep(text) || !fitsYaml(value) ? { [JSON_KEY]: text } : value;
}
