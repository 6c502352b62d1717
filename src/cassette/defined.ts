type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Leaves out the fields that are `undefined`. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]: readonly [string, unknown]) => value !== undefined),
  ) as Defined<T>;
}
