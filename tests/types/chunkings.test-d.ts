import { expectTypeOf, test } from "vitest";
import { type Chunks, chunkings, useCassette } from "../../src/index.ts";

test.for(chunkings)("is cut as %s", (chunks) => {
  expectTypeOf(chunks).toEqualTypeOf<Chunks>();
  useCassette("joke", { chunks });
});
