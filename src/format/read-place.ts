import type { EntryPlace } from "../cassette/model.ts";
import { MAX_MILLISECONDS } from "./limits.ts";
import type { Fields, NodeReader } from "./node-reader.ts";

export const PLACE_KEYS = ["at", "test", "parent"] as const;

/** Reads the fields that every entry has. Without `at`, an entry has the time of the entry before it. */
export function readPlace(
  reader: NodeReader,
  fields: Fields<(typeof PLACE_KEYS)[number]>,
  atBefore: number,
): EntryPlace {
  const at = fields.at ? reader.number(fields.at, "at, in milliseconds", 0, MAX_MILLISECONDS) : atBefore;
  const test = fields.test && reader.string(fields.test, "test, the name of the test that recorded it");
  const parent =
    fields.parent && reader.string(fields.parent, "parent, the call or step that it happened in");
  return { at, ...(test === undefined ? {} : { test }), ...(parent === undefined ? {} : { parent }) };
}
