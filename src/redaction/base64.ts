import { Buffer } from "node:buffer";

/** Text of any kind that base64 would not be worth looking into. */
const MIN_LENGTH = 16;
const HEAD = 24;
/** Letters and digits alone come out of a shorter text by chance. */
const MIN_WORD = 16;
/** Of a run within a text: a shorter one is a word, or holds nothing worth hiding. */
const MIN_RUN = 24;
/** No path is longer; data in base64 has slashes too. */
const MAX_PATH = 8192;
const ALPHABET = /^[A-Za-z0-9+/_-]+={0,2}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters tell data from text.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/;

/** A text that stands encoded within another, and how to encode it again. */
export interface Base64Text {
  readonly text: string;
  encode(text: string): string;
}

/** What `encoded` holds, where the whole of it is base64 of text; `undefined` where it is not, as of most data. */
export function textInBase64(encoded: string): Base64Text | undefined {
  if (encoded.length < MIN_LENGTH) return undefined;
  // Most strings are no base64: the first characters tell.
  const head = encoded.slice(0, HEAD);
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(head.replace(/[\r\n]/g, ""))) return undefined;
  if (encoded.length > HEAD && CONTROL.test(Buffer.from(head, "base64").subarray(0, 15).toString("latin1"))) {
    return undefined;
  }
  const plain = encoded.replace(/[\r\n]+/g, "");
  if (!ALPHABET.test(plain)) return undefined;
  const text = Buffer.from(plain, "base64").toString("utf8");
  if (CONTROL.test(text) || (text.length < MIN_WORD && !/[^A-Za-z0-9]/.test(text))) return undefined;
  return { text, encode: encoderLike(plain, "utf8") };
}

/** A piece of base64 within a text. */
export interface Base64Run extends Base64Text {
  readonly start: number;
  readonly end: number;
}

// Not {24,}: a count without an upper end overflows the stack on runs of ten million characters.
/** The runs of base64 in `text` that hold text, as in a header or between words. */
export function base64RunsIn(text: string): readonly Base64Run[] {
  const runs: Base64Run[] = [];
  // Ids look like base64 too, and every event of a stream repeats them.
  const others = new Set<string>();
  for (const [start, end] of longRuns(text)) {
    const run = text.slice(start, end);
    if (others.has(run)) continue;
    const whole = textInBase64(run);
    if (whole !== undefined) {
      runs.push({ ...whole, start, end });
      continue;
    }
    if (run.length > MAX_PATH) continue;
    if (run.includes("/")) runs.push(...partsOf(run, start));
    else others.add(run);
  }
  return runs;
}

/** The slashes may be those of a path, of which each part stands for itself. */
function partsOf(run: string, start: number): readonly Base64Run[] {
  const parts: Base64Run[] = [];
  let at = start;
  for (const part of run.split("/")) {
    const decoded = part.length < MIN_RUN ? undefined : textInBase64(part);
    if (decoded !== undefined) parts.push({ ...decoded, start: at, end: at + part.length });
    at += part.length + 1;
  }
  return parts;
}

const CHARS = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[A-Za-z0-9+/_-]/.test(String.fromCharCode(code))),
);
const EQUALS = 61;

/** Not by an expression, which begins anew at each letter of a word. */
function longRuns(text: string): readonly (readonly [start: number, end: number])[] {
  const runs: (readonly [number, number])[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 128 && CHARS[code] === 1) continue;
    if (at - start >= MIN_RUN) {
      let end = at;
      while (end < at + 2 && text.charCodeAt(end) === EQUALS) end++;
      runs.push([start, end]);
    }
    start = at + 1;
  }
  return runs;
}

/** The bytes in `encoded`, one character each. For base64 that is known to hold a secret, be it text or not. */
export function bytesInBase64(encoded: string): Base64Text {
  const bytes = Buffer.from(encoded, "base64");
  const utf8 = bytes.toString("utf8");
  const encoding = utf8.includes("\ufffd") ? "latin1" : "utf8";
  return {
    text: encoding === "utf8" ? utf8 : bytes.toString("latin1"),
    encode: encoderLike(encoded, encoding),
  };
}

function encoderLike(encoded: string, encoding: "utf8" | "latin1"): (text: string) => string {
  const isUrl = /[-_]/.test(encoded);
  const padded = encoded.endsWith("=") || (!isUrl && encoded.length % 4 === 0);
  return (text) => {
    const base64 = Buffer.from(text, encoding).toString("base64");
    const plain = padded ? base64 : base64.replace(/=+$/, "");
    return isUrl ? plain.replaceAll("+", "-").replaceAll("/", "_") : plain;
  };
}

/** The longest run of base64 around what stands from `start` to `end`, on the boundary of four that `start` is on. */
export function base64Run(text: string, start: number, end: number): readonly [start: number, end: number] {
  let from = start;
  while (from >= 4 && /^[A-Za-z0-9+/_-]{4}$/.test(text.slice(from - 4, from))) from -= 4;
  let to = end;
  while (to < text.length && /[A-Za-z0-9+/_-]/.test(text[to] as string)) to++;
  while (to < text.length && (to - from) % 4 !== 0 && text[to] === "=") to++;
  return [from, to];
}
