import { test as base } from "vitest";
import type { Cassette } from "../session/cassette.ts";
import { useCassette } from "./use-cassette.ts";

/** Vitest's `test` with a `cassette` fixture: a test that names it in its context has its cassette open. */
export const test = base.extend<{ cassette: Cassette }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads which fixtures are wanted from this pattern.
  cassette: async ({}, use) => {
    await use(useCassette());
  },
});
