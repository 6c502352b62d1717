import { Buffer } from "node:buffer";
import type { Credential } from "./credentials.ts";
import { isMask, literalPrefixes, type SecretPattern } from "./patterns.ts";
import { PLACEHOLDER } from "./placeholder.ts";

/** A secret found in a text. */
export interface Hit {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  /** What told it. `encoded`: an exact value within base64, of which `start` is on a boundary of four. */
  readonly by: "value" | "pattern" | "parameter" | "placeholder" | "encoded";
}

type Match = (text: string, at: number) => Hit | undefined;

interface Matcher {
  readonly prefix: string;
  readonly match: Match;
}

/** What a finder looks for. */
export interface FinderRules {
  readonly credentials: readonly Credential[];
  readonly patterns: readonly SecretPattern[];
  /** Shapes of the user's own: taken at their word. */
  readonly custom: readonly SecretPattern[];
  isSecretParameter(name: string): boolean;
}

/**
 * Finds secrets in a text by what they are and how they look. One pass: the first two characters of all
 * that is looked for are a table, so that the time does not grow with the number of keys and patterns.
 */
export class Finder {
  /** Indexed by two characters, seven bits each; others than ASCII share a place, which only costs a look. */
  readonly #table: (Matcher[] | undefined)[] = new Array(1 << 14);
  readonly #marks = new Uint8Array(1 << 14);
  readonly #untabled: { readonly regex: RegExp; readonly pattern: SecretPattern }[] = [];
  #searches = 0;
  readonly #whole: readonly { readonly sticky: RegExp; readonly pattern: SecretPattern }[];

