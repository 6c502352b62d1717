import type { RecordedCheckpoint } from "../cassette/model.ts";
import type { TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";
import { PLACE_KEYS, readPlace } from "./read-place.ts";
import { readValue } from "./read-value.ts";

export const CHECKPOINT_KEYS = [...PLACE_KEYS, "checkpoint", "value", "metadata"] as const;

/** Reads a checkpoint. Only its label is required. */
export function readCheckpoint(reader: NodeReader, node: TapeNode, atBefore: number): RecordedCheckpoint {
  const fields = reader.fields(node, "a checkpoint", CHECKPOINT_KEYS);
  if (fields.checkpoint === undefined) throw reader.error(node, "a checkpoint needs a label");
  const label = reader.string(fields.checkpoint, "the label of the checkpoint");
  const value = readValue(reader, fields.value);
  const metadata = readValue(reader, fields.metadata);
  return {
    kind: "checkpoint",
    ...readPlace(reader, fields, atBefore),
    label,
    ...(value === undefined ? {} : { value }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
