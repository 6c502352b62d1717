import { count } from "../../cassette/count.ts";
import { type AlignedText, alignTexts } from "../../compare/align-texts.ts";
import { commonHead, commonTail } from "../../matching/common-ends.ts";
import { wrap } from "../wrap.ts";

/** One line of a difference. */
export type DiffLine = AlignedText;

/** Unchanged lines to print around changed ones. */
const CONTEXT = 1;
/** How much of a long line to print before and after what changed in it, in characters. */
const AROUND = 40;
/** More lines than this are not aligned: everything between the equal ends counts as changed. */
const MAX_ALIGNED = 2000;

/** Compares two texts line by line. Long lines are cut to what changed in them, and wrapped to `width`. */
export function textLines(before: string, after: string, width: number): readonly DiffLine[] {
  const steps = alignTexts(before.split("\n"), after.split("\n"), MAX_ALIGNED);
  const lines: DiffLine[] = [];
  for (let index = 0; index < steps.length; ) {
    const step = steps[index] as DiffLine;
    if (step.sign === " ") {
      if (isNearChange(steps, index)) lines.push(step);
      else if (lines.at(-1)?.text !== "…" && lines.length > 0) lines.push({ sign: " ", text: "…" });
      index += 1;
      continue;
    }
    let end = index;
    while (end < steps.length && (steps[end] as DiffLine).sign !== " ") end += 1;
    lines.push(...changedLines(steps.slice(index, end)));
    index = end;
  }
  if (lines.at(-1)?.text === "…") lines.pop();
  return lines.flatMap(({ sign, text }) => wrap(text, width).map((part) => ({ sign, text: part })));
}

/** Returns all lines of a text that is new or gone, wrapped to `width`. */
export function wholeText(sign: "-" | "+", text: string, width: number): readonly DiffLine[] {
  return text.split("\n").flatMap((line) => wrap(line, width).map((part) => ({ sign, text: part })));
}

const MAX_LINES = 12;

/** Cuts a long difference, and says how much is left out. */
export function limitLines(lines: readonly DiffLine[], full: boolean): readonly DiffLine[] {
  if (full || lines.length <= MAX_LINES + 1) return lines;
  const rest = count(lines.length - MAX_LINES, "more line");
  return [...lines.slice(0, MAX_LINES), { sign: " ", text: `... ${rest} (--full prints all)` }];
}

function isNearChange(steps: readonly DiffLine[], index: number): boolean {
  return steps.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== " ");
}

/** Cuts lines that replace others to the part that differs. */
function changedLines(steps: readonly DiffLine[]): readonly DiffLine[] {
  const removed = steps.filter(({ sign }) => sign === "-");
  const added = steps.filter(({ sign }) => sign === "+");
  if (removed.length !== added.length) return [...removed, ...added];
  const pairs = removed.map(({ text }, index) => excerpts(text, (added[index] as DiffLine).text));
  return [
    ...pairs.map(([text]): DiffLine => ({ sign: "-", text })),
    ...pairs.map(([, text]): DiffLine => ({ sign: "+", text })),
  ];
}

function excerpts(before: string, after: string): readonly [before: string, after: string] {
  const head = commonHead(before, after);
  const tail = commonTail(before, after, head);
  const skipped = head > AROUND * 1.5 ? wordStart(before, head - AROUND) : 0;
  const dropped = tail > AROUND * 1.5 ? tail - AROUND : 0;
  const cut = (text: string): string => {
    const kept = text.slice(skipped, text.length - dropped).toWellFormed();
    return `${skipped > 0 ? "…" : ""}${kept}${dropped > 0 ? "…" : ""}`;
  };
  return [cut(before), cut(after)];
}

function wordStart(text: string, from: number): number {
  const space = text.indexOf(" ", from);
  return space === -1 || space > from + AROUND / 2 ? from : space + 1;
}
