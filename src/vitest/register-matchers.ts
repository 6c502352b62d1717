import { expect } from "vitest";
import type {} from "./matcher-types.ts";
import * as matchers from "./matchers/all-matchers.ts";
import { streamTraceSerializer } from "./stream-trace-serializer.ts";

/** Adds the matchers to Vitest's `expect`, and the snapshot serializer for traces. Doing so twice does no harm. */
export function registerMatchers(): void {
  expect.extend(matchers);
  expect.addSnapshotSerializer(streamTraceSerializer);
}
