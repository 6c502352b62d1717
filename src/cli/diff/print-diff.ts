import type { Terminal } from "../terminal.ts";
import type { CassetteDiff } from "./cassette-diff.ts";
import { entryLines } from "./entry-lines.ts";
import { fileOf, summaryOf } from "./summary.ts";

const MAX_WIDTH = 100;

/** Prints differences for a person at a terminal. */
export function printDiff(diffs: readonly CassetteDiff[], terminal: Terminal, full: boolean): void {
  const columns = terminal.surroundings.columns ?? MAX_WIDTH;
  const options = {
    width: Math.max(40, Math.min(columns, MAX_WIDTH) - 6),
    full,
    clean: (text: string) => terminal.clean(text),
  };
  for (const diff of diffs) {
    const { status, comparison, error } = diff;
    const what = status === "same" ? "no difference in meaning" : status;
    terminal.print(`${terminal.style("bold", terminal.clean(fileOf(diff)))}  ${what}`);
    if (error !== undefined) terminal.complain(error);
    // What was on a deleted one is in git.
    if (comparison === undefined || status === "deleted") continue;
    let same = 0;
    for (const entry of comparison.entries) {
      const shown = entryLines(entry, options);
      if (shown === undefined) same += 1;
      else {
        terminal.print(
          `  ${terminal.style("cyan", terminal.clean(shown.title))}`,
          ...shown.lines.map((line) => terminal.diffLine(line, "    ")),
        );
      }
    }
    if (same > 0 && status !== "same") {
      terminal.print(terminal.style("dim", `  ${same} without a difference`));
    }
    terminal.print("");
  }
  terminal.print(`${capitalized(summaryOf(diffs))}.`);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
