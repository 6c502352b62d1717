import type { Change, EntryComparison, TimingChange } from "../../compare/comparison.ts";
import { stableText } from "../../matching/stable-text.ts";
import { describeEntry } from "../../session/describe-entry.ts";
import { type DiffLine, limitLines, textLines, wholeText } from "./text-lines.ts";

/** One compared entry, to print. */
export interface EntryDiff {
  readonly title: string;
  readonly lines: readonly DiffLine[];
}

export interface EntryLineOptions {
  /** Width of a line in characters, without the sign. */
  readonly width: number;
  /** Whether long texts are printed in full. */
  readonly full: boolean;
  /** Removes secrets from a text, before it is cut. */
  clean(text: string): string;
}

/** Longest value that is printed on one line with its successor. */
const MAX_INLINE = 40;

/** Formats what changed in one entry; `undefined` for an entry that means the same. */
export function entryLines(entry: EntryComparison, options: EntryLineOptions): EntryDiff | undefined {
  switch (entry.status) {
    case "same":
      return undefined;
    case "added":
      return wholeEntry("+", entry, options);
    case "removed":
      return wholeEntry("-", entry, options);
    case "moved":
    case "changed":
      return { title: options.clean(titleOf(entry)), lines: changedLines(entry, options) };
  }
}

/** `2 (was 3) · POST https://api.openai.com/v1/responses`. */
function titleOf({ before, after }: EntryComparison): string {
  const placed = after ?? before;
  if (placed === undefined) return "";
  const was =
    before !== undefined && after !== undefined && before.index !== after.index
      ? ` (was ${before.index + 1})`
      : "";
  return `${placed.index + 1}${was} · ${whatOf({ before, after })}`;
}

/** `POST https://api.openai.com/v1/responses`, or `tool get_weather`. */
export function whatOf({ before, after }: Pick<EntryComparison, "before" | "after">): string {
  const { entry } = after ?? before ?? {};
  if (entry === undefined) return "";
  if (entry.kind === "request") return `${entry.request.method} ${entry.request.url}`;
  const [headline = ""] = describeEntry(entry, 0).split("\n");
  return headline.split(" · ").slice(1, 2).join("");
}

function wholeEntry(sign: "+" | "-", comparison: EntryComparison, { clean }: EntryLineOptions): EntryDiff {
  const { before, after } = comparison;
  const placed = after ?? before;
  const [headline = "", ...said] =
    placed === undefined ? [] : describeEntry(placed.entry, placed.index, clean).split("\n");
  const lines = placed?.entry.kind === "request" ? [headline.replace(/^\d+ · /, ""), ...said] : [];
  const what = sign === "+" ? "added" : "removed";
  return {
    title: clean(`${titleOf(comparison)} · ${what}`),
    lines: lines.map((text): DiffLine => ({ sign, text })),
  };
}

function changedLines(
  { changes, timing, moved, note, status }: EntryComparison,
  options: EntryLineOptions,
): readonly DiffLine[] {
  const usage = changes.filter(({ part }) => part === "usage");
  const lines = changes.flatMap((change) => {
    if (change.part !== "usage") return changeLines(change, options);
    return change === usage[0] ? [plain(usageText(usage))] : [];
  });
  if (moved) lines.push(plain("order: it was sent at another place"));
  const times = timing.filter(({ ratio }) => ratio > 1.25 || ratio < 0.8);
  if (status === "changed" && times.length > 0) {
    lines.push(plain(`timing: ${times.map(timeText).join(", ")}`));
  }
  if (note !== undefined) lines.push(plain(`response: the same answer in ${note}`));
  return lines;
}

function changeLines(change: Change, options: EntryLineOptions): readonly DiffLine[] {
  const { before, after } = change;
  const label = labelOf(change);
  const [old, now] = [shown(before, options), shown(after, options)];
  if (isShort(old) && isShort(now)) {
    return [plain(`${label}: ${old ?? "nothing"} → ${now ?? "nothing"}`)];
  }
  const lines = limitLines(linesBetween(old, now, options.width), options.full);
  return [plain(`${label}:`), ...lines];
}

function linesBetween(old: string | undefined, now: string | undefined, width: number): readonly DiffLine[] {
  if (old !== undefined && now !== undefined) return textLines(old, now, width);
  return wholeText(now === undefined ? "-" : "+", now ?? old ?? "", width);
}

function labelOf({ part, path }: Change): string {
  if (path === undefined) return part;
  return part === "value" ? path : `${part} ${path.replace(/^body\.(?=.)/, "")}`;
}

/** Text as it is, other values as JSON; `undefined` for nothing. */
function shown(value: unknown, { width, clean }: EntryLineOptions): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return clean(value);
  const line = stableText(value);
  return clean(line.length <= width ? line : JSON.stringify(value, null, 2));
}

function isShort(text: string | undefined): boolean {
  return text === undefined || (text.length <= MAX_INLINE && !text.includes("\n"));
}

function usageText(changes: readonly Change[]): string {
  const parts = changes.map(({ path, before, after }) => `${path} ${before ?? "none"} → ${after ?? "none"}`);
  return `usage: ${parts.join(", ")}`;
}

function timeText({ name, before, after, ratio }: TimingChange): string {
  const unit = name === "tokens/s" ? "" : " ms";
  return `${name} ${before} → ${after}${unit} (x${ratio})`;
}

function plain(text: string): DiffLine {
  return { sign: " ", text };
}
