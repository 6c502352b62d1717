import { Buffer } from "node:buffer";
import { count } from "../cassette/count.ts";
import { CassetteError } from "../cassette/errors.ts";
import { joinPath } from "../matching/path.ts";
import { isPrompt } from "../providers/is-prompt.ts";
import { decodedPiece } from "./decoded-bytes.ts";
import { decodedTexts } from "./decoded-texts.ts";
import type { Finding } from "./finder.ts";
import type { DecodedText } from "./pieces.ts";
import type { Rules } from "./rules.ts";
import { searchedStreams } from "./searched-streams.ts";
import { truncatedSecret } from "./truncated-secrets.ts";

/** A secret in a text to be written: its place and kind, never its value. */
export interface LocatedFinding {
  /** Same as in its placeholder: `openai-key`. */
  readonly type: string;
  /** From 1; 0 if it is not in the text of the tape, but in a file beside it. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** `interactions[0].response.body`; empty if unknown. */
  readonly path: string;
  /** How it is encoded, from the outside in: `["base64", "compression"]`. Missing if it is plain. */
  readonly encoding?: readonly string[];
  /** Whether it is a value of the environment. */
  readonly isOfEnvironment?: boolean;
}

/** Reads a text and returns a function from offsets to paths. Called only if there is a finding. */
export type ReadPlaces = (
  text: string,
) => { pathAt(offset: number): readonly (string | number)[] } | undefined;

/** A tape was not written because it contains a secret. The old file, if there is one, is unchanged. */
export class SecretFoundError extends CassetteError {
  override readonly name: string = "SecretFoundError";
  readonly file: string;
  readonly findings: readonly LocatedFinding[];

  constructor(file: string, findings: readonly LocatedFinding[]) {
    const shown = findings.slice(0, 10).map(({ type, line, column, path, encoding = [] }) => {
      const within = encoding.length === 0 ? "" : ` (within ${encoding.join(", within ")})`;
      const at = line === 0 ? "" : `:${line}:${column}`;
      return `  ${file}${at}  ${type}${path === "" ? "" : ` in ${path}`}${within}`;
    });
    const more = findings.length > shown.length ? [`  and ${findings.length - shown.length} more`] : [];
    super(
      "CASSETTE_SECRET_FOUND",
      [
        `Failed to write ${file}: it contains ${count(findings.length, "secret")}. Nothing was written.`,
        ...shown,
        ...more,
        ...advice(findings),
      ].join("\n"),
    );
    this.file = file;
    this.findings = findings;
  }
}

function advice(findings: readonly LocatedFinding[]): readonly string[] {
  const prompts = findings.filter(isInPrompt).length;
  const lines: string[] = [];
  if (prompts > 0) {
    lines.push(
      "If a secret is in a prompt, take it out of the prompt in the test, or replace it with redact.replace.",
    );
  }
  if (prompts < findings.length) {
    lines.push(
      "If it is a secret, add the name of its field to redact (fields, query or headers): the whole field is then replaced.",
    );
  }
  if (findings.some(({ isOfEnvironment }) => isOfEnvironment !== true)) {
    lines.push("If this is a false positive, add this exact text to redact.allow.");
  }
  if (findings.some(({ isOfEnvironment }) => isOfEnvironment)) {
    lines.push(
      "The value of an environment variable with a secret's name (such as API_TOKEN) cannot be allowed. If it is not a secret, rename the variable, or unset it while you record.",
    );
  }
  return lines;
}

/** A body that is nothing but text may be a form, whose fields have names. */
function isInPrompt({ path }: LocatedFinding): boolean {
  const place = path.replace(/^interactions\[\d+\]\.request\./, "");
  return place !== "body" && isPrompt(place);
}

/** @throws SecretFoundError if there are any findings */
export function assertClean(findings: readonly LocatedFinding[], file: string): void {
  if (findings.length > 0) throw new SecretFoundError(file, findings);
}

