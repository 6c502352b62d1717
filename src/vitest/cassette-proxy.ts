import { recordFunction } from "../calls/record-function.ts";
import type { Run } from "../calls/run.ts";
import { wrapTools } from "../calls/wrap-tools.ts";
import { CassetteError } from "../cassette/errors.ts";
import { urlFor } from "../interception/hub/url-for.ts";
import type { Cassette } from "../session/cassette.ts";
import { runOf } from "../session/cassette-handle.ts";
import { currentScope, type Scope } from "../session/scope.ts";

export interface CassetteProxy {
  /** Refers to the cassette of the running test. */
  readonly cassette: Cassette;
  bind(scope: Scope, cassette: Cassette): void;
}

/** Creates a handle outside any test. In each test, it refers to the cassette of that test. */
export function cassetteProxy(): CassetteProxy {
  const bound = new WeakMap<Scope, Cassette>();
  const current = (): Cassette => {
    const scope = currentScope();
    const cassette = scope && bound.get(scope);
    if (cassette !== undefined) return cassette;
    throw new CassetteError(
      "CASSETTE_NO_TEST",
      "Failed to find the cassette of this handle: it was created outside a test, and no test of that scope is running. Use it inside a test or in beforeEach: `wrap` and `record` alone work outside. An MCP client connects in each test.",
    );
  };
  // Tools are often wrapped outside any test: their calls find the cassette when they are made.
  const run = (): Run | undefined => runOf(current());
  const anywhere: Pick<Cassette, "wrap" | "record" | "urlFor"> = {
    wrap: (tools, options) => wrapTools(run, tools, options),
    record: (name, original, options) => recordFunction(run, name, original, options),
    // A process that is started for all tests sends for the one whose cassette is open.
    urlFor,
  };
  const cassette = new Proxy(Object.create(null) as Cassette, {
    get(_, property) {
      if (property === "wrap" || property === "record" || property === "urlFor") return anywhere[property];
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
