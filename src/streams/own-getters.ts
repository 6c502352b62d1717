const ofPrototypes = new WeakMap<object, PropertyDescriptorMap>();

/**
 * Copies the getters of `target`'s class to `target`, so that `toMatchObject` and `toEqual` show them in a diff.
 * Vitest only lists own properties.
 */
export function ownGetters(target: object): void {
  const prototype: object = Object.getPrototypeOf(target);
  let getters = ofPrototypes.get(prototype);
  if (getters === undefined) {
    const inherited = Object.entries(Object.getOwnPropertyDescriptors(prototype));
    getters = Object.fromEntries(
      inherited
        .filter(([, { get }]) => get !== undefined)
        .map(([name, { get }]) => [name, { get, enumerable: true, configurable: true }]),
    ) as PropertyDescriptorMap;
    ofPrototypes.set(prototype, getters);
  }
  Object.defineProperties(target, getters);
}