/** How many encodings inside each other are followed. */
const MAX_DEPTH = 6;
/** More findings would not help. */
const MAX_FINDINGS = 100;

/** A text to decode in every known way. */
interface Source extends Pick<DecodedText, "text" | "isBinary"> {
  readonly encoding: readonly string[];
  /** Returns the offset in the tape of the character at `offset`. */
  at(offset: number): number;
}

interface Located extends Finding {
  readonly encoding: readonly string[];
  readonly secret: string;
}

/**
 * Finds secrets in a text to be written, by value and by pattern: in the text itself, in everything that it decodes to,
 * and in lines that a key may be split across.
 *
 * @param bodies those in it. What was searched before is not joined again.
 */
export function scan(
  text: string,
  rules: Rules,
  readPlaces?: ReadPlaces,
  bodies: readonly (readonly Uint8Array[])[] = [],
): readonly LocatedFinding[] {
  const streams = searchedStreams(bodies, rules);
  let found = search(text, false, rules, (source) => decodedTexts(source, streams));
  // Only a search of all tells the line.
  if (found.length > 0 && streams.length > 0) found = search(text, false, rules);
  return locate(found, text, rules, readPlaces);
}

/** The same for bytes that are not text. `pieces`: for a part of them, which cannot be decoded as a whole. */
export function scanBytes(bytes: Uint8Array, rules: Rules, as?: "pieces"): readonly LocatedFinding[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const read = as === "pieces" ? decodedPiece : decodedTexts;
  return locate(search(text, true, rules, read), text, rules, undefined);
}

function search(
  text: string,
  isBinary: boolean,
  rules: Rules,
  read: (source: Source) => Iterable<DecodedText> = decodedTexts,
): readonly Located[] {
  const found: Located[] = [];
  const find = (reading: Source, isCut = false): void => {
    for (const finding of rules.finder.find(reading.text)) {
      const { start, end, by } = finding;
      if (!counts(by, reading.isBinary || isCut) || isAllowedText(finding, reading.text, rules)) continue;
      const encoding = by === "encoded" ? [...reading.encoding, "base64"] : reading.encoding;
      const secret = reading.text.slice(start, end);
      found.push({ ...finding, start: reading.at(start), end: reading.at(end - 1) + 1, encoding, secret });
    }
  };
  // Nested encodings must not fill the memory.
  let budget = 8 * text.length + 1_000_000;
  const sources: Source[] = [{ text, isBinary, encoding: [], at: (offset) => offset }];
  for (const source of sources) {
    const isRoot = source === sources[0];
    for (const reading of isRoot ? read(source) : decodedTexts(source)) {
      const isPlain = reading.how === "";
      const encoding = isPlain ? source.encoding : [...source.encoding, reading.how];
      const next: Source = { ...reading, encoding, at: (offset) => source.at(reading.at(offset)) };
      if (isPlain) {
        find(next);
        if (isRoot) for (const lines of cutIn(next, rules)) find(lines, true);
      } else if (budget > 0 && encoding.length <= MAX_DEPTH) {
        budget -= reading.text.length;
        sources.push(next);
      }
    }
  }
  return found;
}

/** Guesses are not made about data, nor about lines that may have nothing to do with each other. */
function counts(by: Finding["by"], isDoubtful: boolean): boolean {
  switch (by) {
    case "placeholder":
      return false;
    case "guess":
    case "parameter":
      return !isDoubtful;
    case "value":
    case "encoded":
    case "custom":
    case "shape":
      return true;
  }
}

function isAllowedText({ by, start, end }: Finding, text: string, { allowed }: Rules): boolean {
  return by !== "value" && by !== "encoded" && allowed.hasText(text, start, end);
}

