import { count } from "../../../cassette/count.ts";
/** How values read in messages. */
import { oneLine } from "../../../streams/one-line.ts";
import { isAsymmetric } from "./equality.ts";

/** `value` milliseconds, to a tenth. */
export function ms(value: number): string {
  return `${round(value)} ms`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** `there is 1 chunk`, `there are 3 chunks`, `there are no chunks`. */
export function thereAre(number: number, noun: string): string {
  if (number === 0) return `there are no ${noun}s`;
  return `there ${number === 1 ? "is" : "are"} ${count(number, noun)}`;
}

/** `1`, `1 and 2`, `1, 2 and 3`. */
export function list(items: readonly string[], word = "and"): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} ${word} ${last}`;
}

/** `event 4`, or `events 4 to 7`. */
export function eventRange(from: number, to: number): string {
  return from === to ? `event ${from}` : `events ${from} to ${to}`;
}

/** `text` on one line, without quotes, cut where it is long. */
export function cut(text: string, longest = 60): string {
  return oneLine(text, longest);
}

/** `text` in quotes, on one line, cut where it is long. */
export function quote(text: string, longest = 60): string {
  return `"${cut(text.replace(/["\\]/g, "\\$&"), longest)}"`;
}

/** `text` in quotes, cut to what stands around `at` where it is long. */
export function quoteAround(text: string, at: number, longest = 60): string {
  if (text.length <= longest) return quote(text, longest * 2);
  const from = Math.max(0, Math.min(at - 20, text.length - longest));
  const start = from > 0 ? "…" : "";
  const piece = text.slice(from, from + longest);
  return `${start}${quote(piece, longest * 2)}${from + longest < text.length ? "…" : ""}`;
}

/** A value on one line: JSON where it is that, the matcher's own words where it is one. */
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
    const told = matcher.toAsymmetricMatcher?.();
    if (told !== undefined) return told;
    return "sample" in given ? `${String(given)}(${plain(given.sample)})` : String(given);
  }
  if (Array.isArray(given)) return `[${given.map(plain).join(", ")}]`;
  if (typeof given === "object" && given !== null) {
    const fields = Object.entries(given).filter(([, each]) => each !== undefined);
    return `{ ${fields.map(([name, each]) => `${name}: ${plain(each)}`).join(", ")} }`.replace("{  }", "{}");
  }
  return typeof given === "string" ? JSON.stringify(given) : String(given);
}
