import { Buffer } from "node:buffer";
import { inspectBytes } from "./body.ts";
import { Channels } from "./channels.ts";
import type { Find } from "./edits.ts";
import type { Finding } from "./findings.ts";
import { Inspection } from "./inspection.ts";
import { nameWithoutSecrets } from "./name-without-secrets.ts";
import type { Rules } from "./rules.ts";
import { JoinedView, SliceView, type Source, type View } from "./view.ts";
import { yamlPath } from "./yaml-path.ts";

/**
 * The last gate: secrets in a text that is about to be written, by what they are and how they look. The
 * text is taken as lines of anything (a tape, JSON, a report) and searched as it stands, without escapes,
 * with its lines put together, and in its JSON lines, their strings joined as a client joins them. A
 * hundred findings at most.
 */
export function scan(text: string, rules: Rules): readonly Finding[] {
  const inspection = new Inspection(rules, { names: false }, "");
  const source = inspection.source(text);
  const lines = linesOf(source);
  const channels = new Channels();
  for (const { view } of lines) {
    const json = view.text.search(/[[{]\s*["{[]/);
    if (json !== -1) {
      const found = new SliceView(view, json, view.text.length);
      inspection.readJson(found, inspection.root, channels, 0);
    } else if (view.text.startsWith("data:")) {
      channels.addText(new SliceView(view, view.text[5] === " " ? 6 : 5, view.text.length));
    }
  }
  inspection.channels(channels, 0);
  inspectBase64(inspection, rules, lines);
  inspection.text(source);
  inspection.text(new JoinedView(lines.map(({ view }) => view)));
  return findingsOf(inspection.finds, text, rules);
}

interface Line {
  readonly view: View;
  readonly isBase64: boolean;
}

// Not {16,}: a count without an upper end overflows the stack on lines of ten million characters.
const BASE64_LINE = /^[A-Za-z0-9+/]{16}[A-Za-z0-9+/]*={0,2}$/;

/** The lines without their indentation, and without the backslash with which a quoted line of YAML goes on. */
function linesOf(source: Source): readonly Line[] {
  const { text } = source;
  const lines: Line[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const next = newline === -1 ? text.length : newline;
    let from = start;
    let end = next;
    while (from < end && (text[from] === " " || text[from] === "\t")) from++;
    if (text[end - 1] === "\r") end--;
    if (text[end - 1] === "\\") end--;
    // A line of YAML that begins with a blank says so with another backslash.
    if (text[from] === "\\" && text[from + 1] === " ") from++;
    const view = new SliceView(source, from, Math.max(from, end));
    lines.push({ view, isBase64: BASE64_LINE.test(view.text) });
    start = next + 1;
  }
  return lines;
}

/** Bodies that are no text stand as lines of base64. */
function inspectBase64(inspection: Inspection, rules: Rules, lines: readonly Line[]): void {
  for (let at = 0; at < lines.length; at++) {
    if (!(lines[at] as Line).isBase64) continue;
    let end = at + 1;
    // The last line may be short.
    while (end < lines.length && /^[A-Za-z0-9+/]+={0,2}$/.test((lines[end] as Line).view.text)) end++;
    const block = new JoinedView(lines.slice(at, end).map(({ view }) => view));
    inspectBytes(inspection, rules, Buffer.from(block.text, "base64"), block);
    at = end - 1;
  }
}

function findingsOf(finds: readonly Find[], text: string, rules: Rules): readonly Finding[] {
  const spans = finds
    .filter(({ replacement }) => replacement === undefined)
    .map((find) => ({ find, ...rootSpan(find) }))
    .sort((a, b) => a.start - b.start || b.find.secret.length - a.find.secret.length);
  const findings: Finding[] = [];
  let done = -1;
  let line = 1;
  let lineStart = 0;
  for (const { find, start, end } of spans) {
    if (start < done || findings.length >= MAX_FINDINGS) continue;
    done = Math.max(end, start + 1);
    for (
      let at = text.indexOf("\n", lineStart);
      at !== -1 && at < start;
      at = text.indexOf("\n", lineStart)
    ) {
      line++;
      lineStart = at + 1;
    }
    const path = yamlPath(text, start);
    if (rules.allowed.hasPlaces && rules.allowed.written(path, keyBefore(text, start))) continue;
    // A key may be what is secret, or hold it.
    findings.push({
      type: find.type,
      line,
      column: start - lineStart + 1,
      path: nameWithoutSecrets(path, rules),
    });
  }
  return findings;
}

/** More of them say no more. */
const MAX_FINDINGS = 100;

/** Where a find begins in the text itself, however deep it was. */
function rootSpan(find: Find): { readonly start: number; readonly end: number } {
  let piece = find.pieces[0];
  while (piece?.source.embedding !== undefined) {
    const { view, start, end }: NonNullable<Source["embedding"]> = piece.source.embedding;
    piece = view.locate(start, end)[0];
  }
  return { start: piece?.start ?? 0, end: piece?.end ?? 0 };
}

const JSON_KEY = /\\?"([\w.$-]{1,100})\\?"\s?:/g;
const FLOW_KEY = /[{,] {0,2}"?([\w.$-]{1,100})"?: /g;

/** The name of the field on the same line in whose value `at` is: of JSON, or of YAML between braces. */
function keyBefore(text: string, at: number): string {
  const line = text.slice(Math.max(text.lastIndexOf("\n", at - 1) + 1, at - 20_000), at);
  const isFlow = /^ *(?:- +)*(?:[\w.$/-]{1,100}: +)?\{ /.test(line);
  let name = "";
  for (const match of line.matchAll(isFlow ? FLOW_KEY : JSON_KEY)) name = match[1] as string;
  return name;
}
