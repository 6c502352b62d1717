import type { Tape, TapeEntry } from "../cassette/model.ts";
import type { TapeHead } from "./read-head.ts";
import { renderEntry } from "./render-entry.ts";
import { scalarText } from "./scalar-text.ts";
import { sourceOfEntry, sourceOfTape, type TapeSource } from "./source.ts";

/** Where editors find the schema of a tape; named in the first line of each. */
export const SCHEMA_URL = "https://unpkg.com/vitest-cassette/schema/cassette-v1.json";

export interface RenderTapeOptions {
  /** One line about an interaction, written as a comment above it. `index` counts from 0. */
  readonly describe?: ((interaction: TapeEntry, index: number) => string | undefined) | undefined;
}

/**
 * The text of a tape. The same tape gives the same text; entries that `parseTape` gave stand in it as they
 * stood in their file, whoever wrote that and however.
 */
export function renderTape(tape: Tape, options: RenderTapeOptions = {}): string {
  const source = sourceOfTape(tape);
  if (source === undefined || !sameHead(tape, source.head)) return renderAnew(tape, options);
  if (sameEntries(tape.interactions, source.interactions)) return source.text;
  return renderIn(source, tape, options) ?? renderAnew(tape, options);
}

function renderAnew(tape: Tape, options: RenderTapeOptions): string {
  const lines = [`# yaml-language-server: $schema=${SCHEMA_URL}`, `cassette: ${tape.version}`];
  if (tape.recorded) {
    const { at, with: by } = tape.recorded;
    lines.push(`recorded: { at: ${scalarText(at, "flow")}, with: ${scalarText(by, "flow")} }`);
  }
  if (tape.frozen) {
    lines.push(`frozen: { time: ${scalarText(tape.frozen.time, "flow")}, seed: ${tape.frozen.seed} }`);
  }
  if (tape.interactions.length === 0) {
    lines.push("interactions: []");
  } else {
    lines.push("interactions:");
    tape.interactions.forEach((entry, index) => {
      lines.push(...renderEntry(entry, 2, options.describe?.(entry, index)));
    });
  }
  lines.push("");
  return lines.join("\n");
}

/** The text of the source with entries put in and taken out; `undefined` where it cannot be cut. */
function renderIn(source: TapeSource, tape: Tape, options: RenderTapeOptions): string | undefined {
  const { text, outline } = source;
  if (outline === undefined) return undefined;
  const eol = /\r\n/.test(text) ? "\r\n" : "\n";
  const column = outline.column === -1 ? 2 : outline.column;
  const ended = (part: string): string => (part === "" || part.endsWith("\n") ? part : part + eol);

  const parts: string[] = [];
  tape.interactions.forEach((entry, index) => {
    const known = sourceOfEntry(entry);
    const item = known?.source === source ? outline.items[known.index] : undefined;
    if (item !== undefined) {
      parts.push(text.slice(item.lead, item.end));
    } else {
      const lines = renderEntry(entry, column, options.describe?.(entry, index));
      parts.push(`${lines.join("\n")}\n`.replaceAll("\n", eol));
    }
  });
  const head =
    tape.interactions.length === 0 ? emptied(text, outline.key, outline.head) : text.slice(0, outline.head);
  const tail = text.slice(outline.tail);
  const last = parts.pop() ?? "";
  return [ended(head), ...parts.map(ended), tail === "" ? last : ended(last), tail].join("");
}

function emptied(text: string, key: number, head: number): string {
  return `${text.slice(0, key)} []${text.slice(key, head)}`;
}

function sameEntries(one: readonly TapeEntry[], other: readonly TapeEntry[]): boolean {
  return (
    one === other || (one.length === other.length && one.every((entry, index) => entry === other[index]))
  );
}

function sameHead(tape: Tape, head: TapeHead): boolean {
  return (
    tape.version === head.version &&
    tape.recorded?.at === head.recorded?.at &&
    tape.recorded?.with === head.recorded?.with &&
    tape.frozen?.time === head.frozen?.time &&
    tape.frozen?.seed === head.frozen?.seed
  );
}