  constructor(rules: FinderRules) {
    this.#whole = rules.patterns.map((pattern) => ({
      sticky: new RegExp(pattern.pattern.source, `${pattern.pattern.flags.replace(/[gyd]/g, "")}y`),
      pattern,
    }));
    this.#add("<redacted", placeholderAt);
    const parameterAt = this.#once(parameterMatcher(rules));
    for (const sign of ["?", "&"]) this.#addSign(sign, parameterAt);
    for (const credential of rules.credentials) this.#addCredential(credential);
    for (const pattern of rules.patterns) this.#addPattern(pattern, true);
    for (const pattern of rules.custom) this.#addPattern(pattern, false);
  }

  /** All secrets in `text`. They may overlap. */
  find(text: string): readonly Hit[] {
    this.#searches++;
    const hits: Hit[] = [];
    const last = text.length - 1;
    let pair = last >= 0 ? text.charCodeAt(0) & 127 : 0;
    for (let at = 0; at < last; at++) {
      const next = text.charCodeAt(at + 1) & 127;
      const index = (pair << 7) | next;
      pair = next;
      if (this.#marks[index] === 0) continue;
      let isValue = false;
      for (const { prefix, match } of this.#table[index] as Matcher[]) {
        if (!text.startsWith(prefix, at)) continue;
        const hit = match(text, at);
        // Where a known value stands, what follows is not of it, though a shape without an end would take it.
        if (hit === undefined || (isValue && hit.by === "pattern")) continue;
        isValue ||= hit.by === "value";
        hits.push(hit);
      }
    }
    for (const { regex, pattern } of this.#untabled) {
      regex.lastIndex = 0;
      for (let found = regex.exec(text); found !== null; found = regex.exec(text)) {
        if (found[0] === "") regex.lastIndex++;
        else hits.push(...hitOf(found, pattern));
      }
    }
    return hits;
  }

  /** The type of a text that is nothing but one secret of a known shape. */
  typeOf(secret: string): string | undefined {
    for (const { sticky, pattern } of this.#whole) {
      const { type, accept } = pattern;
      sticky.lastIndex = 0;
      const found = sticky.exec(secret);
      const matched = found?.groups?.secret ?? found?.[0];
      if (matched?.length === secret.length && (accept?.(secret) ?? true)) return type;
    }
    return undefined;
  }

  #add(prefix: string, match: Match): void {
    const index = ((prefix.charCodeAt(0) & 127) << 7) | (prefix.charCodeAt(1) & 127);
    this.#table[index] ??= [];
    this.#table[index].push({ prefix, match });
    this.#marks[index] = 1;
  }

  #addSign(sign: string, match: Match): void {
    for (let next = 0; next < 128; next++) {
      const index = (sign.charCodeAt(0) << 7) | next;
      this.#table[index] ??= [];
      this.#table[index].push({ prefix: sign, match });
      this.#marks[index] = 1;
    }
  }

  #addCredential({ value, label }: Credential): void {
    const bytes = Buffer.from(value);
    // A key of several lines stands in an environment with its line ends written out.
    const lines = value.replaceAll("\\n", "\n");
    const forms = new Set([value, lines, bytes.toString("latin1"), encodeURIComponent(wellFormed(value))]);
    for (const form of forms) {
      this.#add(form, (_, at) => ({ start: at, end: at + form.length, type: label, by: "value" }));
    }
    for (const { text, shift } of base64Forms(bytes)) {
      this.#add(text, (_, at) => ({ start: at - shift, end: at + text.length, type: label, by: "encoded" }));
    }
  }

  #addPattern(pattern: SecretPattern, guarded: boolean): void {
    const { source, flags } = pattern.pattern;
    const plain = `${flags.replace(/[gyd]/g, "")}${source.includes("(?<secret>") ? "d" : ""}`;
    const prefixes = literalPrefixes(pattern.pattern);
    if (prefixes === undefined) {
      this.#untabled.push({ regex: new RegExp(source, `${plain}g`), pattern });
      return;
    }
    const regex = new RegExp(source, `${plain}y`);
    for (const prefix of new Set(prefixes)) {
      const isSure = !guarded || isSurePrefix(prefix);
      const reach = pattern.long ? Number.POSITIVE_INFINITY : REACH;
      const match: Match = (text, at) => {
        if (!isSure && isInsideBlob(text, at)) return undefined;
        // An expression of a profile may have no bound of its own.
        const from = Math.max(at - 1, 0);
        const slice = text.length - from <= reach ? text : text.slice(from, from + reach);
        const shift = slice === text ? 0 : from;
        regex.lastIndex = at - shift;
        const found = regex.exec(slice);
        if (found === null) return undefined;
        const [hit] = hitOf(found, pattern, shift);
        if (hit === undefined || (!isSure && !pattern.long && isBlob(text, hit.start))) return undefined;
        return hit;
      };
      this.#add(prefix, this.#once(match));
    }
  }

  /** What begins within the last match is a part of it: looking again at each place would take for ever. */
  #once(match: Match): Match {
    let search = 0;
    let end = 0;
    return (text, at) => {
      if (search === this.#searches && at < end) return undefined;
      const hit = match(text, at);
      if (hit !== undefined) {
        search = this.#searches;
        end = hit.end;
      }
      return hit;
    };
  }
}

function hitOf(found: RegExpExecArray, { type, accept }: SecretPattern, shift = 0): readonly Hit[] {
  const [start, end] = found.indices?.groups?.secret ?? [found.index, found.index + found[0].length];
  const secret = found.groups?.secret ?? found[0];
  if (isMask(secret) || !(accept?.(secret) ?? true)) return [];
  return [{ start: start + shift, end: end + shift, type, by: "pattern" }];
}

/** No key is as long; what goes on for longer is encrypted or an image. */
const LONGEST_KEY = 320;
const REACH = 1024;
const BLOB_CHARS = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[A-Za-z0-9+/=_-]/.test(String.fromCharCode(code))),
);

function isBlobChar(code: number): boolean {
  return code < 128 && BLOB_CHARS[code] === 1;
}

/**
 * Whether a prefix does not come up by chance. Encrypted reasoning and signatures are base64, in which any
 * few letters do, `sk-` and `hf_` too.
 */
