/**
 * Copies the getters of `target`'s class to `target`, so that `toMatchObject` and `toEqual` show them in a diff.
 * Vitest only lists own properties.
 */
export function ownGetters(target: object): void {
  const inherited = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(target));
  for (const [name, { get }] of Object.entries(inherited)) {
    if (get !== undefined) Object.defineProperty(target, name, { get, enumerable: true, configurable: true });
  }
}
