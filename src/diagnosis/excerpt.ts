export interface ExcerptOptions {
  /** How many equal characters to keep before the first that differs. */
  readonly before: number;
  /** How many characters to keep at most. Shorter texts stay whole. */
  readonly length: number;
}

/** Cuts two texts down to where they first differ: `…practices for typescript in a…`. */
export function excerpt(
  a: string,
  b: string,
  { before, length }: ExcerptOptions,
): readonly [a: string, b: string] {
  if (a.length <= length && b.length <= length) return [a, b];
  const start = startBefore(a, commonLength(a, b), before);
  return [from(a, start, length), from(b, start, length)];
}

function commonLength(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let length = 0;
  while (length < shorter && a[length] === b[length]) length++;
  return length;
}

/** Cuts at the beginning of a line or word if there is one in reach. */
function startBefore(text: string, differs: number, before: number): number {
  if (differs <= before) return 0;
  const start = differs - before;
  const kept = text.slice(start, differs);
  const line = kept.indexOf("\n");
  const word = kept.indexOf(" ");
  const offset = line !== -1 ? line + 1 : word !== -1 ? word + 1 : 0;
  return start + offset;
}

function from(text: string, start: number, length: number): string {
  const end = Math.min(start + length, text.length);
  return `${start > 0 ? "…" : ""}${text.slice(start, end).toWellFormed()}${end < text.length ? "…" : ""}`;
}