function isSurePrefix(prefix: string): boolean {
  return prefix.length >= 7 || /[^A-Za-z0-9+/=_-]/.test(prefix);
}

/** Whether what stands before `at` says that it is in the middle of a word or of base64. */
function isInsideBlob(text: string, at: number): boolean {
  const before = text[at - 1];
  if (before === undefined) return false;
  if (before === " " || before === "\n") return followsBase64(text, at);
  if (!isBlobChar(before.charCodeAt(0)) || before === "=") return false;
  if (/[A-Za-z0-9]/.test(before)) return true;
  if (before !== "/") return runBefore(text, at, 24) === 24;
  // A path of a URL has slashes as well, but no plus.
  const run = text.slice(at - runBefore(text, at, 200), at);
  return run.includes("+");
}

/** Tapes hold data in lines of so many characters, and any letters may begin one. */
const BASE64_LINE = 76;

function followsBase64(text: string, at: number): boolean {
  let feed = at - 1;
  while (text[feed] === " ") feed--;
  if (text[feed] !== "\n" || runBefore(text, feed, BASE64_LINE + 1) !== BASE64_LINE) return false;
  return /^[A-Za-z0-9+/]+$/.test(text.slice(feed - BASE64_LINE, feed));
}

/** Whether what begins at `start` goes on for longer than any key. */
function isBlob(text: string, start: number): boolean {
  return runAfter(text, start, LONGEST_KEY) === LONGEST_KEY;
}

function runBefore(text: string, end: number, limit: number): number {
  let length = 0;
  while (length < limit && end > length && isBlobChar(text.charCodeAt(end - length - 1))) length++;
  return length;
}

function runAfter(text: string, start: number, limit: number): number {
  let length = 0;
  while (length < limit && start + length < text.length && isBlobChar(text.charCodeAt(start + length)))
    length++;
  return length;
}

const placeholder = new RegExp(PLACEHOLDER.source, "y");

function placeholderAt(text: string, at: number): Hit | undefined {
  placeholder.lastIndex = at;
  const found = placeholder.exec(text);
  if (found === null) return undefined;
  return { start: at, end: at + found[0].length, type: found[1] ?? "", by: "placeholder" };
}

/** In prose a shorter value of `?key=` is an example. */
const MIN_PARAMETER = 8;

/** `?key=...` and `&access_token=...` of a URL in the middle of a text. */
function parameterMatcher(rules: FinderRules): Match {
  const name = /[?&](?:amp;)?([A-Za-z_][A-Za-z0-9_.-]{0,63})=/y;
  const value = /[^\s&#"'<>\\()[\]{}`,;|]{1,8192}/y;
  return (text, at) => {
    name.lastIndex = at;
    const named = name.exec(text);
    if (named === null || !rules.isSecretParameter(named[1] as string)) return undefined;
    value.lastIndex = name.lastIndex;
    const found = value.exec(text)?.[0] ?? "";
    if (found.length < MIN_PARAMETER || isMask(found)) return undefined;
    return {
      start: value.lastIndex - found.length,
      end: value.lastIndex,
      type: named[1] as string,
      by: "parameter",
    };
  };
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}

const MIN_BASE64 = 10;

/**
 * What base64 of any bytes around `bytes` holds for certain: one text for each of the three places that they
 * can begin at. `shift` is how many characters before it the group of four begins.
 */
function base64Forms(bytes: Buffer): readonly { readonly text: string; readonly shift: number }[] {
  const forms: { text: string; shift: number }[] = [];
  for (const [before, shift] of [
    [0, 0],
    [1, 2],
    [2, 3],
  ] as const) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const text = encoded.slice(shift, Math.floor(((before + bytes.length) * 8) / 6));
    if (text.length < MIN_BASE64) continue;
    forms.push({ text, shift });
    const url = text.replaceAll("+", "-").replaceAll("/", "_");
    if (url !== text) forms.push({ text: url, shift });
  }
  return forms;
}
