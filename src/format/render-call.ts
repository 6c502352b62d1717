import type { RecordedCall, RecordedThrown, TapeValue } from "../cassette/model.ts";
import { numberList, tenths } from "./render-numbers.ts";
import { asYaml, renderValues } from "./render-values.ts";
import { scalarText } from "./scalar-text.ts";

/** Renders the lines of a call, for an entry whose fields are at column `column`. */
export function renderCall(call: RecordedCall, column: number): string[] {
  const pad = " ".repeat(column);
  const { name, id, type, version, input, form, items, times, output, error, end, duration } = call;
  const lines = [`${pad}call: ${scalarText(name, "block")}`];
  if (id !== undefined) lines.push(`${pad}id: ${scalarText(id, "block")}`);
  if (type !== "function") lines.push(`${pad}type: ${type}`);
  if (version !== undefined) lines.push(`${pad}version: ${scalarText(version, "block")}`);
  lines.push(...renderValues({ input }, column));
  if (form !== (items ? "async iterable" : "promise")) lines.push(`${pad}returns: ${form}`);
  lines.push(...renderValues({ items: items?.map(asYaml) }, column));
  if (times !== undefined && times.length > 0) lines.push(numberList("times", times.map(tenths), column));
  lines.push(...renderValues({ output, error: error && errorValue(error) }, column));
  if (end !== "complete") lines.push(`${pad}end: ${end}`);
  if (duration !== undefined) lines.push(`${pad}duration: ${tenths(duration)}`);
  return lines;
}

/** Lists the fields in one order, whatever the order in memory. */
function errorValue(error: RecordedThrown): TapeValue {
  if ("thrown" in error) return { thrown: asYaml(error.thrown) };
  const { name, class: className, code, message, cause, errors } = error;
  return {
    name,
    ...(className === undefined ? {} : { class: className }),
    ...(code === undefined ? {} : { code }),
    message,
    ...(cause === undefined ? {} : { cause: errorValue(cause) }),
    ...(errors === undefined ? {} : { errors: errors.map(errorValue) }),
  };
}
