import { Buffer } from "node:buffer";

/**
 * Changes the lines of an output, and returns as many chunks: a boundary stays where it was, in its line or at the end of
 * it.
 */
export function recut(chunks: readonly Uint8Array[], change?: (line: string) => string): Uint8Array[] {
  if (change === undefined) return [...chunks];
  const before = Buffer.concat(chunks);
  const lines = before.toString("latin1").match(/[^\n]*\n|[^\n]+/g) ?? [];
  const changed = lines.map((line) => {
    const text = Buffer.from(line, "latin1").toString();
    const other = change(text);
    return other === text ? undefined : Buffer.from(other);
  });
  if (changed.every((line) => line === undefined)) return [...chunks];
  const after = Buffer.concat(lines.map((line, index) => changed[index] ?? Buffer.from(line, "latin1")));
  const moved = (end: number): number => {
    let from = 0;
    let to = 0;
    for (const [index, { length }] of lines.entries()) {
      const now = changed[index]?.length ?? length;
      if (end <= from + length) return to + (end === from + length ? now : Math.min(end - from, now));
      from += length;
      to += now;
    }
    return to;
  };
  let end = 0;
  let start = 0;
  return chunks.map(({ length }) => {
    end += length;
    const stop = moved(end);
    const chunk = after.subarray(start, stop);
    start = stop;
    return chunk;
  });
}
