/** Restores what a patch replaced. */
export type Undo = () => void;

/** Replaces a property. The undo restores the old one, unless other code has patched it since. */
export function replaceProperty(owner: object, key: PropertyKey, value: unknown): Undo {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  if (before === undefined) return () => undefined;
  Object.defineProperty(owner, key, { ...dataAttributes(before), value });
  return () => {
    if (Reflect.get(owner, key) === value) Object.defineProperty(owner, key, before);
  };
}

type Places = readonly (readonly [owner: object, key: PropertyKey])[];

/** Runs `body`, which patches properties, and restores them immediately. */
export function keepProperties(places: Places, body: () => void): void {
  const before = places.map(([owner, key]) => Object.getOwnPropertyDescriptor(owner, key));
  body();
  for (const [index, [owner, key]] of places.entries()) {
    const descriptor = before[index];
    if (descriptor !== undefined) Object.defineProperty(owner, key, descriptor);
  }
}

/**
 * Remembers properties before other code patches them.
 *
 * @returns a function to call after the patch. It returns one to call around the removal of the patch, which
 * restores the properties exactly and keeps those that a third party patched in the meantime.
 */
export function rememberProperties(places: Places): () => (remove: () => void) => void {
  const before = places.map(([owner, key]) => Object.getOwnPropertyDescriptor(owner, key));
  return () => {
    const patched = places.map(([owner, key]) => Reflect.get(owner, key) as unknown);
    return (remove) => {
      const now = places.map(([owner, key]) => Object.getOwnPropertyDescriptor(owner, key));
      const isOurs = places.map(([owner, key], index) => Reflect.get(owner, key) === patched[index]);
      remove();
      for (const [index, [owner, key]] of places.entries()) {
        const descriptor = isOurs[index] ? before[index] : now[index];
        if (descriptor !== undefined) Object.defineProperty(owner, key, descriptor);
      }
    };
  };
}

function dataAttributes({ enumerable = false }: PropertyDescriptor): PropertyDescriptor {
  return { configurable: true, enumerable, writable: true };
}
