import { isUtf8 } from "node:buffer";
import type { TapeEntry } from "../cassette/model.ts";
import { encodeBase64 } from "../format/base64.ts";
import type { TapeNode } from "../format/node.ts";
import { readNodes } from "../format/read-nodes.ts";
import { renderEntry } from "../format/render-entry.ts";
import { type LeafChange, leafChanges } from "./leaf-changes.ts";
import { type Located, locate } from "./locate.ts";
import { editScalar, type TextEdit } from "./scalar-edit.ts";

/** One interaction before and after, and how it stands in the text of its tape. */
export interface ChangedEntry {
  readonly before: TapeEntry;
  readonly after: TapeEntry;
  readonly node: TapeNode;
}

export interface PlacedChange {
  readonly change: LeafChange;
  readonly located: Located;
}

/** What changed, text by text; `undefined` where more changed than texts. */
export function changesOf({ before, after, node }: ChangedEntry): readonly PlacedChange[] | undefined {
  const changes = leafChanges(canonical(before), canonical(after));
  return changes?.flatMap((change) => {
    const located = locate(node, change.path);
    return located === undefined ? [] : [{ change, located }];
  });
}

/**
 * The edits that make the text of an interaction say what it is to say, and leave all else of it as it stands,
 * comments included; `undefined` where it is written in a way in which that is not known how.
 */
export function editEntry(text: string, entry: ChangedEntry): readonly TextEdit[] | undefined {
  const changes = changesOf(entry);
  if (changes === undefined) return undefined;
  const edits: TextEdit[] = [];
  const done = new Set<TapeNode>();
  for (const { change, located } of changes) {
    const { node } = located;
    if (node.kind !== "scalar" && change.what === "value") return undefined;
    if (change.what === "value" && done.has(node)) continue;
    const edit = editOf(text, entry, change, located);
    if (edit === undefined) return undefined;
    if (change.what === "value") done.add(node);
    edits.push(edit);
  }
  return edits;
}

function editOf(
  text: string,
  entry: ChangedEntry,
  change: LeafChange,
  { node, entry: field, steps }: Located,
): TextEdit | undefined {
  const isWhole = steps === change.path.length;
  if (change.what === "key" && isWhole) {
    return field && editScalar(text, { at: field.at, text: field.key }, change.after);
  }
  if (node.kind !== "scalar") return undefined;
  const [side, part] = change.path;
  if (part === "body" && steps === 2 && (side === "request" || side === "response")) {
    const value = bodyText(entry, side);
    return value === undefined ? undefined : editScalar(text, node, value);
  }
  return isWhole && node.text === change.before ? editScalar(text, node, change.after) : undefined;
}

/** The new body in the form in which the old one is written: text, or base64. */
function bodyText({ after, node }: ChangedEntry, side: "request" | "response"): string | undefined {
  const bytes = side === "request" ? after.request.body : Buffer.concat(after.response.chunks);
  if (bytes === undefined) return undefined;
  const word = (name: string): string | undefined => {
    const found = locate(node, [side, name])?.node;
    return found?.kind === "scalar" ? found.text : undefined;
  };
  if (word("encoding") === "base64") return `${encodeBase64(bytes).join("\n")}\n`;
  if (!isUtf8(bytes)) return undefined;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  switch (word("eol")) {
    case "crlf":
      return text.replaceAll("\r\n", "\n");
    case "cr":
      return text.replaceAll("\r", "\n");
    default:
      return text;
  }
}

/** The form that a recording gives it, which is the same for two that differ in texts alone. */
function canonical(entry: TapeEntry): TapeNode {
  const text = `interactions:\n${renderEntry(entry, 2, undefined).join("\n")}\n`;
  const { root } = readNodes(text);
  return locate(root, ["interactions", 0])?.node ?? root;
}
