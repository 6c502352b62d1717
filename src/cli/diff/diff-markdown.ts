import type { Terminal } from "../terminal.ts";
import { type CassetteDiff, partsOf } from "./cassette-diff.ts";
import { entryLines } from "./entry-lines.ts";
import { fileOf, summaryOf } from "./summary.ts";

const WIDTH = 100;
/** GitHub refuses comments of more than 65,536 characters. */
const MAX_LENGTH = 60_000;

/** Formats differences as a comment on a pull request. Texts of cassettes stand in code blocks, so that they do nothing. */
export function markdownOf(diffs: readonly CassetteDiff[], terminal: Terminal, full: boolean): string {
  const parts = [`### Cassettes: ${summaryOf(diffs)}`];
  let length = parts[0]?.length ?? 0;
  const shown = diffs.filter(({ status }) => status !== "same");
  for (const [index, diff] of shown.entries()) {
    const part = cassettePart(diff, terminal, full);
    if (length + part.length > MAX_LENGTH) {
      parts.push(`… and ${shown.length - index} more: \`npx vitest-cassette diff\` prints them.`);
      break;
    }
    length += part.length + 2;
    parts.push(part);
  }
  return parts.join("\n\n");
}

function cassettePart(diff: CassetteDiff, terminal: Terminal, full: boolean): string {
  const { status, comparison, error } = diff;
  const title = `${escapeHtml(terminal.clean(fileOf(diff)))}`;
  const parts =
    status === "deleted" || status === "added" || comparison === undefined ? [] : partsOf(comparison);
  const about = `<code>${title}</code> ${status}${parts.length === 0 ? "" : `: ${escapeHtml(parts.join(", "))}`}`;
  const blocks =
    error !== undefined
      ? [fenced(terminal.clean(error.message), "")]
      : status === "deleted"
        ? []
        : (comparison?.entries ?? []).flatMap((entry) => {
            const shown = entryLines(entry, { width: WIDTH, full, clean: (text) => terminal.clean(text) });
            if (shown === undefined) return [];
            const lines = shown.lines.map(({ sign, text }) => `${sign} ${text}`.trimEnd());
            return [
              `**${inlineCode(terminal.clean(shown.title))}**`,
              fenced(terminal.clean(lines.join("\n")), "diff"),
            ];
          });
  if (blocks.length === 0) return `- ${about}`;
  return [`<details><summary>${about}</summary>`, ...blocks, "</details>"].join("\n\n");
}

/** A code block with a fence that is not in the text. */
function fenced(text: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

function inlineCode(text: string): string {
  const tick = "`".repeat(longestRun(text) + 1);
  return text.includes("`") ? `${tick} ${text} ${tick}` : `${tick}${text}${tick}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;");
}
