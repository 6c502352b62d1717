/** Whether `value` is nested deeper than `levels`. Walks level by level, since recursion would overflow the stack. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  let level = containersIn([value]);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = containersIn(level.flatMap((each) => Object.values(each)));
  }
  return false;
}

function containersIn(values: readonly unknown[]): readonly object[] {
  return values.filter((value): value is object => typeof value === "object" && value !== null);
}
