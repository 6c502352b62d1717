import fc from "fast-check";

/** Another seed looks at other cases; a factor, at more of them: `FUZZ_SEED=7 FUZZ_FACTOR=20 npx vitest run`. */
export const SEED = Number(process.env.FUZZ_SEED ?? 20_261_120);
export const FACTOR = Number(process.env.FUZZ_FACTOR ?? 1);

/**
 * Asserts a property over the same cases on every machine and in every run, so that what turns red was changed by
 * whoever made it red.
 */
export function hold<T>(property: fc.IProperty<T>, runs = 100): void {
  fc.assert(property, { seed: SEED, numRuns: Math.ceil(runs * FACTOR) });
}
