import { type TextRun, wordChanges } from "./word-changes.ts";

/** The same place of two texts. */
export interface Excerpt {
  readonly live: string;
  readonly recorded: string;
}

export interface ExcerptOptions {
  /** What stands before and behind a change. */
  readonly marks: readonly [before: string, behind: string];
  /** How many characters of what is the same are kept on each side of a change. */
  readonly context: number;
  /** How many changes are shown. */
  readonly changes: number;
  /** How many characters of one change are shown. */
  readonly width: number;
}

const DEFAULTS: ExcerptOptions = { marks: ["«", "»"], context: 32, changes: 3, width: 80 };

/**
 * Cuts two long texts down to where they differ: `…best practices for «typescript» in a…`. Cuts fall
 * between words where they can.
 */
export function excerpt(live: string, recorded: string, options: Partial<ExcerptOptions> = {}): Excerpt {
  const { marks, context, changes, width } = { ...DEFAULTS, ...options };
  const runs = wordChanges(live, recorded);
  const sides = { live: "", recorded: "" };
  let shown = 0;
  for (const [position, run] of runs.entries()) {
    if (run.kind === "same") {
      const before = position > 0 && shown > 0 ? run.text : undefined;
      const behind = position < runs.length - 1 && shown < changes ? run.text : undefined;
      const text = cutSame(before, behind, context);
      sides.live += text;
      sides.recorded += text;
      continue;
    }
    shown++;
    const cut = cutChange(run, context, width);
    sides.live += `${cut.before}${marks[0]}${cut.live}${marks[1]}${cut.behind}`;
    sides.recorded += `${cut.before}${marks[0]}${cut.recorded}${marks[1]}${cut.behind}`;
    if (shown === changes && position < runs.length - 2) {
      const after = runs[position + 1];
      const text = after?.kind === "same" ? cutSame(after.text, undefined, context) : "…";
      sides.live += text;
      sides.recorded += text;
      break;
    }
  }
  return { live: visible(sides.live), recorded: visible(sides.recorded) };
}

/** What is the same: its beginning behind a change, its end before one, or all of it where that is little. */
function cutSame(
  behindChange: string | undefined,
  beforeChange: string | undefined,
  context: number,
): string {
  const text = behindChange ?? beforeChange ?? "";
  const kept = (behindChange === undefined ? 0 : context) + (beforeChange === undefined ? 0 : context);
  if (text.length <= kept + 1) return text;
  const head = behindChange === undefined ? "" : text.slice(0, context).replace(/(?<=\s)\S*$/, "");
  const tail = beforeChange === undefined ? "" : text.slice(-context).replace(/^\S*(?=\s)/, "");
  return `${head.trimEnd() === "" ? head : head.trimEnd()}…${tail.trimStart() === "" ? tail : tail.trimStart()}`;
}

interface CutChange extends Excerpt {
  readonly before: string;
  readonly behind: string;
}

/** A change itself may be long: a text without spaces, or one that was written anew. */
function cutChange(run: TextRun & { readonly kind: "changed" }, context: number, width: number): CutChange {
  const { live, recorded } = run;
  if (live.length <= width && recorded.length <= width) return { live, recorded, before: "", behind: "" };
  const shorter = Math.min(live.length, recorded.length);
  let head = 0;
  while (head < shorter && live[head] === recorded[head]) head++;
  let tail = 0;
  while (tail < shorter - head && live.at(-1 - tail) === recorded.at(-1 - tail)) tail++;
  const inner = (text: string): string => {
    const changed = text.slice(head, text.length - tail);
    return changed.length <= width ? changed : `${changed.slice(0, width)}…`;
  };
  return {
    live: inner(live),
    recorded: inner(recorded),
    before: head <= context ? live.slice(0, head) : `…${live.slice(head - context, head)}`,
    behind:
      tail <= context
        ? live.slice(live.length - tail)
        : `${live.slice(live.length - tail, live.length - tail + context)}…`,
  };
}

/** Line ends and other characters that would break up a line of a message. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is made visible
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : escaped;
  });
}
