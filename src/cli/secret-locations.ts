import { positionOf } from "../format/excerpt.ts";
import { hunksBetween } from "../redaction/hunks.ts";
import { PLACEHOLDER } from "../redaction/placeholder.ts";
import type { LeafChange, NodePath } from "./leaf-changes.ts";
import type { Located } from "./locate.ts";

/** A secret on a tape: of what kind and where, never what. */
export interface PlacedSecret {
  /** As in its placeholder: `openai-key`; `secret` where it stands encoded. */
  readonly type: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `interactions[0].request.body.api_key`. */
  readonly place: string;
}

/** What was secret in one text of a tape, told by the placeholders that came into it. */
export function placedSecrets(
  text: string,
  change: LeafChange,
  { node, entry, steps }: Located,
  place: string,
): readonly PlacedSecret[] {
  const at = change.what === "key" && entry !== undefined ? entry.at : node.at;
  const start = positionOf(text, at);
  const isWhole = node.kind === "scalar" && node.text === change.before && steps === change.path.length;
  return arrivalsIn(change).map(({ type, before }): PlacedSecret => {
    if (!isWhole) return { type, ...start, place };
    const lead = change.before.slice(0, before);
    if (startsBlock(text, at)) {
      const pad = /\n( *)[^ \n]/.exec(text.slice(at, at + 4096))?.[1]?.length ?? 0;
      const down = lead.split("\n").length;
      return { type, line: start.line + down, column: pad + lead.length - lead.lastIndexOf("\n"), place };
    }
    const quote = /["']/.test(text[at] ?? "") ? 1 : 0;
    const isAsItStands = !lead.includes("\n") && text.startsWith(lead, at + quote);
    return { type, line: start.line, column: start.column + (isAsItStands ? quote + before : 0), place };
  });
}

/** Where the lines of a text stand one below the other, the first below `at`. */
function startsBlock(text: string, at: number): boolean {
  return text[at] === "|" || text.startsWith('"\\\n', at);
}

/** New placeholders, each with the offset of what it stands for in the old text. */
function arrivalsIn({
  before,
  after,
}: LeafChange): readonly { readonly type: string; readonly before: number }[] {
  const hunks: { start: number; from: number; to: number }[] = [];
  let shift = 0;
  for (const { start, end, text } of hunksBetween(before, after)) {
    const from = start + shift;
    hunks.push({ start, from, to: from + text.length });
    shift += text.length - (end - start);
  }
  const arrivals = [...after.matchAll(PLACEHOLDER)].flatMap(({ 0: whole, 1: label, index }) => {
    const hunk = hunks.find(({ from, to }) => from < index + whole.length && index < to);
    return hunk === undefined ? [] : [{ type: typeOf(label), before: hunk.start }];
  });
  return arrivals.length > 0 ? arrivals : [{ type: UNKNOWN_TYPE, before: hunks[0]?.start ?? 0 }];
}

export const UNKNOWN_TYPE = "secret";

/** The second secret of a kind has the number 2 behind it. */
function typeOf(label: string | undefined): string {
  return label?.replace(/-\d+$/, "") ?? UNKNOWN_TYPE;
}

/** A path as messages show it. */
export function shownPlace(path: NodePath): string {
  return path
    .map((step) => {
      if (typeof step === "number") return `[${step}]`;
      return /^[\w-]+$/.test(step) ? `.${step}` : `.${JSON.stringify(step)}`;
    })
    .join("")
    .replace(/^\./, "");
}
