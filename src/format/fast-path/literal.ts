import type { ScalarNode } from "../node.ts";
import { CR, GIVE_UP, LF, type LineCursor, SPACE } from "./line-cursor.ts";

const HEADER = /^\|([1-9]?)([+-]?)$/;

/** Reads the literal block scalar with its header at `at`, inside a collection at column `parent`. */
export function literal(cursor: LineCursor, at: number, parent: number): ScalarNode {
  const { text, to } = cursor;
  let headerEnd = at;
  while (headerEnd < cursor.end && text.charCodeAt(headerEnd) !== SPACE) headerEnd += 1;
  const header = HEADER.exec(text.slice(at, headerEnd));
  if (header === null || !cursor.isBare(cursor.skipSpaces(headerEnd))) throw GIVE_UP;

  let indent = header[1] === "" ? -1 : parent + Number(header[1]);
  const start = cursor.next;
  /** End of the last line that is not blank, without its line feed. */
  let filled = -1;
  let onlySpaces = false;
  /** No line has only a part of the indentation, or a carriage return. */
  let simple = true;
  let longestBlank = 0;
  let line = start;
  while (line < to) {
    const limit = indent === -1 ? to : Math.min(to, line + indent);
    let first = line;
    while (first < limit && text.charCodeAt(first) === SPACE) first += 1;
    let feed = text.indexOf("\n", first);
    if (feed === -1 || feed >= to) feed = to;
    let end = feed;
    if (feed > line && text.charCodeAt(feed - 1) === CR) {
      end = feed - 1;
      simple = false;
    }
    if (first >= end) {
      if (first > line) simple = false;
      longestBlank = Math.max(longestBlank, first - line);
    } else {
      if (indent === -1) {
        indent = first - line;
        if (longestBlank > indent) throw GIVE_UP;
        if (indent <= parent) break;
      } else if (first - line < indent) {
        break;
      }
      filled = end;
      onlySpaces = text.charCodeAt(first) === SPACE && isSpaces(text, first, end);
    }
    line = feed + 1;
  }
  // YAML readers disagree on such an end.
  if (filled === -1 || onlySpaces) throw GIVE_UP;
  const lines = text.slice(start, filled);
  const body = simple ? unindentedSimply(lines, indent) : unindented(lines, indent);
  cursor.next = Math.min(line, to);
  const value = body + chomping(header[2] as string, text, filled, cursor.next);
  cursor.advance();
  return { kind: "scalar", at, text: value, plain: false };
}

function isSpaces(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (text.charCodeAt(i) !== SPACE) return false;
  return true;
}

/** For lines that are empty or have the whole indentation. */
function unindentedSimply(lines: string, indent: number): string {
  // Not replaceAll, which takes ten times the memory if there are millions.
  return `\n${lines}`
    .split(`\n${" ".repeat(indent)}`)
    .join("\n")
    .slice(1);
}

function unindented(lines: string, indent: number): string {
  return lines
    .split(/\r?\n/)
    .map((line) => line.slice(indent))
    .join("\n");
}

/** The line feeds at the end of a literal whose last filled line ends at `filled`. */
function chomping(chomp: string, text: string, filled: number, to: number): string {
  if (chomp === "-") return "";
  if (chomp === "") return "\n";
  let feeds = 0;
  for (let i = filled; i < to; i += 1) if (text.charCodeAt(i) === LF) feeds += 1;
  return "\n".repeat(Math.max(1, feeds));
}
