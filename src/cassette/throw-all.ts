/** @throws the only error, or an AggregateError of all */
export function throwAll(errors: readonly unknown[]): void {
  const all = errors.flatMap((error): unknown[] =>
    error instanceof AggregateError ? error.errors : [error],
  );
  if (all.length === 0) return;
  if (all.length === 1) throw all[0];
  throw new AggregateError(
    all,
    all.map((error) => (error instanceof Error ? error.message : String(error))).join("\n\n"),
  );
}
