import { PLACEHOLDER } from "./placeholder.ts";
import { isDummy, type Shape, startsOf } from "./shapes.ts";

/** A secret in a text. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  /**
   * What gave it away. `value`: an exact value of the environment; `encoded`: the same in base64, which may begin
   * before it; `custom`: a value or shape of the user's own; `shape`: a shape that nothing else has; `guess`: one that
   * other texts may have; `parameter`: its name in a query.
   */
  readonly by: "value" | "encoded" | "custom" | "shape" | "guess" | "parameter" | "placeholder";
  /** The secret itself, if the text holds it in another form. */
  readonly value?: string;
}

/** A text to look for as it is. */
export interface Needle {
  readonly text: string;
  readonly type: string;
  readonly by: "value" | "encoded" | "custom";
  /** The secret of which the text is a form. */
  readonly value: string;
}

/** What a finder looks for. */
export interface FinderRules {
  readonly needles: readonly Needle[];
  readonly shapes: readonly Shape[];
  /** Shapes of the user's own, which are taken at their word. */
  readonly custom: readonly Shape[];
  isSecretParameter(name: string): boolean;
}

interface Candidate {
  readonly prefix: string;
  readonly match: (text: string, at: number) => Finding | undefined;
}

/**
 * Finds secrets in a text by what they are and how they look. One pass: the first two characters of all that is looked
 * for are a table, so that the time does not grow with the number of keys and shapes. No expression is compiled before
 * a text holds its beginning.
 */
export class Finder {
  readonly #candidates = new Map<number, Candidate[]>();
  /** Indexed by two characters of seven bits. Characters beyond ASCII share a place, which costs only a look. */
  readonly #marks = new Uint8Array(1 << 14);
  readonly #withoutPrefix: { readonly regex: RegExp; readonly shape: Shape; readonly by: Finding["by"] }[] =
    [];
  readonly #shapes: readonly Shape[];
  #searches = 0;

  constructor({ needles, shapes, custom, isSecretParameter }: FinderRules) {
    this.#shapes = shapes;
    this.#add("<redacted", placeholderAt);
    const parameterAt = this.#once(parameterMatcher(isSecretParameter));
    for (const sign of ["?", "&"]) {
      for (let next = 0; next < 128; next++) this.#addAt((sign.charCodeAt(0) << 7) | next, sign, parameterAt);
    }
    for (const { text, type, by, value } of needles) {
      this.#add(text, (_, at) => ({ start: at, end: at + text.length, type, by, value }));
    }
    for (const shape of shapes) this.#addShape(shape, shape.unsure ? "guess" : "shape");
    for (const shape of custom) this.#addShape(shape, "custom");
  }

  /** All secrets in `text`. They may overlap. */
  find(text: string): readonly Finding[] {
    this.#searches++;
    const found: Finding[] = [];
    for (let at = this.#nextMarked(text, 0); at !== -1; at = this.#nextMarked(text, at + 1)) {
      let isValue = false;
      for (const { prefix, match } of this.#candidates.get(indexAt(text, at)) as Candidate[]) {
        if (!text.startsWith(prefix, at)) continue;
        const finding = match(text, at);
        // A shape without an end would take what follows a known value for a part of it.
        if (finding === undefined || (isValue && finding.by !== "value")) continue;
        isValue ||= finding.by === "value";
        found.push(finding);
      }
    }
    for (const { regex, shape, by } of this.#withoutPrefix) {
      for (const match of text.matchAll(regex)) {
        const finding = findingOf(match, shape, by);
        if (finding !== undefined && finding.start < finding.end) found.push(finding);
      }
    }
    return found;
  }

  /** Where the next two characters are with which something begins; -1 if there are none. */
  #nextMarked(text: string, from: number): number {
    const last = text.length - 1;
    if (from >= last) return -1;
    let code = text.charCodeAt(from) & 127;
    for (let at = from; at < last; at++) {
      const next = text.charCodeAt(at + 1) & 127;
      if (this.#marks[(code << 7) | next] === 1) return at;
      code = next;
    }
    return -1;
  }

  /** The type of a text that is nothing but one secret of a known shape. */
  typeOf(secret: string): string | undefined {
    return this.#shapes.find((shape) => {
      const starts = prefixesOf(shape);
      const mayBe =
        shape.anchor !== undefined || starts === undefined || starts.some((each) => secret.startsWith(each));
      if (!mayBe) return false;
      const found = compiled(shape.pattern, "y").exec(secret);
      return found?.[0] === secret && found.groups?.secret === undefined && (shape.accept?.(secret) ?? true);
    })?.type;
  }

  #add(prefix: string, match: Candidate["match"]): void {
    this.#addAt(indexAt(prefix, 0), prefix, match);
  }

  #addAt(index: number, prefix: string, match: Candidate["match"]): void {
    const known = this.#candidates.get(index);
    if (known === undefined) this.#candidates.set(index, [{ prefix, match }]);
    else known.push({ prefix, match });
    this.#marks[index] = 1;
  }

  #addShape(shape: Shape, by: Finding["by"]): void {
    const { pattern, anchor, long } = shape;
    const prefixes = anchor === undefined ? prefixesOf(shape) : [anchor.text];
    if (prefixes === undefined) {
      this.#withoutPrefix.push({ regex: compiled(pattern, "g"), shape, by });
      return;
    }
    for (const prefix of new Set(prefixes)) {
      const isSure = by === "custom" || anchor !== undefined || isSurePrefix(prefix);
      const reach = long ? Number.POSITIVE_INFINITY : REACH;
      const match: Candidate["match"] = (text, at) => {
        const start = at - (anchor?.before ?? 0);
        if (start < 0 || (!isSure && isInsideData(text, at))) return undefined;
        // A profile's expression may have no bound of its own. What stands before it may be looked at.
        const from = Math.max(start - LOOK_BEHIND, 0);
        const slice = text.length - from <= reach ? text : text.slice(from, from + reach);
        const shift = slice === text ? 0 : from;
        const regex = compiled(pattern, "y");
        regex.lastIndex = start - shift;
        const found = regex.exec(slice);
        const finding = found === null ? undefined : findingOf(found, shape, by, shift);
        return finding === undefined || (!isSure && !long && isData(text, finding.start))
          ? undefined
          : finding;
      };
      this.#add(prefix, this.#once(match));
    }
  }

  /** What begins within the last match is a part of it: looking again at each place would take for ever. */
  #once(match: Candidate["match"]): Candidate["match"] {
    let search = 0;
    let end = 0;
    return (text, at) => {
      if (search === this.#searches && at < end) return undefined;
      const finding = match(text, at);
      if (finding !== undefined) {
        search = this.#searches;
        end = finding.end;
      }
      return finding;
    };
  }
}

