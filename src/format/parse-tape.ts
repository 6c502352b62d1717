import type { Tape, TapeEntry } from "../cassette/model.ts";
import { DEFAULT_TAPE_LIMITS, type TapeLimits } from "./limits.ts";
import { isNull, type TapeNode } from "./node.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { readOwnForm } from "./own-reader.ts";
import { readEntry } from "./read-entry.ts";
import { checkVersion, readHead, TAPE_KEYS } from "./read-head.ts";
import { Reading } from "./reading.ts";
import { rememberSource } from "./source.ts";
import { TapeError } from "./tape-error.ts";
import { readYaml, YamlError } from "./yaml-reader.ts";

export interface ParseTapeOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly limits?: Partial<TapeLimits> | undefined;
}

/**
 * Reads the text of a tape. What it gives remembers the text, so that `renderTape` writes what was not
 * touched as it stood there. The chunks of one body share memory: copy one before giving it away.
 *
 * @throws TapeError with file, line, column and path, for anything that is not a tape of a known version.
 */
export function parseTape(text: string, options: ParseTapeOptions): Tape {
  const { file } = options;
  const limits = { ...DEFAULT_TAPE_LIMITS, ...options.limits };
  if (text.length > limits.maxLength)
    throw tooLarge(file, `it has ${text.length} characters`, limits.maxLength);
  checkText(text, file);

  const reading = new Reading(text, file);
  const outline = outlineOf(text);
  const { root, outlined } = readNodes(text, outline, reading);
  reading.root = root;
  checkVersion(reading, root);
  const fields = reading.fields(root, "a tape", TAPE_KEYS);
  const head = readHead(reading, fields);
  const items = fields.interactions ? reading.list(fields.interactions, "interactions").items : [];
  if (items.length > limits.maxInteractions) {
    throw tooLarge(file, `it has ${items.length} interactions`, limits.maxInteractions);
  }
  let at = 0;
  const interactions = items.map((item): TapeEntry => {
    const entry = readEntry(reading, item, at);
    at = entry.at;
    return entry;
  });
  const tape: Tape = { ...head, interactions };
  rememberSource(tape, { text, head, interactions, outline: outlined ? outline : undefined });
  return tape;
}

function checkText(text: string, file: string): void {
  if (/^\s*$/.test(text.slice(0, 1000)) && text.trim() === "") {
    const next = "Delete it, and record the tape anew with RECORD=1.";
    throw new TapeError("CASSETTE_TAPE_INVALID", { file }, "the file is empty", next);
  }
  const conflict = /^<{7} |^>{7} /m.exec(text);
  if (conflict !== null) {
    throw new Reading(text, file).errorAt(conflict.index, "it has merge-conflict markers", {
      next: "Resolve the conflict (git checkout --ours or --theirs), or record the tape anew with RECORD=1.",
    });
  }
}

interface Nodes {
  readonly root: TapeNode;
  /** `true` where the nodes are those of the outline's parts, one for one. */
  readonly outlined: boolean;
}

function readNodes(text: string, outline: Outline | undefined, reading: Reading): Nodes {
  const parts = outline && readParts(text, outline);
  if (parts !== undefined) return { root: parts, outlined: true };
  try {
    return { root: readYaml(text), outlined: false };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw reading.errorAt(error.offset, error.message, { cause: error });
  }
}

/**
 * Reads a tape part by part, each by the quicker reader where it can: one entry edited by hand does not make
 * the others slow. `undefined` where a part does not stand on its own, and is for the reading of the whole
 * to judge.
 */
function readParts(text: string, outline: Outline): TapeNode | undefined {
  // A carriage return by itself ends a line for some YAML readers and not for others.
  if (/\r(?!\n)/.test(text)) return undefined;
  const skeleton = `${text.slice(0, outline.head)}${text.slice(outline.tail)}`;
  const frame =
    readOwnForm(skeleton, text.startsWith("\ufeff") ? 1 : 0, skeleton.length) ?? tryYaml(skeleton, 0);
  if (frame?.kind !== "map") return undefined;
  const entries = [...frame.entries];
  const place = entries.findIndex(({ key }) => key === "interactions");
  const list = entries[place];
  if (list === undefined || !isNull(list.value)) return undefined;

  const shift = outline.tail - outline.head;
  const items: TapeNode[] = [];
  for (const { lead, start, end } of outline.items) {
    const node = readOwnForm(text, start, end) ?? tryYaml(text.slice(lead, end), lead);
    if (node?.kind !== "list" || node.items.length !== 1) return undefined;
    items.push(node.items[0] as TapeNode);
  }
  const value: TapeNode = { kind: "list", at: outline.items[0]?.start ?? list.at, items };
  const moved = entries.map((entry, index) => {
    if (index === place) return { ...entry, value: items.length === 0 ? entry.value : value };
    return index < place ? entry : { ...entry, at: entry.at + shift, value: shifted(entry.value, shift) };
  });
  return { kind: "map", at: frame.at, entries: moved };
}

function tryYaml(text: string, base: number): TapeNode | undefined {
  try {
    return readYaml(text, base);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function shifted(node: TapeNode, by: number): TapeNode {
  switch (node.kind) {
    case "scalar":
      return { ...node, at: node.at + by };
    case "list":
      return { ...node, at: node.at + by, items: node.items.map((item) => shifted(item, by)) };
    case "map":
      return {
        ...node,
        at: node.at + by,
        entries: node.entries.map((entry) => ({
          ...entry,
          at: entry.at + by,
          value: shifted(entry.value, by),
        })),
      };
  }
}

function tooLarge(file: string, found: string, limit: number): TapeError {
  const next =
    "Raise the limit if the file is as it should be, or split the test so that each tape holds less.";
  return new TapeError("CASSETTE_TAPE_TOO_LARGE", { file }, `${found}, more than the ${limit} allowed`, next);
}
