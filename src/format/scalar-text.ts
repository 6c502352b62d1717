import { plainType } from "./node.ts";

/** The place of a scalar: a comma ends one inside `{ }` and `[ ]`, and is text elsewhere. */
export type ScalarPlace = "block" | "flow";

/** What YAML does not allow without an escape, what is invisible, and what ends a line for some readers. */
const UNSAFE_INLINE = /[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** A block scalar may also hold tabs and line feeds, but no carriage returns: YAML changes them. */
const UNSAFE_IN_BLOCK = /[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** What most texts are made of. Without Unicode, this takes a fifth of the time. */
const NOT_ASCII = /[^\t\n\x20-\x7e]/;
const ESCAPED = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

const INDICATOR_FIRST = /^[-?:,[\]{}#&*!|>'"%@`=~<]/;
/** Words and numbers of YAML 1.1, which other readers still interpret: `no`, `1_000`, `12:30`, `2026-11-20`. */
const OTHER_TYPES =
  /^(?:y|yes|n|no|on|off|null|true|false|[-+]?\.(?:inf|nan))$|^[-+]?\.?[0-9][0-9a-fx_.:eo+-]*$/i;

/** Writes text on one line, without quotes if YAML reads it as the same text. */
export function scalarText(text: string, place: ScalarPlace): string {
  if (isPlain(text, place)) return text;
  if (text === "" || UNSAFE_INLINE.test(text)) return doubleQuoted(text);
  // JSON inside text, such as the arguments of a tool call, is most readable in single quotes.
  if (text.includes('"') || text.includes("\\")) return `'${text.replaceAll("'", "''")}'`;
  return `"${text}"`;
}

function isPlain(text: string, place: ScalarPlace): boolean {
  if (text === "" || INDICATOR_FIRST.test(text) || UNSAFE_INLINE.test(text)) return false;
  if (text.startsWith(" ") || text.endsWith(" ") || text.endsWith(":") || text.startsWith("..."))
    return false;
  if (text.includes(": ") || text.includes(" #")) return false;
  if (place === "flow" && (/[,[\]{}]/.test(text) || /:(?=[,[\]{}]|$)/.test(text))) return false;
  return !OTHER_TYPES.test(text) && plainType(text) === "string";
}

/** Writes text in double quotes, with escapes for invisible characters. */
export function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(ESCAPED, escapeCharacter);
}

function escapeCharacter(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Whether a literal block scalar gives the same text back. */
export function fitsBlock(text: string): boolean {
  // YAML readers disagree on a last line of blanks.
  if (text.trim() === "" || endsInBlanks(text)) return false;
  return !NOT_ASCII.test(text) || !UNSAFE_IN_BLOCK.test(text);
}

function endsInBlanks(text: string): boolean {
  let end = text.length;
  while (text.charAt(end - 1) === "\n") end--;
  return /^[ \t]+$/.test(text.slice(text.lastIndexOf("\n", end - 1) + 1, end));
}

/** The header and the lines of a literal block scalar, indented by `pad`. Ask `fitsBlock` first. */
export function literalBlock(text: string, pad: string): { readonly header: string; readonly lines: string } {
  const indicator = /^[ \t\n]/.test(text) ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : text.endsWith("\n\n") ? "+" : "";
  const content = text.endsWith("\n") ? text.slice(0, -1) : text;
  const lines = `\n${content}`.replace(/\n(?=[^\n])/g, `\n${pad}`).slice(1);
  return { header: `|${indicator}${chomp}`, lines };
}

/**
 * Writes text that no block scalar can hold in double quotes, one line below the other: each line ends in its
 * escaped line feed and a backslash, which joins it to the next.
 */
export function quotedLines(text: string, pad: string): string {
  const lines = text.split(/(?<=\n)/);
  if (lines.length === 1) return doubleQuoted(text);
  const quoted = lines.map((line) => doubleQuoted(line).slice(1, -1).replace(/^ /, "\\x20"));
  return `"\\\n${pad}${quoted.join(`\\\n${pad}`)}"`;
}
