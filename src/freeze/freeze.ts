import { NumberSequence } from "../cassette/number-sequence.ts";
import { freezeDate } from "./freeze-date.ts";
import { freezeRandom } from "./freeze-random.ts";

/** The sources that are frozen. */
export interface FrozenParts {
  readonly time: boolean;
  readonly random: boolean;
  readonly uuid: boolean;
}

/** The clock and random numbers that the code of one test sees. */
export class Freeze {
  readonly parts: FrozenParts;
  /** The frozen time, in milliseconds since the epoch. */
  readonly time: number;
  /** `Math.random`. Each source has a sequence of its own, so that one more number from one does not change the others. */
  readonly random: NumberSequence;
  /** `crypto.getRandomValues`. */
  readonly values: NumberSequence;
  /** `crypto.randomUUID`. */
  readonly uuid: NumberSequence;

  constructor(parts: FrozenParts, time: number, seed: number) {
    this.parts = parts;
    this.time = time;
    this.random = new NumberSequence(seed);
    this.values = new NumberSequence(seed + 1);
    this.uuid = new NumberSequence(seed + 2);
  }
}

/** Finds the freeze of the code that is running; `undefined` if it is not frozen. */
export type CurrentFreeze = () => Freeze | undefined;

interface FreezeState {
  holders: number;
  undo: (() => void) | undefined;
}

const KEY = Symbol.for("vitest-cassette/freeze/2");

/** One for each worker, even if this module is loaded more than once in it. */
function freezeState(): FreezeState {
  const holder = globalThis as { [KEY]?: FreezeState };
  holder[KEY] ??= { holders: 0, undo: undefined };
  return holder[KEY];
}

/**
 * Replaces the clock and the sources of random numbers with ones that ask `current`, until the returned function is
 * called. Other replacements, before or after (`vi.useFakeTimers`, `vi.setSystemTime`, a spy), win.
 * Leaves `performance.now` alone.
 */
export function holdFreeze(current: CurrentFreeze): () => void {
  const state = freezeState();
  state.holders++;
  state.undo ??= install(current);
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    state.holders--;
    if (state.holders > 0) return;
    state.undo?.();
    state.undo = undefined;
  };
}

function install(current: CurrentFreeze): () => void {
  const frozen = (part: keyof FrozenParts): Freeze | undefined => {
    const freeze = current();
    return freeze?.parts[part] ? freeze : undefined;
  };
  const undo = [
    freezeDate(() => frozen("time")?.time),
    freezeRandom({
      random: () => frozen("random")?.random,
      values: () => frozen("random")?.values,
      uuid: () => frozen("uuid")?.uuid,
    }),
  ];
  return () => {
    for (const each of undo) each();
  };
}
