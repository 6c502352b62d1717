import { mcpTypeOf, type RecordedThrown, type TapeEntry } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { commentLines } from "./derived-comment.ts";
import { RUNNING } from "./read-entry.ts";
import { asYamlValue, defined, renderValues, words } from "./render-fields.ts";
import { renderInteraction } from "./render-interaction.ts";
import { renderIo } from "./render-io.ts";
import { numberList, tenths } from "./render-numbers.ts";

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
    case "process": {
      const { command, args = [], shell, cwd, env, exit, error, duration, io } = entry;
      const end = exit ?? (error === undefined ? RUNNING : undefined);
      return [
        ...words({ process: command }, column),
        ...renderValues({ args: args.length === 0 ? undefined : args, shell, cwd, env }, column),
        ...words({ exit: end, error, duration: inTenths(duration) }, column),
        ...renderIo(io, column),
      ];
    }
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
