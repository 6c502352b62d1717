import { endOfIndented } from "../end-of-indented.ts";

/** Thrown if only a full YAML reader can read a text. */
export const GIVE_UP = new Error("not in the form that recordings have");

/** What a scalar says, and the offset after it. */
export interface OwnScalar {
  readonly text: string;
  readonly end: number;
}

const BLOCK_HEADER = /\|([1-9]?)([-+]?)(?: *| +#[^\n]*)\r?(?:\n|$)/y;
const INDENTATION = / +(?=[^ \r\n])/y;
const SOME_BLANKS = / +\r?(?:\n|$)/y;

/** Reads the literal block scalar with its header at `at`, inside a collection at column `parent`. */
export function literalAt(text: string, at: number, parent: number): OwnScalar {
  const [head, indicator, chomp] = matchAt(BLOCK_HEADER, text, at) ?? [];
  if (head === undefined) throw GIVE_UP;
  const start = at + head.length;
  const indent = indicator ? parent + Number(indicator) : matchAt(INDENTATION, text, start)?.[0].length;
  if (indent === undefined || indent <= parent) throw GIVE_UP;
  const end = endOfIndented(text, start, indent);
  let filled = end;
  while (text[filled - 1] === "\n" || text[filled - 1] === "\r") filled--;
  // YAML readers disagree on a last line of blanks, and on blanks that are fewer than the indentation.
  const lastLine = text.slice(text.lastIndexOf("\n", filled - 1) + 1, filled);
  if (filled <= start || withoutSpaces(lastLine) === "" || matchAt(SOME_BLANKS, text, end)) throw GIVE_UP;
  // Not replaceAll, which takes ten times the memory if there are millions.
  const lines = `\n${text.slice(start, filled)}`.split("\r\n").join("\n");
  const content = lines
    .split(`\n${" ".repeat(indent)}`)
    .join("\n")
    .slice(1);
  const feeds = text.slice(filled, end).split("\n").length - 1;
  const kept = chomp === "-" ? 0 : chomp === "" ? 1 : Math.max(1, feeds);
  return { text: content + "\n".repeat(kept), end };
}

/**
 * Reads the text in quotes that begins at `at`; `undefined` if there is no quote. Text in double quotes may have several
 * lines, each but the last ending in a backslash, and all but the first indented by `pad` at least.
 */
export function quotedAt(text: string, at: number, pad: number): OwnScalar | undefined {
  const quote = text[at];
  if (quote !== '"' && quote !== "'") return undefined;
  let close = text.indexOf(quote, at + 1);
  // A quote is text if it is doubled, or after an odd number of backslashes.
  while (close !== -1 && (quote === '"' ? isEscaped(text, close) : text[close + 1] === "'")) {
    close = text.indexOf(quote, quote === '"' ? close + 1 : close + 2);
  }
  if (close === -1) throw GIVE_UP;
  const raw = text.slice(at + 1, close);
  return { text: quote === '"' ? unescaped(raw, pad) : undoubled(raw), end: close + 1 };
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

function undoubled(raw: string): string {
  if (raw.includes("\n")) throw GIVE_UP;
  // Not replaceAll, which takes ten times the memory if there are millions.
  return raw.includes("'") ? raw.split("''").join("'") : raw;
}

/** The text between double quotes, with the escapes that JSON has too. */
function unescaped(raw: string, pad: number): string {
  if (!raw.includes("\\") && !raw.includes("\n")) return raw;
  const lines = raw.split(/\\\r?\n/);
  const parts = lines.map((line, index) => {
    const start = index === 0 ? 0 : line.search(/[^ ]|$/);
    const isFolded = index === 0 || (start >= pad && line[start] !== "\t");
    // A backslash before the last one makes that a letter, and the end of its line a space.
    if (!isFolded || (index < lines.length - 1 && isEscaped(line, line.length))) throw GIVE_UP;
    const part = line.slice(start);
    // Indentation would swallow a blank at the beginning of a line.
    return part.startsWith("\\x20") ? ` ${part.slice(4)}` : part;
  });
  try {
    return JSON.parse(`"${parts.join("")}"`);
  } catch {
    // Escapes that only YAML has, or a line end that is not escaped.
    throw GIVE_UP;
  }
}

/** Removes the spaces at the end of a text, and no other blanks. */
export function withoutSpaces(text: string): string {
  let end = text.length;
  while (text[end - 1] === " ") end--;
  return text.slice(0, end);
}

export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
