import type { Frozen, Tape } from "../cassette/model.ts";
import { describeNode, type TapeNode } from "./node.ts";
import type { NodeReader, Nodes } from "./node-reader.ts";
import { text } from "./read-fields.ts";

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

export function readHead(
  reader: NodeReader,
  { recorded, frozen }: Nodes<(typeof TAPE_KEYS)[number]>,
): TapeHead {
  return {
    version: 1,
    ...(recorded && { recorded: readRecorded(reader, recorded) }),
    ...(frozen && { frozen: readFrozen(reader, frozen) }),
  };
}

function readRecorded(reader: NodeReader, node: TapeNode): NonNullable<Tape["recorded"]> {
  const given = reader.fields(node, "recorded", { at: instant, with: text("the package that recorded it") });
  if (given.at === undefined) throw reader.error(node, "recorded has no at, the time of the recording");
  return { with: "", ...given, at: given.at };
}

function readFrozen(reader: NodeReader, node: TapeNode): Frozen {
  const { time, seed } = reader.fields(node, "frozen", { time: instant, seed: readSeed });
  if (time === undefined || seed === undefined) {
    throw reader.error(node, `frozen needs a time and a seed, and has no ${time ? "seed" : "time"}`);
  }
  return { time, seed };
}

function readSeed(reader: NodeReader, node: TapeNode): number {
  const max = Number.MAX_SAFE_INTEGER;
  return reader.number(node, "the seed", -max, max);
}

function instant(reader: NodeReader, node: TapeNode): string {
  const instant = reader.scalar(node, "an instant").text;
  if (/^\d{4}-\d\d-\d\dT/.test(instant) && !Number.isNaN(Date.parse(instant))) return instant;
  throw reader.error(
    node,
    `expected an instant such as 2026-11-20T07:00:00.000Z, found ${describeNode(node)}`,
  );
}
