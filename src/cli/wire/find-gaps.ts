/** A pause before a piece of a stream. */
export interface Gap {
  /** The index of the piece that came after it. */
  readonly before: number;
  readonly ms: number;
}

/** Finds the pauses of at least `least` milliseconds between pieces that came at these times. */
export function findGaps(times: readonly number[], least: number): readonly Gap[] {
  return times.flatMap((time, before) => {
    const ms = time - (times[before - 1] ?? time);
    return before > 0 && ms >= least ? [{ before, ms }] : [];
  });
}
