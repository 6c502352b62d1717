import type { TapeEntry } from "../cassette/model.ts";
import { positionOf } from "../format/excerpt.ts";
import { type NodePath, readNodes, renderEntry, showPath, type TapePlaces } from "../format/index.ts";
import type { TapeNode } from "../format/node.ts";
import type { LocatedFinding } from "../redaction/gate.ts";
import { PLACEHOLDER } from "../redaction/placeholder.ts";
import { type LeafChange, leafChanges } from "./leaf-changes.ts";

interface Redacted {
  readonly before: TapeEntry;
  readonly after: TapeEntry;
  /** Of the interaction on its tape. */
  readonly path: NodePath;
}

/** Lists the secrets that redaction took out of an interaction, with their places in the text of the tape. */
export function secretsBetween(
  { before, after, path }: Redacted,
  text: string,
  places: TapePlaces | undefined,
): readonly LocatedFinding[] {
  const changes = leafChanges(treeOf(before), treeOf(after));
  // More than texts changed: then only the interaction itself can be named.
  if (changes === undefined) return [{ type: "secret", ...positionAt(places, path), path: showPath(path) }];
  return changes
    .filter((change) => change.path[1] !== "cuts" && !isLength(change))
    .flatMap((change) => {
      const full = asWritten([...path, ...change.path], places);
      return secretsIn(change).map(({ type, secret }) => ({
        type,
        ...positionAt(places, full, change.what, { text, secret }),
        path: showPath(full),
      }));
    });
}

/** A tape from before `transport` has all headers under `headers`. */
function asWritten(path: NodePath, places: TapePlaces | undefined): NodePath {
  const at = path.indexOf("transport");
  if (path[at - 1] !== "response" || places?.locate(path) !== undefined) return path;
  return path.with(at, "headers");
}

/** The form in which a recording writes it: the same for two that differ only in texts. */
function treeOf(entry: TapeEntry): TapeNode {
  const { root } = readNodes(`interactions:\n${renderEntry(entry, 2).join("\n")}\n`);
  const list = root.kind === "map" ? root.entries[0]?.value : undefined;
  return (list?.kind === "list" ? list.items[0] : undefined) ?? root;
}

/** Whether the length of a body changed because its text did. */
function isLength({ path }: LeafChange): boolean {
  return path[1] === "headers" && path.some((step) => String(step).toLowerCase() === "content-length");
}

/** The placeholders that are new in a text, each with what it replaced. */
function secretsIn({ before, after }: LeafChange): readonly { type: string; secret: string }[] {
  const secrets: { type: string; secret: string }[] = [];
  const placeholders = [...after.matchAll(PLACEHOLDER)];
  let at = 0;
  let done = 0;
  for (const [number, { 0: whole, 1: label, index }] of placeholders.entries()) {
    at += index - done;
    done = index + whole.length;
    if (before.startsWith(whole, at)) {
      at += whole.length;
      continue;
    }
    const next = after.slice(done, placeholders[number + 1]?.index).slice(0, 20);
    const end = next === "" ? before.length : before.indexOf(next, at);
    secrets.push({ type: typeOf(label), secret: before.slice(at, end === -1 ? undefined : end) });
    if (end !== -1) at = end;
  }
  return secrets.length > 0 ? secrets : [{ type: "secret", secret: before }];
}

/** The second secret of a kind has `-2` after its name. */
function typeOf(label: string | undefined): string {
  return label?.replace(/-\d+$/, "") ?? "secret";
}

/** Finds the secret in the text, or at least the beginning of its field. */
function positionAt(
  places: TapePlaces | undefined,
  path: NodePath,
  part: LeafChange["what"] = "value",
  found?: { readonly text: string; readonly secret: string },
): { readonly line: number; readonly column: number } {
  // A field of JSON that is text in the tape has no place of its own.
  for (let length = path.length; length > 0; length -= 1) {
    const isWhole = length === path.length;
    const range = places?.locate(path.slice(0, length), isWhole ? part : "value");
    if (range === undefined) continue;
    const { line, column, start, end } = range;
    const [piece = ""] = found?.secret.split("\n", 1) ?? [];
    const at = piece === "" ? -1 : (found?.text.indexOf(piece, start) ?? -1);
    return found !== undefined && at !== -1 && at < end ? positionOf(found.text, at) : { line, column };
  }
  return { line: 1, column: 1 };
}
