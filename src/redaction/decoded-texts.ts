import { Buffer, isUtf8 } from "node:buffer";
import { decodedBytes, utf16 } from "./decoded-bytes.ts";
import { ENCODED_CHAR, PERCENT } from "./encodings.ts";
import { JoinedDeltas } from "./joined-deltas.ts";
import { eventTexts } from "./json-strings.ts";
import { NestedText } from "./nested-text.ts";
import { type DecodedText, Pieces, rewritten, type Writing, without } from "./pieces.ts";
import { placesOf, type SearchedStream } from "./searched-streams.ts";
import { eventsIn, type Stretch } from "./text-parts.ts";

/**
 * Every way to read a text: first as it stands (`how` is empty), without long data in base64, in which any few letters
 * come up by chance; then each encoding that is in it, with all that is encoded so in one text.
 *
 * @param streams those of which it is known what they say
 */
export function* decodedTexts(
  { text, isBinary }: Pick<DecodedText, "text" | "isBinary">,
  streams: readonly SearchedStream[] = [],
): Generator<DecodedText> {
  if (isBinary) {
    yield* decodedBytes(text);
    return;
  }
  const runs = [...base64Runs(text)];
  const plain = withoutData(text, runs);
  yield plain;
  for (const reading of encodedIn(plain.text, streams)) {
    yield { ...reading, at: (offset) => plain.at(reading.at(offset)) };
  }
  yield* hex(text, runs);
  yield* base64(text, runs);
}

function* encodedIn(text: string, streams: readonly SearchedStream[]): Generator<DecodedText> {
  for (const writing of WRITTEN) yield* rewritten(text, writing);
  yield* deltas(text, streams);
  yield* utf16(text);
}

const LETTERS: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", "0": "\0" };
/** The escapes of JSON, of JavaScript, and of YAML, which breaks long lines with a backslash. */
const YAML_ESCAPES =
  /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U000[0-9a-fA-F]{5}|\r?\n[ \t]*(?:\\(?=[ \t]))?|["'\\/bfnrt0 ])/g;

function decodeEscape(sequence: string): string {
  const letter = sequence.charAt(1);
  if (sequence.length === 2) return LETTERS[letter] ?? letter;
  return /[uxU]/.test(letter) ? String.fromCodePoint(Number.parseInt(sequence.slice(2), 16)) : "";
}

const ENTITIES =
  /&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos|sol|colon|equals|plus|lowbar|hyphen|dash|period|commat);/gi;
const ENTITY_NAMES: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", sol: "/", colon: ":", equals: "=", plus: "+" },
  ...{ lowbar: "_", hyphen: "-", dash: "-", period: ".", commat: "@" },
};

function decodeEntity(entity: string): string {
  const name = entity.slice(1, -1).toLowerCase();
  if (!name.startsWith("#")) return ENTITY_NAMES[name] ?? entity;
  const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}

/** `[115, 107]`, and the same as a list in YAML. */
const BYTE_LIST =
  /\[\s{0,40}\d{1,3}(?:\s{0,40},\s{0,40}\d{1,3}){0,5000}\s{0,40}\]|(?:^|\n) *- \d{1,3}(?:\r?\n *- \d{1,3}){0,5000}(?=\r?\n|$)/g;

function decodeBytes(list: string): string {
  const bytes = (list.match(/\d+/g) ?? []).map(Number);
  return bytes.every((byte) => byte >= 9 && byte < 256) ? Buffer.from(bytes).toString("latin1") : "";
}

/** What may lie between an escape and the beginning or end of a secret in which it is. */
const REACH = 2048;

const WRITTEN: readonly Writing[] = [
  { how: "escapes", sign: "\\", pattern: YAML_ESCAPES, decode: decodeEscape, reach: REACH },
  { how: "percent-encoding", sign: "%", pattern: ENCODED_CHAR, decode: PERCENT.decode, reach: REACH },
  { how: "HTML entities", sign: "&", pattern: ENTITIES, decode: decodeEntity, reach: REACH },
  // The lists come token by token in log probabilities: all of them are one text.
  { how: "a list of bytes", sign: "", pattern: BYTE_LIST, decode: decodeBytes, reach: 0 },
];

/** No key is as long in one line, and no private key is written in lines as long. */
const LONG_RUN = 4096;
const LONG_LINE = 76;

function withoutData(text: string, runs: readonly Stretch[]): DecodedText {
  const long = runs.filter(({ start, end }) => {
    const feed = end - start > LONG_LINE ? text.indexOf("\n", start) : -1;
    return feed !== -1 && feed < end ? feed - start >= LONG_LINE : end - start > LONG_RUN;
  });
  return without(text, long, "");
}

// Not {24,}: a count without an upper end overflows the stack on runs of ten million characters.
const HEX = /(?:0x)?([0-9a-fA-F]{24}[0-9a-fA-F]*)/g;
const MAX_HEX = 100_000;

