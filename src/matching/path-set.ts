import type { PathStep } from "./path.ts";

/** How far each path of a set has been followed. Walk a value with `field` and `element`. */
export interface PathState {
  /** Whether a path of the set ends here. */
  readonly accepting: boolean;
  /** Whether none can end here or below. */
  readonly dead: boolean;
  field(name: string): PathState;
  element(index: number): PathState;
}

/** Stands for every name or index that no path of the set names. */
const OTHER = Symbol("other");

/**
 * Brings many paths into one machine, so that walking a value costs a look-up for each of its parts
 * however many paths there are.
 */
export function pathSet(paths: readonly (readonly PathStep[])[]): PathState {
  const named = new Set<string | number>();
  for (const step of paths.flat()) {
    if (step.kind === "field") named.add(step.name);
    if (step.kind === "element") named.add(step.index);
  }
  const known = new Map<string, State>();

  function state(places: readonly Place[]): State {
    const all = closure(places);
    const key = all.map(({ path, at }) => `${path}:${at}`).join(" ");
    let found = known.get(key);
    if (found === undefined) {
      found = new State(all, paths, (next) => state(next), named);
      known.set(key, found);
    }
    return found;
  }

  // A path that stands at "any depth" also stands behind it.
  function closure(places: readonly Place[]): readonly Place[] {
    const all = new Map<string, Place>();
    const add = ({ path, at }: Place): void => {
      const key = `${path}:${at}`;
      if (all.has(key)) return;
      all.set(key, { path, at });
      if (paths[path]?.[at]?.kind === "any-depth") add({ path, at: at + 1 });
    };
    places.forEach(add);
    return [...all.values()].sort((a, b) => a.path - b.path || a.at - b.at);
  }

  return state(paths.map((_, path) => ({ path, at: 0 })));
}

interface Place {
  readonly path: number;
  readonly at: number;
}

class State implements PathState {
  readonly accepting: boolean;
  readonly dead: boolean;
  readonly #places: readonly Place[];
  readonly #paths: readonly (readonly PathStep[])[];
  readonly #state: (places: readonly Place[]) => State;
  readonly #named: ReadonlySet<string | number>;
  readonly #fields = new Map<string | typeof OTHER, State>();
  readonly #elements = new Map<number | typeof OTHER, State>();

  constructor(
    places: readonly Place[],
    paths: readonly (readonly PathStep[])[],
    state: (places: readonly Place[]) => State,
    named: ReadonlySet<string | number>,
  ) {
    this.#places = places;
    this.#paths = paths;
    this.#state = state;
    this.#named = named;
    this.accepting = places.some(({ path, at }) => at === paths[path]?.length);
    this.dead = places.length === 0;
  }

  field(name: string): PathState {
    const key = this.#named.has(name) ? name : OTHER;
    let next = this.#fields.get(key);
    if (next === undefined) {
      next = this.#next((step) => step.kind === "any-field" || (step.kind === "field" && step.name === name));
      this.#fields.set(key, next);
    }
    return next;
  }

  element(index: number): PathState {
    const key = this.#named.has(index) ? index : OTHER;
    let next = this.#elements.get(key);
    if (next === undefined) {
      next = this.#next(
        (step) => step.kind === "any-element" || (step.kind === "element" && step.index === index),
      );
      this.#elements.set(key, next);
    }
    return next;
  }

  #next(takes: (step: PathStep) => boolean): State {
    const places: Place[] = [];
    for (const { path, at } of this.#places) {
      const step = this.#paths[path]?.[at];
      if (step === undefined) continue;
      if (step.kind === "any-depth") places.push({ path, at });
      else if (takes(step)) places.push({ path, at: at + 1 });
    }
    return this.#state(places);
  }
}
