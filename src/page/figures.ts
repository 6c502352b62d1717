/** Returns a time for a person: `412 ms`, `3.2 s`, `1 min 5 s`. */
export function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined || !Number.isFinite(milliseconds)) return "no timing";
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1_000)} s`;
}

/** Returns a size for a person: `512 B`, `14 kB`. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Returns `1 request`, `2 requests`. */
export function counted(count: number, word: string): string {
  return `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
}

/** Returns a value as text, JSON with indents. */
export function shown(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (isSummarized(value))
    return `${value.summary}… (${value.length.toLocaleString("en-US")} characters in all)`;
  return JSON.stringify(value, null, 2);
}

function isSummarized(value: unknown): value is { readonly summary: string; readonly length: number } {
  return (
    typeof value === "object" &&
    value !== null &&
    "summary" in value &&
    typeof value.summary === "string" &&
    "length" in value &&
    typeof value.length === "number"
  );
}