function* hex(text: string, runs: readonly Stretch[]): Generator<DecodedText> {
  const pieces = new Pieces();
  for (const { start, end } of runs) {
    const run = text.slice(start, end);
    if (run.length < 24 || (run.length > MAX_HEX && !/^(?:0x)?[0-9a-fA-F]{64}/.test(run))) continue;
    for (const { 1: digits = "", index } of run.matchAll(HEX)) {
      // The first digit may be the end of a word.
      for (const skipped of [0, 1]) {
        const bytes = Buffer.from(digits.slice(skipped), "hex");
        if (isText(bytes)) pieces.add(bytes.toString("utf8"), start + index, digits.length, "\n");
      }
    }
  }
  yield* pieces.decoded("hexadecimal");
}

const MIN_RUN = 16;
/** A line of wrapped base64 is as long at least; no word is. */
const MIN_LINE = 48;
/** No path is longer; data in base64 has slashes too. */
const LONGEST_PATH = 8192;
const MIN_BINARY = 24;
const LONGEST_ID = 200;

function* base64(text: string, runs: readonly Stretch[]): Generator<DecodedText> {
  const texts = new Pieces();
  const binaries: DecodedText[] = [];
  // Ids look like base64 too, and every event of a stream repeats them.
  const known = new Set<string>();
  const add = (start: number, end: number): void => {
    const run = end - start > LONGEST_ID ? undefined : text.slice(start, end);
    if (run !== undefined && known.has(run)) return;
    const bytes = Buffer.from(text.slice(start, end), "base64");
    if (isText(bytes)) texts.add(bytes.toString("utf8"), start, end - start, "\n");
    else {
      if (run !== undefined) known.add(run);
      if (bytes.length < MIN_BINARY) return;
      const ratio = (end - start) / bytes.length;
      const at = (offset: number): number => start + Math.floor(offset * ratio);
      binaries.push({ text: bytes.toString("latin1"), how: "base64", isBinary: true, at });
    }
  };
  for (const { start, end } of runs) {
    add(start, end);
    // The slashes can be those of a path. Read each part separately.
    if (end - start > LONGEST_PATH || !text.slice(start, end).includes("/")) continue;
    let at = start;
    for (const part of text.slice(start, end).split("/")) {
      if (part.length >= MIN_RUN) add(at, at + part.length);
      at += part.length + 1;
    }
  }
  yield* texts.decoded("base64");
  yield* binaries;
}

const BASE64_CHARS = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[A-Za-z0-9+/_-]/.test(String.fromCharCode(code))),
);

function isBase64Char(code: number): boolean {
  return code < 128 && BASE64_CHARS[code] === 1;
}

/** Stretches of base64, those in lines too. Not by an expression, which begins again at each letter of a word. */
function* base64Runs(text: string): Generator<Stretch> {
  const { length } = text;
  for (let at = 0; at < length; at++) {
    if (!isBase64Char(text.charCodeAt(at))) continue;
    const start = at;
    let line = at;
    let end = at;
    while (at < length) {
      while (at < length && isBase64Char(text.charCodeAt(at))) at++;
      end = at;
      const next = nextLine(text, line, at);
      if (next === undefined) break;
      line = next;
      at = next;
    }
    if (end - start >= MIN_RUN) yield { start, end };
    at = end;
  }
}

/** Returns the next line if it is only base64, or ends a quoted text. */
const NEXT_LINE = /\r?\n[ \t]*([A-Za-z0-9+/]{1,2000})={0,2}(?=["'\s]|$)/y;

/** Where the next line begins if base64 goes on from `line` to `end` and there: only the last line is shorter. */
function nextLine(text: string, line: number, end: number): number | undefined {
  if (end - line < MIN_LINE) return undefined;
  NEXT_LINE.lastIndex = end;
  const [found = "", digits = ""] = NEXT_LINE.exec(text) ?? [];
  if (found === "" || digits.length > end - line || /[-_]/.test(text.slice(line, end))) return undefined;
  return end + found.indexOf(digits);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters tell data from text.
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/;

function isText(bytes: Buffer): boolean {
  if (bytes.length < 8 || CONTROL.test(bytes.toString("latin1", 0, 64))) return false;
  return isUtf8(bytes) && !CONTROL.test(bytes.toString("latin1"));
}

/** Joins the strings in lines of JSON, as a client does. */
function* deltas(text: string, streams: readonly SearchedStream[]): Generator<DecodedText> {
  const how = "pieces of a stream";
  const known = [...placesOf(streams, text)];
  for (const { start, says } of known) {
    for (const each of says) yield { text: each, how, isBinary: false, at: () => start };
  }
  const left = without(text, known, how);
  const texts = eventTexts(NestedText.root(left.text), [...eventsIn(left.text)]);
  for (const way of new JoinedDeltas(texts).ways()) {
    yield { text: way.text, how, isBinary: false, at: (offset) => left.at(way.origin(offset)) };
  }
}
