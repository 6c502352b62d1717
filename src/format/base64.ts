import { Buffer } from "node:buffer";

/** Digits of base64 a line: with its indentation, no line of a tape is longer than some 120 characters. */
const LINE = 100;

/** Base64 of the bytes. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/**
 * Folds a long text of ASCII into lines: `glue`, a line feed and `pad` spaces before each. Copies bytes, since
 * to join millions of strings takes seconds.
 */
export function foldAscii(text: string, pad: number, glue = ""): string {
  const source = Buffer.from(text, "latin1");
  const start = Buffer.from(`${glue}\n${" ".repeat(pad)}`, "latin1");
  const folded = Buffer.allocUnsafe(source.length + Math.ceil(source.length / LINE) * start.length);
  let to = 0;
  for (let from = 0; from < source.length; from += LINE) {
    to += start.copy(folded, to);
    to += source.copy(folded, to, from, from + LINE);
  }
  return folded.toString("latin1");
}

/** Folds what looks like base64 in a text in double quotes. */
export function foldQuoted(quoted: string, pad: number): string {
  // The first digits can belong to an escape, and follow the name of a field.
  const first = LINE / 2;
  return quoted.replace(LONG_RUN, (run) => run.slice(0, first) + foldAscii(run.slice(first), pad, "\\"));
}

export function hasLongBase64(text: string): boolean {
  return text.search(LONG_RUN) !== -1;
}

// Not {200,}: a count without an upper end overflows the stack on millions of characters.
const LONG_RUN = /[A-Za-z0-9+/]{200}[A-Za-z0-9+/]*/g;

/** Whether a text is nothing but long base64, perhaps in a data URL: an image, say. */
export function isLongBase64(text: string): boolean {
  if (text.length < MIN_LENGTH) return false;
  const start = DATA_URL.exec(text.slice(0, MIN_LENGTH))?.[0].length ?? 0;
  return BASE64.test(start === 0 ? text : text.slice(start));
}

const MIN_LENGTH = 200;
const DATA_URL = /^data:[\w.+/-]+(?:;[\w=-]+)*;base64,/;
/** Digits of either alphabet. */
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** The bytes; `undefined` if the text is not base64. Spaces and line ends may be anywhere. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  const buffer = Buffer.from(digits, "base64");
  // Not a view of the pool that buffers share.
  return new Uint8Array(buffer);
}
