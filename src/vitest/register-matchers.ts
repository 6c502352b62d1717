import { expect } from "vitest";
import type {} from "./matcher-types.ts";
import * as matchers from "./matchers/all-matchers.ts";
import { streamTraceSerializer } from "./stream-trace-serializer.ts";

/** Registers the matchers and the snapshot serializer for traces. May be called more than once. */
export function registerMatchers(): void {
  expect.extend(matchers);
  expect.addSnapshotSerializer(streamTraceSerializer);
}
