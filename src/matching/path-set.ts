import type { PathStep } from "./path.ts";

/** How far each path of a set has been followed. Start at `pathSet(...)` and walk a value with `step`. */
export interface PathState {
  /** Whether a path of the set ends here. */
  readonly accepting: boolean;
  /** Whether no path of the set can end here or below. */
  readonly dead: boolean;
  /** Follows a field by its name, or an element by its index. */
  step(key: string | number): PathState;
}

/** Stands for every name or index that no path of the set names. */
const OTHER = Symbol("other");

/**
 * Combines many paths into one state machine: walking a value then costs one look-up for each of its parts,
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
      found = new State(all, { paths, state, named });
      known.set(key, found);
    }
    return found;
  }

  // `**` can match nothing, so the step after it is next too.
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

/** Whether a path of the set leads to the place that `keys` name, or to something that contains it. */
export function covers(paths: PathState, keys: readonly (string | number)[]): boolean {
  let here = paths;
  for (const key of keys) {
    if (here.accepting) return true;
    if (here.dead) return false;
    here = here.step(key);
  }
  return here.accepting;
}

interface Place {
  readonly path: number;
  readonly at: number;
}

interface Machine {
  readonly paths: readonly (readonly PathStep[])[];
  readonly state: (places: readonly Place[]) => State;
  readonly named: ReadonlySet<string | number>;
}

class State implements PathState {
  readonly accepting: boolean;
  readonly dead: boolean;
  readonly #places: readonly Place[];
  readonly #machine: Machine;
  readonly #fields = new Map<string | typeof OTHER, State>();
  readonly #elements = new Map<number | typeof OTHER, State>();

  constructor(places: readonly Place[], machine: Machine) {
    this.#places = places;
    this.#machine = machine;
    this.accepting = places.some(({ path, at }) => at === machine.paths[path]?.length);
    this.dead = places.length === 0;
  }

  step(key: string | number): PathState {
    return typeof key === "number" ? this.#follow(this.#elements, key) : this.#follow(this.#fields, key);
  }

  #follow<K extends string | number>(known: Map<K | typeof OTHER, State>, key: K): State {
    const kept = this.#machine.named.has(key) ? key : OTHER;
    let next = known.get(kept);
    if (next === undefined) {
      next = this.#next(key);
      known.set(kept, next);
    }
    return next;
  }

  #next(key: string | number): State {
    const places: Place[] = [];
    for (const { path, at } of this.#places) {
      const step = this.#machine.paths[path]?.[at];
      if (step === undefined) continue;
      if (step.kind === "any-depth") places.push({ path, at });
      else if (takes(step, key)) places.push({ path, at: at + 1 });
    }
    return this.#machine.state(places);
  }
}

function takes(step: PathStep, key: string | number): boolean {
  switch (step.kind) {
    case "field":
      return step.name === key;
    case "element":
      return step.index === key;
    case "any-field":
      return typeof key === "string";
    case "any-element":
      return typeof key === "number";
    case "any-depth":
      return true;
  }
}
