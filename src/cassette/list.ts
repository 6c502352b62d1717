/** `1`, `1 and 2`, `1, 2 and 3`; counts what comes after the first `most`. */
export function list(items: readonly string[], word = "and", most = items.length): string {
  const rest = items.length - most;
  const shown = rest > 0 ? [...items.slice(0, most), `${rest} more`] : items;
  const last = shown.at(-1) ?? "";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} ${word} ${last}`;
}
