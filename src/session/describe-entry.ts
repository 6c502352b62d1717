import { valueLine } from "../calls/describe-call.ts";
import { commandLine } from "../cassette/command-line.ts";
import { count } from "../cassette/count.ts";
import type { RecordedCall, RecordedProcess, TapeEntry } from "../cassette/model.ts";
import { describeInteraction } from "./describe-interaction.ts";

/**
 * Describes an entry for reviewers: `2 · tool weather · 12 ms`. The input and result of a call are
 * YAML below it, so that the comment does not repeat them.
 *
 * @param index from 0
 * @param redact removes secrets from a text before it is cut
 */
export function describeEntry(
  entry: TapeEntry,
  index: number,
  redact: (text: string) => string = (text) => text,
): string {
  const headline = (...facts: readonly (string | undefined)[]): string =>
    oneLine(redact([String(index + 1), ...facts].filter((fact) => fact !== undefined).join(" · ")));
  switch (entry.kind) {
    case "request":
      return describeInteraction(entry, index, redact);
    case "call": {
      const kind = entry.type === "tool" ? "tool" : "call";
      const cut = entry.end === "aborted" ? "aborted" : undefined;
      return headline(`${kind} ${entry.name}`, aboutItems(entry), cut, milliseconds(entry.duration));
    }
    case "step":
      return headline(`${entry.type} ${entry.name}`, milliseconds(entry.duration));
    case "checkpoint":
      return headline(`checkpoint ${entry.label}`);
    case "mcp":
      return headline(
        `mcp ${entry.from === "server" ? "from server " : ""}${entry.method}`,
        entry.error && `error ${entry.error.code}`,
        milliseconds(entry.duration),
      );
    case "process":
      return headline(`process ${commandLine(entry)}`, aboutExit(entry), milliseconds(entry.duration));
  }
}

function aboutExit({ exit, error }: RecordedProcess): string {
  if (error !== undefined) return `failed with ${error}`;
  if (exit === undefined) return "still running";
  return typeof exit === "number" ? `exit ${exit}` : `ended by ${exit}`;
}

function aboutItems({ items, error }: RecordedCall): string | undefined {
  if (error !== undefined) return `threw ${"thrown" in error ? valueLine(error.thrown) : error.name}`;
  return items && count(items.length, "item");
}

function milliseconds(duration: number | undefined): string | undefined {
  return duration === undefined ? undefined : `${Math.round(duration)} ms`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
