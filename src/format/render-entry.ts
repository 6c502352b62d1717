import { mcpTypeOf, type RecordedThrown, type TapeEntry, type TapeValue } from "../cassette/model.ts";
import { commentLines } from "./derived-comment.ts";
import { JSON_KEY } from "./read-fields.ts";
import { fitsYaml } from "./render-body.ts";
import { renderInteraction } from "./render-interaction.ts";
import { renderCollection } from "./render-json.ts";
import { numberList, tenths } from "./render-numbers.ts";
import { scalarText } from "./scalar-text.ts";

/** Renders an entry with its dash at column `column`; some of the strings hold several lines. */
export function renderEntry(entry: TapeEntry, column: number, comment = ""): string[] {
  const { at, test, parent } = entry;
  return [
    ...commentLines(comment, column),
    `${" ".repeat(column)}- at: ${tenths(at)}`,
    ...words({ test, parent }, column + 2),
    ...fieldLines(entry, column + 2),
  ];
}

function fieldLines(entry: TapeEntry, column: number): string[] {
  switch (entry.kind) {
    case "request":
      return renderInteraction(entry, column);
    case "call": {
      const { name, id, type, version, input, form, items, times = [], output, error, end, duration } = entry;
      return [
        ...words({ call: name, id, type: unless("function", type), version }, column),
        ...renderValues({ input }, column),
        ...words({ returns: unless(items ? "async iterable" : "promise", form) }, column),
        ...renderValues({ items }, column),
        ...(times.length === 0 ? [] : [numberList("times", times.map(tenths), column)]),
        ...renderValues({ output, error: error && errorValue(error) }, column),
        ...words({ end: unless("complete", end), duration: inTenths(duration) }, column),
      ];
    }
    case "step": {
      const { name, id, type, duration } = entry;
      return words({ step: name, id, type: unless("step", type), duration: inTenths(duration) }, column);
    }
    case "checkpoint":
      return [
        ...words({ checkpoint: entry.label }, column),
        ...renderValues({ value: entry.value, metadata: entry.metadata }, column),
      ];
    case "mcp": {
      const { method, type, from, server, params, result, error, duration } = entry;
      const { code, message, data } = error ?? {};
      return [
        ...words({ mcp: method, type: unless(mcpTypeOf(method), type) }, column),
        ...words({ from: unless("client", from), server }, column),
        ...renderValues({ params, result, error: error && defined({ code, message, data }) }, column),
        ...words({ duration: inTenths(duration) }, column),
      ];
    }
  }
}

/** `undefined` for what a tape need not say. */
function unless(initial: string, word: string): string | undefined {
  return word === initial ? undefined : word;
}

function inTenths(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : tenths(milliseconds);
}

/** A line for each field. */
function words(fields: Readonly<Record<string, string | number | undefined>>, column: number): string[] {
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
function asYamlValue(value: TapeValue): TapeValue {
  return fitsYaml(value) ? value : { [JSON_KEY]: JSON.stringify(value) };
}

/** Lists the fields in one order, whatever the order in memory. */
function errorValue(error: RecordedThrown): TapeValue {
  if ("thrown" in error) return { thrown: asYamlValue(error.thrown) };
  const { name, class: className, code, message, cause, errors } = error;
  return defined<TapeValue>({
    name,
    class: className,
    code,
    message,
    cause: cause && errorValue(cause),
    errors: errors?.map(errorValue),
  });
}

function defined<T>(fields: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, T] => field[1] !== undefined),
  );
}
