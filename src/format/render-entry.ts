import type { TapeEntry } from "../cassette/model.ts";
import { commentLines } from "./derived-comment.ts";
import { renderCall } from "./render-call.ts";
import { renderInteraction } from "./render-interaction.ts";
import { renderMcp } from "./render-mcp.ts";
import { tenths } from "./render-numbers.ts";
import { renderValues } from "./render-values.ts";
import { scalarText } from "./scalar-text.ts";

/** Renders an entry with its dash at column `column`; some of the strings hold several lines. */
export function renderEntry(entry: TapeEntry, column: number, comment = ""): string[] {
  const pad = " ".repeat(column);
  const lines = commentLines(comment, column);
  lines.push(`${pad}- at: ${tenths(entry.at)}`);
  if (entry.test !== undefined) lines.push(`${pad}  test: ${scalarText(entry.test, "block")}`);
  if (entry.parent !== undefined) lines.push(`${pad}  parent: ${scalarText(entry.parent, "block")}`);
  lines.push(...fieldLines(entry, column + 2));
  return lines;
}

function fieldLines(entry: TapeEntry, column: number): string[] {
  const pad = " ".repeat(column);
  switch (entry.kind) {
    case "request":
      return renderInteraction(entry, column);
    case "call":
      return renderCall(entry, column);
    case "step":
      return [
        `${pad}step: ${scalarText(entry.name, "block")}`,
        ...(entry.id === undefined ? [] : [`${pad}id: ${scalarText(entry.id, "block")}`]),
        ...(entry.type === "step" ? [] : [`${pad}type: ${entry.type}`]),
        ...(entry.duration === undefined ? [] : [`${pad}duration: ${tenths(entry.duration)}`]),
      ];
    case "checkpoint": {
      const { value, metadata } = entry;
      return [
        `${pad}checkpoint: ${scalarText(entry.label, "block")}`,
        ...renderValues({ value, metadata }, column),
      ];
    }
    case "mcp":
      return renderMcp(entry, column);
  }
}
