import type { HeaderLines } from "../cassette/model.ts";
import { cookieValue, type HeaderFate, holdsUrl } from "./headers.ts";
import type { Inspection } from "./inspection.ts";

/** Finds the secrets in the value of a header. */
export function inspectHeader(inspection: Inspection, name: string, fate: HeaderFate): void {
  const { text } = inspection.root;
  if (text === "") return;
  if (/^set-cookie2?$/i.test(name)) inspection.named("cookie", ...cookieValue(text));
  else if (fate === "redact") inspection.named(name);
  if (holdsUrl(name)) inspection.url();
  else inspection.text();
}

/** Returns the same object if no value changes. */
export function mapValues(lines: HeaderLines, map: (value: string, name: string) => string): HeaderLines {
  let changed = false;
  const mapped = lines.map((line) => {
    const [name, value] = line;
    const result = map(value, name);
    if (result === value) return line;
    changed = true;
    return [name, result] as const;
  });
  return changed ? mapped : lines;
}

/** Corrects a stated length: by as much as the body grew, or to the new length if a coding was undone. */
export function withLength(
  headers: HeaderLines,
  before: readonly Uint8Array[],
  after: readonly Uint8Array[],
  decoded: boolean,
): HeaderLines {
  const size = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0);
  return headers.map((line) => {
    if (line[0].toLowerCase() !== "content-length" || !/^\d+$/.test(line[1])) return line;
    const length = decoded ? size(after) : Math.max(Number(line[1]) + size(after) - size(before), 0);
    return [line[0], String(length)];
  });
}
