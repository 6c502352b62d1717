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

/** `there is 1 chunk`, `there are 3 chunks`, `there are no chunks`. */
export function thereAre(amount: number, noun: string): string {
  if (amount === 0) return `there are no ${noun}s`;
  return `there ${amount === 1 ? "is" : "are"} ${count(amount, noun)}`;
}

/** `1`, `1 and 2`, `1, 2 and 3`. */
export function list(items: readonly string[], word = "and"): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} ${word} ${last}`;
}

/** Lists the first `most` items and counts the others. */
export function listFirst(items: readonly string[], most: number): string {
  const rest = items.length - most;
  return list(rest > 0 ? [...items.slice(0, most), `${rest} more`] : items);
}

/** `event 4`, `events 4 to 7`, `events 4, 6 and 7`. */
export function eventRange(indexes: readonly number[]): string {
  const [from = 0] = indexes;
  const to = indexes.at(-1) ?? from;
  if (from === to) return `event ${from}`;
  if (indexes.length === to - from + 1) return `events ${from} to ${to}`;
  return `events ${listFirst(indexes.map(String), 8)}`;
}

/** Puts `text` on one line and cuts it if it is long. */
export function cut(text: string, longest = 60): string {
  return oneLine(text, longest);
}

/** Puts `text` on one line in quotes and cuts it if it is long. */
export function quote(text: string, longest = 60): string {
  return `"${cut(text.replace(/["\\]/g, "\\$&"), longest)}"`;
}

/** Quotes the part of a long `text` that is around `at`. */
export function quoteAround(text: string, at: number, longest = 60): string {
  if (text.length <= longest) return quote(text, longest * 2);
  const from = Math.max(0, Math.min(at - 20, text.length - longest));
  const start = from > 0 ? "…" : "";
  const piece = text.slice(from, from + longest);
  return `${start}${quote(piece, longest * 2)}${from + longest < text.length ? "…" : ""}`;
}

/** Prints a value on one line: as JSON, or as an asymmetric matcher prints itself. */
export function value(given: unknown, longest = 120): string {
  if (typeof given === "string") return quote(given, longest);
  return cut(plain(given), longest);
}

function plain(given: unknown): string {
  if (given instanceof RegExp) return String(given);
  if (given instanceof Date) return Number.isNaN(given.getTime()) ? "Invalid Date" : given.toISOString();
  if (typeof given === "function") return `the function ${given.name || "(anonymous)"}`;
  if (isAsymmetric(given)) {
    const matcher = given as { toAsymmetricMatcher?: () => string };
    const printed = matcher.toAsymmetricMatcher?.();
    if (printed !== undefined) return printed;
    return "sample" in given ? `${String(given)}(${plain(given.sample)})` : String(given);
  }
  if (Array.isArray(given)) return `[${given.map(plain).join(", ")}]`;
  if (typeof given === "object" && given !== null) {
    const fields = Object.entries(given).filter(([, each]) => each !== undefined);
    return `{ ${fields.map(([name, each]) => `${name}: ${plain(each)}`).join(", ")} }`.replace("{  }", "{}");
  }
  return typeof given === "string" ? JSON.stringify(given) : String(given);
}
