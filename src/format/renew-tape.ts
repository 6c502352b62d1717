import type { Tape, TapeEntry } from "../cassette/model.ts";
import { parseTape } from "./parse-tape.ts";
import { renderEntry } from "./render-entry.ts";
import { type RenderTapeOptions, renderTape } from "./render-tape.ts";
import { rememberChange, sourceOfTape, type TapeSource, withInteractions } from "./source.ts";
import { hasComments } from "./yaml-reader.ts";

/**
 * Returns the text of a tape as it would be written now: derived comments, and of a recorded tape every entry in its
 * present form. What is replayed stays the same. Keeps the form of a tape that was written by hand, and of an entry in
 * which somebody wrote a comment.
 *
 * @param tape from `parseTape`
 */
export function renewTape(tape: Tape, { describe }: RenderTapeOptions): string {
  const source = sourceOfTape(tape);
  if (source?.outline === undefined) return source?.text ?? renderTape(tape);
  const entries = tape.interactions.map((entry, index): TapeEntry => {
    if (tape.recorded === undefined || keepsForm(entry, index, source)) return entry;
    const renewed = { ...entry };
    rememberChange(entry, renewed);
    return renewed;
  });
  const text = renderTape(withInteractions(tape, entries), { describe, renewComments: true });
  return sameEntries(text, tape) ? text : source.text;
}

function keepsForm(entry: TapeEntry, index: number, { text, outline }: TapeSource): boolean {
  const item = outline?.items[index];
  if (outline === undefined || item === undefined) return true;
  const written = text.slice(item.start, item.end).replaceAll("\r\n", "\n").trimEnd();
  const now = renderEntry(entry, outline.column).join("\n").trimEnd();
  return written === now || hasComments(text.slice(item.start, item.end));
}

function sameEntries(text: string, tape: Tape): boolean {
  const back = parseTape(text, { file: "" }).interactions;
  const form = (entries: readonly TapeEntry[]): string =>
    entries.flatMap((entry) => renderEntry(entry, 2)).join("\n");
  return form(back) === form(tape.interactions);
}
