/**
 * Makes the getters of `target`'s class own, enumerable properties of it, so that `toMatchObject` and `toEqual`
 * show them in a difference: Vitest lists own properties only.
 */
export function ownGetters(target: object): void {
  const inherited = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(target));
  for (const [name, { get }] of Object.entries(inherited)) {
    if (get !== undefined) Object.defineProperty(target, name, { get, enumerable: true, configurable: true });
  }
}
