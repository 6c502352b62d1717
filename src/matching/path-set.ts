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

/** A place in a path, before one of its steps or at its end. */
interface Place {
  readonly id: number;
  /** `undefined` at the end of the path. */
  readonly step: PathStep | undefined;
  readonly next: Place | undefined;
}

/**
 * Combines many paths into one state machine: walking a value then costs one look-up for each of its parts,
 * however many paths there are.
 */
export function pathSet(paths: readonly (readonly PathStep[])[]): PathState {
  const named = new Set(
    paths
      .flat()
      .map((step) => (step.kind === "field" ? step.name : step.kind === "element" ? step.index : "")),
  );
  const known = new Map<string, PathState>();
  let places = 0;
  const placeOf = (step: PathStep | undefined, next: Place | undefined): Place => ({
    id: places++,
    step,
    next,
  });
  return stateAt(
    paths.map((path) => path.reduceRight((next, step) => placeOf(step, next), placeOf(undefined, undefined))),
  );

  function stateAt(reached: readonly (Place | undefined)[]): PathState {
    const here = new Set(reached.filter((place) => place !== undefined));
    // `**` can match nothing, so the step after it is next too. The loop visits what it adds.
    for (const { step, next } of here) if (step?.kind === "any-depth" && next !== undefined) here.add(next);
    const key = [...here]
      .map(({ id }) => id)
      .sort()
      .join();
    const state = known.get(key) ?? newState([...here]);
    known.set(key, state);
    return state;
  }

  function newState(here: readonly Place[]): PathState {
    const steps = new Map<string | number | undefined, PathState>();
    return {
      accepting: here.some(({ step }) => step === undefined),
      dead: here.length === 0,
      step(key) {
        // All names and indexes that no path of the set names lead to the same state.
        const kept = named.has(key) ? key : typeof key === "number" ? -1 : undefined;
        const state =
          steps.get(kept) ??
          stateAt(
            here.map((place) =>
              place.step?.kind === "any-depth" ? place : takes(place.step, key) ? place.next : undefined,
            ),
          );
        steps.set(kept, state);
        return state;
      },
    };
  }
}

/** Whether a path of the set leads to the place that `keys` name, or to something that contains it. */
export function covers(paths: PathState, keys: readonly (string | number)[]): boolean {
  let here = paths;
  for (const key of keys) {
    if (here.accepting || here.dead) break;
    here = here.step(key);
  }
  return here.accepting;
}

function takes(step: PathStep | undefined, key: string | number): boolean {
  switch (step?.kind) {
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
    case undefined:
      return false;
  }
}