function locate(
  found: readonly Located[],
  text: string,
  rules: Rules,
  readPlaces: ReadPlaces | undefined,
): readonly LocatedFinding[] {
  const findings: LocatedFinding[] = [];
  const places = found.length === 0 ? undefined : readPlaces?.(text);
  let line = 1;
  let lineStart = 0;
  for (const { start, type, by, encoding, secret } of distinct(found)) {
    const path = places?.pathAt(start) ?? [];
    const isGuess = by === "guess" || by === "parameter" || by === "custom";
    if (isGuess && isAllowed(secret, path, fieldBefore(text, start), rules)) continue;
    for (
      let at = text.indexOf("\n", lineStart);
      at !== -1 && at < start;
      at = text.indexOf("\n", lineStart)
    ) {
      line++;
      lineStart = at + 1;
    }
    findings.push({
      type: rules.typeOf(secret, type),
      line,
      column: start - lineStart + 1,
      path: path.reduce<string>(joinPath, ""),
      ...(encoding.length === 0 ? {} : { encoding }),
      ...(by === "value" || by === "encoded" ? { isOfEnvironment: true } : {}),
    });
    if (findings.length === MAX_FINDINGS) break;
  }
  return findings;
}

/** Of those that overlap the longest, which may be in several readings: the least encoded of them. */
function distinct(found: readonly Located[]): readonly Located[] {
  const sorted = [...found].sort((a, b) => a.start - b.start || a.encoding.length - b.encoding.length);
  const kept: Located[] = [];
  let end = -1;
  for (const each of sorted) {
    const last = kept.at(-1);
    if (last === undefined || each.start >= end) kept.push(each);
    // A secret inside one line is already found.
    else if (each.secret.length > last.secret.length && !each.encoding.includes(LINES)) {
      kept[kept.length - 1] = { ...each, start: last.start };
    }
    end = Math.max(end, each.end, each.start + 1);
  }
  return kept;
}

function isAllowed(
  secret: string,
  path: readonly (string | number)[],
  field: string,
  { allowed }: Rules,
): boolean {
  if (allowed.hasShape(secret)) return true;
  // `interactions[0].response.body` and on.
  return allowed.hasPaths && allowed.mayHavePath(path.slice(2), field);
}

const JSON_FIELD = /\\?"([\w.$-]{1,100})\\?"\s?:/g;

/** The name of the JSON field on the same line in whose value `at` is. */
function fieldBefore(text: string, at: number): string {
  const line = text.slice(Math.max(text.lastIndexOf("\n", at - 1) + 1, at - 20_000), at);
  let name = "";
  for (const match of line.matchAll(JSON_FIELD)) name = match[1] as string;
  return name;
}

const LINES = "several lines";
/** How many characters of a line can be part of a key, and how many lines. */
const LONGEST_TAIL = 400;
const MOST_LINES = 4;

/** Returns lines that end inside a key, each with the lines in which the key can continue. */
function* cutIn({ text, at, encoding }: Source, rules: Rules): Generator<Source> {
  for (let feed = text.indexOf("\n"); feed !== -1; feed = text.indexOf("\n", feed + 1)) {
    const end = text[feed - 1] === "\r" ? feed - 1 : feed;
    if (!/[A-Za-z0-9+/_=.-]{8}$/.test(text.slice(Math.max(end - 8, 0), end))) continue;
    const start = Math.max(text.lastIndexOf("\n", feed - 1) + 1, end - LONGEST_TAIL);
    const cut = truncatedSecret(text.slice(start, end), rules.secrets);
    if (cut === undefined) continue;
    let key = text.slice(start + cut.start, end);
    for (let line = 0, next = feed; line < MOST_LINES; line++) {
      const [indent] = /^\r?\n[ \t]*/.exec(text.slice(next, next + 200)) ?? [""];
      if (indent === "") break;
      const from = next + indent.length;
      const [rest] = /^[^\s"']*/.exec(text.slice(from, from + LONGEST_TAIL)) ?? [""];
      key += rest;
      next = from + rest.length;
    }
    yield { text: key, isBinary: false, encoding: [...encoding, LINES], at: () => at(start + cut.start) };
  }
}
