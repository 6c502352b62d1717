import { CassetteError } from "../cassette/errors.ts";
import type { Cassette } from "../session/cassette.ts";
import { currentScope, type Scope } from "../session/scope.ts";

export interface StandIn {
  /** Stands for the cassette of whichever test asks. */
  readonly cassette: Cassette;
  bind(scope: Scope, cassette: Cassette): void;
}

/** A handle made outside any test: each test that uses it gets its own cassette's answer. */
export function standIn(): StandIn {
  const bound = new WeakMap<Scope, Cassette>();
  const current = (): Cassette => {
    const scope = currentScope();
    const cassette = scope && bound.get(scope);
    if (cassette !== undefined) return cassette;
    throw new CassetteError(
      "CASSETTE_NO_TEST",
      "Failed to tell which test's cassette is meant: this handle was made outside a test, and no test of that scope is running. Use it inside a test.",
    );
  };
  const cassette = new Proxy(Object.create(null) as Cassette, {
    get(_, property) {
      const target = current();
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    has: (_, property) => Reflect.has(current(), property),
    ownKeys: () => Reflect.ownKeys(current()),
    getOwnPropertyDescriptor(_, property) {
      const descriptor = Reflect.getOwnPropertyDescriptor(current(), property);
      return descriptor && { ...descriptor, configurable: true };
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(current()),
  });
  return { cassette, bind: (scope, own) => void bound.set(scope, own) };
}
