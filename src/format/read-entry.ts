import type { TapeEntry } from "../cassette/model.ts";
import { didYouMean } from "../options/did-you-mean.ts";
import type { TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";
import { CALL_KEYS, readCall } from "./read-call.ts";
import { CHECKPOINT_KEYS, readCheckpoint } from "./read-checkpoint.ts";
import { INTERACTION_KEYS, readInteraction } from "./read-interaction.ts";
import { MCP_KEYS, readMcp } from "./read-mcp.ts";
import { readStep, STEP_KEYS } from "./read-step.ts";

type EntryReader = (reader: NodeReader, node: TapeNode, atBefore: number) => TapeEntry;

/** By the key that tells the kind of an entry. */
const KINDS: Readonly<Record<string, EntryReader>> = {
  request: readInteraction,
  call: readCall,
  step: readStep,
  checkpoint: readCheckpoint,
  mcp: readMcp,
};

const KNOWN_KEYS = new Set<string>([
  ...INTERACTION_KEYS,
  ...CALL_KEYS,
  ...STEP_KEYS,
  ...CHECKPOINT_KEYS,
  ...MCP_KEYS,
]);

/**
 * Reads one entry of the timeline.
 *
 * @param atBefore the time of the entry before it
 * @param recordedWith the package and version that recorded the tape
 */
export function readEntry(
  reader: NodeReader,
  node: TapeNode,
  atBefore: number,
  recordedWith: string | undefined,
): TapeEntry {
  const { entries } = reader.map(node, "an entry");
  const kinds = entries.filter(({ key }) => Object.hasOwn(KINDS, key));
  const [first, second] = kinds;
  if (second !== undefined && second.key !== first?.key) {
    const found = `this one has ${first?.key} and ${second.key}`;
    throw reader.errorOfKey(node, second, `an entry is of one kind, and ${found}`);
  }
  if (first !== undefined) return (KINDS[first.key] as EntryReader)(reader, node, atBefore);
  const unknown = entries.find(({ key }) => !KNOWN_KEYS.has(key));
  if (unknown === undefined) return readInteraction(reader, node, atBefore);
  const meant = didYouMean(unknown.key, Object.keys(KINDS));
  throw reader.errorOfKey(
    node,
    unknown,
    `this version does not know the kind of entry ${JSON.stringify(unknown.key)}`,
    [
      ...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
      `Known kinds: ${Object.keys(KINDS).join(", ")}.`,
      recordedWith
        ? `${recordedWith} recorded the cassette: use that version or a later one.`
        : "If a later version of vitest-cassette wrote it, upgrade.",
    ].join(" "),
    "CASSETTE_TAPE_VERSION",
  );
}
