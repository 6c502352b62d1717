import type { ScalarNode } from "../format/node.ts";
import { doubleQuoted, fitsBlock, literalBlock, scalarText } from "../format/scalar-text.ts";

/** `text` in place of what stands from `start` to `end`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Writes another value where a scalar stands in a YAML text, in the same style as far as that can hold it.
 * `undefined` where it is written in a way that is not known here: the caller writes more of the text anew.
 */
export function editScalar(
  text: string,
  node: Pick<ScalarNode, "at" | "text">,
  value: string,
): TextEdit | undefined {
  const start = node.at;
  switch (text[start]) {
    case '"': {
      const end = closeOf(text, start, /\\.|"/gs, '"');
      return end === undefined ? undefined : { start, end, text: doubleQuoted(value) };
    }
    case "'": {
      const end = closeOf(text, start, /''|'/g, "'");
      return end === undefined ? undefined : { start, end, text: scalarText(value, "flow") };
    }
    case "|":
      return editLiteral(text, start, value);
    default: {
      if (node.text === "" || !text.startsWith(node.text, start)) return undefined;
      return { start, end: start + node.text.length, text: scalarText(value, "flow") };
    }
  }
}

/** Offset behind the closing quote. `tokens` finds it and whatever hides one. */
function closeOf(text: string, start: number, tokens: RegExp, quote: string): number | undefined {
  tokens.lastIndex = start + 1;
  for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
    if (match[0] === quote) return tokens.lastIndex;
  }
  return undefined;
}

function editLiteral(text: string, start: number, value: string): TextEdit | undefined {
  // With an indentation that is told, the lines alone do not tell it.
  const header = /\|([+-]?)[ \t]*(?:#[^\n]*?)?\r?\n/y;
  header.lastIndex = start;
  const chomp = header.exec(text)?.[1];
  if (chomp === undefined || !fitsBlock(value) || /^[ \t\n]/.test(value)) return undefined;
  const block = blockLines(text, header.lastIndex, chomp === "+");
  if (block === undefined) return undefined;
  const { pad, end } = block;
  const { header: newHeader, lines } = literalBlock(value, pad);
  const written = `${newHeader}\n${lines}`;
  return { start, end, text: text[end] === "\r" ? written.replaceAll("\n", "\r\n") : written };
}

/** The indentation of a block and where its last line ends; `keep`: blank lines at the end belong to it. */
function blockLines(
  text: string,
  from: number,
  keep: boolean,
): { readonly pad: string; readonly end: number } | undefined {
  let pad: string | undefined;
  let end = from;
  for (let line = from; line < text.length; ) {
    const feed = text.indexOf("\n", line);
    const next = feed === -1 ? text.length : feed + 1;
    const stop = feed === -1 ? text.length : text[feed - 1] === "\r" ? feed - 1 : feed;
    const content = text.slice(line, stop);
    if (content.trim() === "") {
      if (keep) end = stop;
    } else {
      pad ??= /^ */.exec(content)?.[0] ?? "";
      if (!content.startsWith(pad) || pad === "") break;
      end = stop;
    }
    line = next;
  }
  return pad === undefined || pad === "" ? undefined : { pad, end };
}

/** The text with all edits made; they may not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let done = 0;
  const parts: string[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    parts.push(text.slice(done, edit.start), edit.text);
    done = edit.end;
  }
  return parts.join("") + text.slice(done);
}
