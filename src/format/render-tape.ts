import type { Tape, TapeEntry } from "../cassette/model.ts";
import { renewComment } from "./derived-comment.ts";
import { NO_TAPE_LIMITS } from "./limits.ts";
import { outlineOf } from "./outline.ts";
import { parseTape } from "./parse-tape.ts";
import type { TapeHead } from "./read-head.ts";
import { renderEntry } from "./render-entry.ts";
import { scalarText } from "./scalar-text.ts";
import { SCHEMA_URL } from "./schema-url.ts";
import { sourceOfEntry, sourceOfTape, type TapeSource } from "./source.ts";
import { TapeError } from "./tape-error.ts";

export interface RenderTapeOptions {
  /**
   * Describes an interaction for reviewers, in the form `1 · ...` with lines below it that begin with `> ` or
   * `< `. It is written as a comment above the interaction, and replaces the one of an earlier recording.
   * `undefined` leaves what is there. `index` counts from 0.
   */
  readonly describe?: ((interaction: TapeEntry, index: number) => string | undefined) | undefined;
  /** Writes the comments of a tape that did not change, too. */
  readonly renewComments?: boolean | undefined;
}

/**
 * Renders the text of a tape. The same tape gives the same text. Entries that come from `parseTape` keep the
 * text that they had in their file.
 */
export function renderTape(tape: Tape, options: RenderTapeOptions = {}): string {
  const source = sourceOfTape(tape);
  if (source === undefined || !sameHead(tape, source.head)) return renderFresh(tape, options);
  if (options.renewComments !== true && sameEntries(tape.interactions, source.interactions))
    return source.text;
  const text = spliceInto(source, tape, options);
  return text !== undefined && readsAs(text, tape.interactions, source) ? text : renderFresh(tape, options);
}

/** Whether the text gives these interactions back: it was put together from the texts of two authors. */
function readsAs(text: string, interactions: readonly TapeEntry[], source: TapeSource): boolean {
  try {
    const back = parseTape(text, { file: "", limits: NO_TAPE_LIMITS }).interactions;
    return (
      back.length === interactions.length &&
      back.every((entry, index) => {
        const wanted = interactions[index];
        if (wanted === undefined) return false;
        // An entry without a time takes the time of the entry before it, which may be a new one.
        const kept = sourceOfEntry(wanted)?.source === source;
        return sameEntry(kept ? { ...entry, at: wanted.at } : entry, wanted);
      })
    );
  } catch (error) {
    if (error instanceof TapeError) return false;
    throw error;
  }
}

/** Whether both are written the same way: with times to a tenth, whatever memory their chunks share. */
function sameEntry(one: TapeEntry, other: TapeEntry): boolean {
  return renderEntry(one, 2).join("\n") === renderEntry(other, 2).join("\n");
}

function renderFresh(tape: Tape, options: RenderTapeOptions): string {
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

/** The text of the source with entries added and removed; `undefined` if it cannot be cut. */
function spliceInto(source: TapeSource, tape: Tape, options: RenderTapeOptions): string | undefined {
  const eol = source.text.includes("\r\n") ? "\r\n" : "\n";
  const { text, outline } = cutSource(source, eol);
  if (outline === undefined) return undefined;
  const column = outline.column === -1 ? 2 : outline.column;
  const ended = (part: string): string => (part === "" || part.endsWith("\n") ? part : part + eol);

  const written = (lines: readonly string[]): string => `${lines.join("\n")}\n`.replaceAll("\n", eol);
  const parts = tape.interactions.map((entry, index) => {
    const comment = options.describe?.(entry, index);
    const known = sourceOfEntry(entry);
    const item = known?.source === source ? outline.items[known.index] : undefined;
    if (item === undefined) return written(renderEntry(entry, column, comment));
    const above = text.slice(item.lead, item.start);
    return (
      (comment === undefined ? above : renewComment(above, comment, column, eol)) +
      (known?.changed ? written(renderEntry(entry, column)) : text.slice(item.start, item.end))
    );
  });
  const before = text.slice(0, outline.key);
  const rest = text.slice(outline.key, outline.head).replace(/^([ \t]*)\[[ \t]*\][ \t]*/, "$1");
  const head = before + (parts.length === 0 ? ` []${rest}` : rest.replace(/^[ \t]+(?=\r?\n|$)/, ""));
  const tail = text.slice(outline.tail);
  const last = parts.pop() ?? "";
  return [ended(head), ...parts.map(ended), tail === "" ? last : ended(last), tail].join("");
}

/** The text with a place for the first entry, if its tape has no list at all. */
function cutSource(source: TapeSource, eol: string): Pick<TapeSource, "text" | "outline"> {
  if (source.outline !== undefined || source.interactions.length > 0) return source;
  const text = `${source.text}${source.text.endsWith("\n") ? "" : eol}interactions: []${eol}`;
  return { text, outline: outlineOf(text) };
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
