import type { Chunks } from "../options/options.ts";

/**
 * Ways in which a network may cut a response into reads: as recorded, in one read, an event a read, a byte a read,
 * every 2, 3, 7 and 64 bytes, and at the random places of four seeds, which fall inside characters, too. Each is a value
 * of the option `chunks`, and prints as one in the name of a test.
 *
 * @example
 * test.for(chunkings)("reads the joke: %s", async (chunks) => {
 *   useCassette("joke", { chunks });
 *   expect(await tellJoke()).toBe("Because light attracts bugs.");
 * });
 */
export const chunkings: readonly Chunks[] = Object.freeze<Chunks[]>([
  "recorded",
  "whole",
  "events",
  "bytes",
  ...[2, 3, 7, 64].map((size) => ({ size })),
  ...[1, 2, 3, 4].map((seed) => ({ seed })),
]);
