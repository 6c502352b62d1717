import { count } from "../../../cassette/count.ts";
import { oneLine } from "../../../streams/one-line.ts";
import { isAsymmetric } from "./matcher-context.ts";

/** `412.3 ms`. */
export function ms(value: number): string {
  return `${round(value)} ms`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** `there is 1 chunk`, `there are 3 chunks`. */
export function thereAre(amount: number, noun: string): string {
  return `there ${amount === 1 ? "is" : "are"} ${count(amount, noun)}`;
}

/** `event 4`, `events 4 to 7`. */
export function eventRange(indexes: readonly number[]): string {
  const [from = 0] = indexes;
  const to = indexes.at(-1) ?? from;
  return from === to ? `event ${from}` : `events ${from} to ${to}`;
}

/** Puts `text` on one line and cuts it if it is long. */
export function cut(text: string, longest = 60): string {
  return oneLine(text, longest);
}

/** Puts `text` on one line in quotes and cuts it if it is long. */
export function quote(text: string, longest = 60): string {
  return `"${cut(text.replace(/["\\]/g, "\\$&"), longest)}"`;
}

/** Prints a value on one line: as JSON, or as an asymmetric matcher prints itself. */
export function value(given: unknown, longest = 120): string {
  if (typeof given === "string") return quote(given, longest);
  return cut(plain(given), longest);
}

function plain(given: unknown): string {
  if (typeof given === "string") return JSON.stringify(given);
  if (Array.isArray(given)) return `[${given.map(plain).join(", ")}]`;
  if (isAsymmetric(given)) {
    const matcher = given as { toAsymmetricMatcher?: () => string };
    const printed = matcher.toAsymmetricMatcher?.();
    if (printed !== undefined) return printed;
    return "sample" in given ? `${String(given)}(${plain(given.sample)})` : String(given);
  }
  if (typeof given !== "object" || given === null || given instanceof RegExp || given instanceof Date)
    return String(given);
  const fields = Object.entries(given).filter(([, each]) => each !== undefined);
  return fields.length === 0
    ? "{}"
    : `{ ${fields.map(([name, each]) => `${name}: ${plain(each)}`).join(", ")} }`;
}
