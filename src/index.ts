import "./vitest/ensure-worker.ts";

export { CassetteError } from "./cassette/errors.ts";
export type { Cassette } from "./session/cassette.ts";
export { test } from "./vitest/fixture.ts";
export { useCassette } from "./vitest/use-cassette.ts";
