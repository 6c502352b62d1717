import { styleText } from "node:util";
import type { Vitest } from "vitest/node";
import { isCassetteReporter } from "./reporter-mark.ts";

/** Reporters that write something for programs to the standard output, or nothing. */
const FOR_PROGRAMS: readonly string[] = [
  "blob",
  "hanging-process",
  "html",
  "json",
  "junit",
  "tap",
  "tap-flat",
];
/** Reporters that leave out what is not worth a look. */
const TERSE: readonly string[] = ["agent", "dot", "minimal"];

/** What a person who reads the output of this run expects in it. */
export function printsForPeople({ config }: Vitest): "everything" | "notable" | "nothing" {
  const names = config.reporters
    .filter((each) => !isCassetteReporter(each))
    .map((each) => (Array.isArray(each) ? String(each[0]) : ""))
    // Its lines stand among those of others.
    .filter((name) => name !== "github-actions");
  if (names.length === 0) return "everything";
  if (names.every((name) => FOR_PROGRAMS.includes(name))) return "nothing";
  return names.every((name) => FOR_PROGRAMS.includes(name) || TERSE.includes(name))
    ? "notable"
    : "everything";
}

/** Prints lines under a title, aligned with those of Vitest's own summary. */
export function print(
  { logger }: Vitest,
  title: string,
  lines: readonly string[],
  style: "dim" | "yellow" = "dim",
): void {
  if (lines.length === 0) return;
  const [first = "", ...rest] = lines;
  logger.log(`${styleText(style, title.padStart(11))}  ${first}`);
  for (const line of rest) logger.log(`${" ".repeat(13)}${line}`);
  logger.log();
}
