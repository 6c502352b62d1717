import { idOf, type Tape, type TapeEntry } from "../cassette/model.ts";
import { DEFAULT_TAPE_LIMITS, type TapeLimits } from "./limits.ts";
import type { TapeNode } from "./node.ts";
import { NodeReader } from "./node-reader.ts";
import { type OpenBody, withoutFile } from "./open-body.ts";
import { readEntry } from "./read-entry.ts";
import { checkVersion, readHead, TAPE_KEYS } from "./read-head.ts";
import { readNodes, type TapeNodes } from "./read-nodes.ts";
import { rememberSource } from "./source.ts";
import { TapeError } from "./tape-error.ts";
import { YamlError } from "./yaml-error.ts";

export interface ParseTapeOptions {
  /** The name of the file, for messages. */
  readonly file: string;
  readonly limits?: Partial<TapeLimits> | undefined;
  /** Removes secrets from the text in messages: a broken tape can still leak. */
  readonly redact?: ((text: string) => string) | undefined;
  /** Opens the bodies that are in files of their own. Without it, these cannot be read. */
  readonly openBody?: OpenBody | undefined;
}

/**
 * Reads the text of a tape. The result remembers the text, so that `renderTape` keeps it for everything that did
 * not change. The chunks of one body share memory: copy a chunk before you pass it on.
 *
 * @throws TapeError with file, line, column and path, if the text is not a tape of a known version.
 */
export function parseTape(text: string, options: ParseTapeOptions): Tape {
  const { file } = options;
  const limits = { ...DEFAULT_TAPE_LIMITS, ...options.limits };
  if (text.length > limits.maxLength)
    throw tooLarge(file, `it has ${text.length} characters`, limits.maxLength);
  const { openBody = withoutFile, redact } = options;
  const reader = new NodeReader(text, { file, maxChunks: limits.maxChunks, openBody, redact });
  checkText(text, reader);

  const { root, outline } = nodesOf(text, reader, limits.maxValues);
  reader.root = root;
  checkVersion(reader, root);
  const fields = reader.nodes(root, "a cassette", TAPE_KEYS);
  const head = readHead(reader, fields);
  const items = fields.interactions ? reader.list(fields.interactions, "interactions").items : [];
  if (items.length > limits.maxInteractions) {
    throw tooLarge(file, `it has ${items.length} interactions`, limits.maxInteractions);
  }
  let at = 0;
  const interactions = items.map((item): TapeEntry => {
    const entry = readEntry(reader, item, at, head.recorded?.with);
    at = entry.at;
    return entry;
  });
  checkParents(reader, interactions, items);
  const tape: Tape = { ...head, interactions };
  rememberSource(tape, { text, head, interactions, outline });
  return tape;
}

/** A parent comes before what happened in it, and the same test recorded both. */
function checkParents(reader: NodeReader, entries: readonly TapeEntry[], nodes: readonly TapeNode[]): void {
  const known = new Map<string | undefined, Set<string>>();
  entries.forEach((entry, index) => {
    const { parent, test } = entry;
    const ids = known.get(test) ?? new Set();
    if (parent !== undefined && !ids.has(parent)) {
      const why = `no call or step before this entry is called ${JSON.stringify(parent)}`;
      throw reader.error(
        nodes[index] as TapeNode,
        why,
        "Name its parent by the parent's id, or its name if it has none.",
      );
    }
    const id = idOf(entry);
    if (id !== undefined) known.set(test, ids.add(id));
  });
}

const CONFLICTS = ["<<<<<<< ", ">>>>>>> "];

function checkText(text: string, reader: NodeReader): void {
  if (/^\s*$/.test(text.slice(0, 1000)) && text.trim() === "") {
    const next = "Delete it, and re-record the cassette with RECORD=1.";
    throw new TapeError("CASSETTE_TAPE_INVALID", { file: reader.file }, "the file is empty", next);
  }
  const conflict = CONFLICTS.some((mark) => text.includes(mark))
    ? /(?<![^\n])(?:<{7}|>{7}) /.exec(text)
    : null;
  if (conflict !== null) {
    throw reader.errorAt(conflict.index, "it has merge conflict markers", {
      next: "Resolve the conflict (git checkout --ours or --theirs), or re-record the cassette with RECORD=1.",
    });
  }
}

function nodesOf(text: string, reader: NodeReader, maxValues: number): TapeNodes {
  try {
    return readNodes(text, maxValues);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const code = error.tooLarge ? "CASSETTE_TAPE_TOO_LARGE" : "CASSETTE_TAPE_INVALID";
    throw reader.errorAt(error.offset, error.message, { code });
  }
}

function tooLarge(file: string, found: string, limit: number): TapeError {
  const next = "Raise the limit if the file is correct, or split the test, so that each cassette holds less.";
  return new TapeError("CASSETTE_TAPE_TOO_LARGE", { file }, `${found}, more than the ${limit} allowed`, next);
}
