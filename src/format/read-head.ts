import type { Frozen, Tape } from "../cassette/model.ts";
import { describeNode, type TapeNode } from "./node.ts";
import type { Fields, NodeReader } from "./node-reader.ts";

/** Versions of the format that this package reads. Versions are added and never removed. */
export const TAPE_VERSIONS: readonly number[] = [1];

export const TAPE_KEYS = ["cassette", "recorded", "frozen", "interactions"] as const;

/** A tape without its interactions. */
export type TapeHead = Omit<Tape, "interactions">;

/** Checks the version first: this reader cannot judge what else an unknown version holds. */
export function checkVersion(reader: NodeReader, root: TapeNode): void {
  const supported = TAPE_VERSIONS.join(", ");
  if (root.kind !== "map") {
    throw reader.error(
      root,
      `expected a cassette, a mapping that begins with "cassette: 1", found ${describeNode(root)}`,
    );
  }
  const version = root.entries.find(({ key }) => key === "cassette")?.value;
  if (version === undefined) {
    const next = `A cassette names the version of its format: cassette: ${TAPE_VERSIONS.at(-1)}. Is this file one?`;
    throw reader.error(root, 'the field "cassette" is missing', next);
  }
  if (version.kind === "scalar" && TAPE_VERSIONS.some((known) => String(known) === version.text)) return;
  throw reader.error(
    version,
    `its format version is ${version.kind === "scalar" ? version.text || "empty" : describeNode(version)}, supported: ${supported}`,
    "Update vitest-cassette to a version that reads it, or re-record the cassette with RECORD=1.",
    "CASSETTE_TAPE_VERSION",
  );
}

export function readHead(reader: NodeReader, fields: Fields<(typeof TAPE_KEYS)[number]>): TapeHead {
  const head: { -readonly [K in keyof TapeHead]: TapeHead[K] } = { version: 1 };
  if (fields.recorded) head.recorded = readRecorded(reader, fields.recorded);
  if (fields.frozen) head.frozen = readFrozen(reader, fields.frozen);
  return head;
}

function readRecorded(reader: NodeReader, node: TapeNode): NonNullable<Tape["recorded"]> {
  const fields = reader.fields(node, "recorded", ["at", "with"]);
  if (fields.at === undefined) throw reader.error(node, "recorded has no at, the time of the recording");
  return {
    at: instant(reader, fields.at),
    with: fields.with ? reader.string(fields.with, "the package that recorded it") : "",
  };
}

function readFrozen(reader: NodeReader, node: TapeNode): Frozen {
  const fields = reader.fields(node, "frozen", ["time", "seed"]);
  if (fields.time === undefined || fields.seed === undefined) {
    throw reader.error(node, `frozen needs a time and a seed, and has no ${fields.time ? "seed" : "time"}`);
  }
  const max = Number.MAX_SAFE_INTEGER;
  return {
    time: instant(reader, fields.time),
    seed: reader.number(fields.seed, "the seed", -max, max),
  };
}

function instant(reader: NodeReader, node: TapeNode): string {
  const text = reader.string(node, "an instant");
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw reader.error(
    node,
    `expected an instant such as 2026-11-20T07:00:00.000Z, found ${describeNode(node)}`,
  );
}
