import { type RecordedStep, STEP_TYPES } from "../cassette/model.ts";
import { MAX_MILLISECONDS } from "./limits.ts";
import type { TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";
import { PLACE_KEYS, readPlace } from "./read-place.ts";

export const STEP_KEYS = [...PLACE_KEYS, "step", "id", "type", "duration"] as const;

/** Reads a step. Only its name is required. */
export function readStep(reader: NodeReader, node: TapeNode, atBefore: number): RecordedStep {
  const fields = reader.fields(node, "a step", STEP_KEYS);
  if (fields.step === undefined) throw reader.error(node, "a step needs a name");
  const step: { -readonly [K in keyof RecordedStep]: RecordedStep[K] } = {
    kind: "step",
    ...readPlace(reader, fields, atBefore),
    name: reader.string(fields.step, "the name of the step"),
    type: fields.type ? reader.word(fields.type, "the type of the step", STEP_TYPES) : "step",
  };
  if (fields.id) step.id = reader.string(fields.id, "the id of the step");
  if (fields.duration) step.duration = reader.number(fields.duration, "the duration", 0, MAX_MILLISECONDS);
  return step;
}
