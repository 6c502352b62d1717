import type { Decoded } from "../../../streams/decoder.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { cut, quote } from "./words.ts";

const LONGEST_CONTENT = 56;
const MOST_ROWS = 16;
const NEIGHBORS = 2;

/** Prints the events of a stream around those in focus; without a focus, the first ones. */
export function showEvents({ events }: StreamTrace, focus?: readonly number[]): string {
  if (events.length === 0) return "    no events";
  const cells = (event: TraceEvent, index: number): readonly string[] => [
    ...times(event.at, events[index - 1]?.at),
    cut(event.type, 40),
    contentOf(event),
  ];
  return listing(events, cells, focus);
}

function times(at: number | undefined, before: number | undefined): readonly string[] {
  if (at === undefined) return [];
  const gap = before === undefined ? "" : `+${(at - before).toFixed(1)}`;
  return [`${at.toFixed(1).padStart(7)} ms`, gap.padStart(7)];
}

/**
 * Prints items with their numbers: those in focus are marked and have their neighbors around them.
 *
 * @param first number of the first item
 */
export function listing<T>(
  items: readonly T[],
  cells: (item: T, index: number) => readonly string[],
  focus: readonly number[] = [],
  first = 0,
): string {
  const marked = new Set(focus);
  const near = new Set(
    focus
      .slice(0, MOST_ROWS)
      .flatMap((index) => Array.from({ length: 2 * NEIGHBORS + 1 }, (_, step) => index + step - NEIGHBORS)),
  );
  const rows = items
    .map((item, index) => ({ item, index }))
    .filter(({ index }) => near.size === 0 || near.has(index))
    .slice(0, MOST_ROWS)
    .map(({ item, index }) => ({ index, cells: [String(index + first), ...cells(item, index)] }));
  const widths = rows[0]?.cells.map((_, column) =>
    Math.max(...rows.map((row) => row.cells[column]?.length ?? 0)),
  );
  const lines = rows.map(({ index, cells }, row) => {
    const [number = "", ...others] = cells.map((cell, column) => cell.padEnd(widths?.[column] ?? 0));
    const skipped = index > (rows[row - 1]?.index ?? -1) + 1 ? "    …\n" : "";
    const line = [number.trimEnd().padStart(number.length), ...others].join("  ").trimEnd();
    return `${skipped}${marked.has(index) ? "  > " : "    "}${line}`;
  });
  if ((rows.at(-1)?.index ?? 0) < items.length - 1) lines.push("    …");
  return lines.join("\n");
}

/** Returns the indexes of the events in which the decoder found this. */
export function eventsWith({ events }: StreamTrace, kind: Decoded["kind"]): readonly number[] {
  return events.filter(({ decoded }) => decoded.some((each) => each.kind === kind)).map(({ index }) => index);
}

/** Says in a few words what an event carries. */
function contentOf(event: TraceEvent): string {
  if (event.decoded.length === 0) return cut(event.data, LONGEST_CONTENT);
  const parts = event.decoded.map(describe).filter((part) => part !== undefined);
  return cut(parts.length > 0 ? parts.join(", ") : "(no content)", LONGEST_CONTENT);
}

function describe(decoded: Decoded): string | undefined {
  switch (decoded.kind) {
    case "text":
    case "reasoning":
    case "refusal":
      return `${decoded.kind} ${quote(decoded.text, 40)}`;
    case "toolCall":
      return ["tool", decoded.name, decoded.arguments].filter(Boolean).join(" ");
    case "finish":
      return `finish ${decoded.reason}`;
    case "usage":
      return `usage ${decoded.usage.inputTokens ?? "?"} in, ${decoded.usage.outputTokens ?? "?"} out`;
    case "model":
      return undefined;
    case "error":
      return `error ${[decoded.error.type, decoded.error.message].filter(Boolean).join(": ")}`;
    case "terminated":
      return "end marker";
  }
}
