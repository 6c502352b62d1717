import type { TapeValue } from "../cassette/tape-value.ts";
import { JSON_KEY } from "./read-fields.ts";
import { fitsYaml } from "./render-body.ts";
import { renderCollection } from "./render-json.ts";
import { scalarText } from "./scalar-text.ts";

/** A line for each field. */
export function words(
  fields: Readonly<Record<string, string | number | undefined>>,
  column: number,
): string[] {
  return Object.entries(defined(fields)).map(
    ([key, word]) =>
      `${" ".repeat(column)}${key}: ${typeof word === "string" ? scalarText(word, "block") : word}`,
  );
}

/** Renders the lines of fields that hold any value, at column `column`. Leaves out those that are `undefined`. */
export function renderValues(
  fields: Readonly<Record<string, TapeValue | undefined>>,
  column: number,
): string[] {
  const given = Object.entries(defined(fields));
  if (given.length === 0) return [];
  const asYaml = given.map(([key, value]) => [
    key,
    key === "items" && Array.isArray(value) ? value.map(asYamlValue) : asYamlValue(value),
  ]);
  return renderCollection(Object.fromEntries(asYaml), column);
}

/** Writes a value as JSON text if YAML would not give it back. */
export function asYamlValue(value: TapeValue): TapeValue {
  return fitsYaml(value) ? value : { [JSON_KEY]: JSON.stringify(value) };
}

/** Leaves out what is `undefined`. */
export function defined<T>(fields: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, T] => field[1] !== undefined),
  );
}
