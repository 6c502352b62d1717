/** Something that is created, and loaded, when somebody first asks for it. */
export interface Later<T> {
  get(): T;
  /** `undefined` if nobody has asked for it. */
  readonly made: T | undefined;
}

/** Returns what `create` returns, when it is first asked for. */
export function later<T>(create: () => T): Later<T> {
  let made: T | undefined;
  return {
    get: () => {
      made ??= create();
      return made;
    },
    get made() {
      return made;
    },
  };
}