/** The place in a table for the two characters at `at`. */
function indexAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 127) << 7) | (text.charCodeAt(at + 1) & 127);
}

const regexes = new WeakMap<RegExp, Record<string, RegExp>>();
const prefixes = new WeakMap<Shape, { readonly of: readonly string[] | undefined }>();

/** `pattern` with the flag `how`, which tells where its group is. Compiled when it is first used. */
function compiled(pattern: RegExp, how: "y" | "g"): RegExp {
  let known = regexes.get(pattern);
  if (known === undefined) {
    known = {};
    regexes.set(pattern, known);
  }
  const { source, flags } = pattern;
  const kept = flags.replace(/[gyd]/g, "");
  known[how] ??= new RegExp(source, `${kept}${how}${source.includes("(?<secret>") ? "d" : ""}`);
  known[how].lastIndex = 0;
  return known[how];
}

function prefixesOf(shape: Shape): readonly string[] | undefined {
  let known = prefixes.get(shape);
  if (known === undefined) {
    known = { of: shape.starts ?? startsOf(shape.pattern) };
    prefixes.set(shape, known);
  }
  return known.of;
}

function findingOf(
  found: RegExpExecArray,
  { type, accept }: Shape,
  by: Finding["by"],
  shift = 0,
): Finding | undefined {
  const [start, end] = found.indices?.groups?.secret ?? [found.index, found.index + found[0].length];
  const secret = found.groups?.secret ?? found[0];
  if (isDummy(secret) || !(accept?.(secret) ?? true)) return undefined;
  return { start: start + shift, end: end + shift, type, by };
}

/** No key is as long. What goes on for longer is encrypted, or an image. */
const LONGEST_KEY = 320;
const REACH = 1024;
const LOOK_BEHIND = 16;
const DATA_CHARS = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[A-Za-z0-9+/=_-]/.test(String.fromCharCode(code))),
);

function isDataChar(code: number): boolean {
  return code < 128 && DATA_CHARS[code] === 1;
}

/** Whether a prefix does not come up by chance. Base64 of encrypted reasoning holds any few letters, `sk-` and `hf_` too. */
function isSurePrefix(prefix: string): boolean {
  return prefix.length >= 7 || prefix.startsWith("/") || /[^A-Za-z0-9+/=_-]/.test(prefix);
}

/** Whether `at` is in the middle of a word or of base64. */
function isInsideData(text: string, at: number): boolean {
  const before = text[at - 1];
  if (before === undefined || before === "=" || !isDataChar(before.charCodeAt(0))) return false;
  if (/[A-Za-z0-9]/.test(before)) return true;
  if (before !== "/") return runBefore(text, at, 24) === 24;
  // The path of a URL has slashes as well, but no plus.
  return text.slice(at - runBefore(text, at, 200), at).includes("+");
}

/** Whether what begins at `start` goes on for longer than any key. */
function isData(text: string, start: number): boolean {
  let length = 0;
  while (length < LONGEST_KEY && isDataChar(text.charCodeAt(start + length))) length++;
  return length === LONGEST_KEY;
}

function runBefore(text: string, end: number, limit: number): number {
  let length = 0;
  while (length < limit && end > length && isDataChar(text.charCodeAt(end - length - 1))) length++;
  return length;
}

const placeholder = new RegExp(PLACEHOLDER.source, "y");

function placeholderAt(text: string, at: number): Finding | undefined {
  placeholder.lastIndex = at;
  const found = placeholder.exec(text);
  if (found === null) return undefined;
  return { start: at, end: at + found[0].length, type: found[1] ?? "", by: "placeholder" };
}

/** In prose a shorter value of `?key=` is an example. */
const MIN_PARAMETER = 8;

/** Matches `?key=...` and `&access_token=...` of a URL in the middle of a text. */
function parameterMatcher(isSecret: (name: string) => boolean): Candidate["match"] {
  const name = /[?&](?:amp;)?([A-Za-z_][A-Za-z0-9_.-]{0,63})=/y;
  const value = /[^\s&#"'<>\\()[\]{}`,;|]{1,8192}/y;
  return (text, at) => {
    name.lastIndex = at;
    const named = name.exec(text);
    if (named === null || !isSecret(named[1] as string)) return undefined;
    value.lastIndex = name.lastIndex;
    const found = value.exec(text)?.[0] ?? "";
    if (found.length < MIN_PARAMETER || isDummy(found)) return undefined;
    const end = value.lastIndex;
    return { start: end - found.length, end, type: named[1] as string, by: "parameter" };
  };
}
