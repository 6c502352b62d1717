import { Buffer } from "node:buffer";
import { DecodedView, type View } from "./view.ts";

const SHORT: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** `text` as it stands inside a JSON string. */
export function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/**
 * `view` from `start` to `end` with the escapes of JSON undone (and `\x41` of JavaScript). What is no
 * escape stays as it is: the text may be cut or no JSON at all.
 */
export function unescaped(view: View, start = 0, end = view.text.length): View {
  const { text } = view;
  const plain = parsed(text.slice(start, end)) ?? undo(text, start, end).text;
  return new DecodedView(view, plain, () => undo(text, start, end).offsets, escapeJson);
}

/** The fast way, which most strings can go. */
function parsed(raw: string): string | undefined {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    // Cut, or of a language that knows more escapes than JSON.
    return undefined;
  }
}

function undo(
  text: string,
  start: number,
  end: number,
): { readonly text: string; readonly offsets: Uint32Array } {
  const offsets = new Uint32Array(end - start + 1);
  const parts: string[] = [];
  let length = 0;
  let done = start;
  for (let at = text.indexOf("\\", start); at !== -1 && at < end; at = text.indexOf("\\", done)) {
    for (let index = done; index < at; index++) offsets[length++] = index;
    parts.push(text.slice(done, at));
    const [char, size] = escapeAt(text, at, end);
    parts.push(char);
    offsets[length++] = at;
    done = at + size;
  }
  for (let index = done; index < end; index++) offsets[length++] = index;
  parts.push(text.slice(done, end));
  offsets[length] = end;
  return { text: parts.join(""), offsets: offsets.subarray(0, length + 1) };
}

/** The character of the escape at `at`, and how long the escape is. */
function escapeAt(text: string, at: number, end: number): readonly [char: string, size: number] {
  const next = text[at + 1];
  if (next === undefined || at + 1 >= end) return ["\\", 1];
  if (next === "u" || next === "x") {
    const digits = text.slice(at + 2, Math.min(at + (next === "u" ? 6 : 4), end));
    if (digits.length !== (next === "u" ? 4 : 2) || !/^[0-9a-fA-F]+$/.test(digits)) return ["\\", 1];
    return [String.fromCharCode(Number.parseInt(digits, 16)), digits.length + 2];
  }
  const short = SHORT[next];
  if (short !== undefined) return [short, 2];
  return next === '"' || next === "\\" || next === "/" || next === "'" ? [next, 2] : ["\\", 1];
}

/** Whether `unescaped` could change `text`. */
export function hasEscapes(text: string): boolean {
  return text.includes("\\");
}

/** Whether `percentDecoded` could change `text`. */
export function hasPercents(text: string): boolean {
  return text.includes("%") && /%[0-9a-fA-F]{2}/.test(text);
}

/**
 * `view` from `start` to `end` with `%41` undone, and with `form` also `+`, which is a blank there.
 * Characters of more than one byte stand where their first byte does.
 */
export function percentDecoded(view: View, start = 0, end = view.text.length, form = false): View {
  const { text } = view;
  const offsets = new Uint32Array(end - start + 1);
  const encoded = form ? /\+|(?:%[0-9a-fA-F]{2})+/g : /(?:%[0-9a-fA-F]{2})+/g;
  const parts: string[] = [];
  let length = 0;
  let done = start;
  const copyTo = (to: number): void => {
    for (let index = done; index < to; index++) offsets[length++] = index;
    parts.push(text.slice(done, to));
  };
  encoded.lastIndex = start;
  for (let match = encoded.exec(text); match !== null && match.index < end; match = encoded.exec(text)) {
    const [run] = match;
    copyTo(match.index);
    for (const { char, at } of run === "+" ? [{ char: " ", at: 0 }] : charsOf(run)) {
      for (let unit = 0; unit < char.length; unit++) offsets[length++] = match.index + at;
      parts.push(char);
    }
    done = match.index + run.length;
  }
  copyTo(end);
  offsets[length] = end;
  const found = offsets.subarray(0, length + 1);
  return new DecodedView(view, parts.join(""), () => found, encodePercent);
}

/** The characters of a run of `%41%42`, and where each begins in it. */
function charsOf(run: string): readonly { readonly char: string; readonly at: number }[] {
  const bytes = Buffer.from(run.replaceAll("%", ""), "hex");
  const utf8 = bytes.toString("utf8");
  // A run that is no UTF-8 is taken byte by byte, so that no character is lost.
  const isUtf8 = !utf8.includes("\uFFFD");
  let byte = 0;
  return Array.from(isUtf8 ? utf8 : bytes.toString("latin1"), (char) => {
    const at = byte * 3;
    byte += isUtf8 ? Buffer.byteLength(char) : 1;
    return { char, at };
  });
}

/** A placeholder stays readable in a URL; parsers of URLs take it as it is. */
function encodePercent(text: string): string {
  return text.startsWith("<redacted") ? text : encodeURIComponent(text);
}
