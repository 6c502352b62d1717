import { BytesDigest } from "../matching/bytes-digest.ts";
import { isContainer } from "../matching/container.ts";
import { ExactNumber } from "../matching/json.ts";
import type { CanonicalRequest } from "../matching/normalize.ts";
import { stableText } from "../matching/stable-text.ts";
import { same } from "./differences.ts";
import { excerpt } from "./excerpt.ts";

/** Two requests as texts of many lines, made for a line-by-line diff of the two. */
export interface PrettyPair {
  readonly live: string;
  readonly recorded: string;
}

/** What is equal in both is written whole only up to this length. */
const MOST_EQUAL = 160;
/** Texts of one line are cut to where they differ above this length. */
const MOST_TEXT = 160;
/** A text that only one of them has is cut above this length: it may be an image. */
const MOST_WHOLE = 2000;

const ABSENT = Symbol("absent");

type ShownRequest = Omit<CanonicalRequest, "bodyText">;

/**
 * Writes two requests in one form, keys in order, so that a diff of the texts shows what differs and
 * little else: what is large and equal is summed up, long texts are cut to where they differ.
 */
export function prettyPair(live: ShownRequest, recorded: ShownRequest): PrettyPair {
  const [a, b] = pair(view(live), view(recorded), "");
  return { live: a, recorded: b };
}

function view({
  method,
  origin,
  path,
  query,
  headers,
  kind,
  body,
}: ShownRequest): Readonly<Record<string, unknown>> {
  return {
    method,
    url: `${origin}${path}`,
    ...(Object.keys(query).length > 0 ? { query } : {}),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(kind === "none" ? {} : { body }),
  };
}

type Texts = readonly [live: string, recorded: string];

function pair(live: unknown, recorded: unknown, indent: string): Texts {
  if (live !== ABSENT && recorded !== ABSENT && same(live, recorded)) {
    const text = equal(live, indent);
    return [text, text];
  }
  if (Array.isArray(live) && Array.isArray(recorded)) return pairLists(live, recorded, indent);
  if (isFields(live) && isFields(recorded)) return pairFields(live, recorded, indent);
  if (typeof live === "string" && typeof recorded === "string") return pairTexts(live, recorded, indent);
  return [whole(live, indent), whole(recorded, indent)];
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return isContainer(value) && !Array.isArray(value);
}

function pairFields(
  live: Readonly<Record<string, unknown>>,
  recorded: Readonly<Record<string, unknown>>,
  indent: string,
): Texts {
  const inner = `${indent}  `;
  // The parts of a request keep their order, fields of a body are in that of their names.
  const names = [...new Set([...Object.keys(live), ...Object.keys(recorded)])];
  if (indent !== "") names.sort();
  const entries = names.map((name): readonly [boolean, boolean, Texts] => {
    const inLive = Object.hasOwn(live, name);
    const inRecorded = Object.hasOwn(recorded, name);
    const texts = pair(inLive ? live[name] : ABSENT, inRecorded ? recorded[name] : ABSENT, inner);
    const key = `${inner}${JSON.stringify(name)}: `;
    return [inLive, inRecorded, [`${key}${texts[0]},`, `${key}${texts[1]},`]];
  });
  return [
    bracket(
      "{",
      "}",
      entries.filter(([inLive]) => inLive).map(([, , texts]) => texts[0]),
      indent,
    ),
    bracket(
      "{",
      "}",
      entries.filter(([, inRecorded]) => inRecorded).map(([, , texts]) => texts[1]),
      indent,
    ),
  ];
}

function pairLists(live: readonly unknown[], recorded: readonly unknown[], indent: string): Texts {
  const inner = `${indent}  `;
  const length = Math.max(live.length, recorded.length);
  const a: string[] = [];
  const b: string[] = [];
  for (let index = 0; index < length; index++) {
    const texts = pair(
      index < live.length ? live[index] : ABSENT,
      index < recorded.length ? recorded[index] : ABSENT,
      inner,
    );
    if (index < live.length) a.push(`${inner}${texts[0]},`);
    if (index < recorded.length) b.push(`${inner}${texts[1]},`);
  }
  return [bracket("[", "]", a, indent), bracket("[", "]", b, indent)];
}

function bracket(open: string, close: string, lines: readonly string[], indent: string): string {
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join("\n")}\n${indent}${close}`;
}

function pairTexts(live: string, recorded: string, indent: string): Texts {
  if (live.length <= MOST_TEXT && recorded.length <= MOST_TEXT)
    return [whole(live, indent), whole(recorded, indent)];
  if (!live.includes("\n") && !recorded.includes("\n")) {
    const cut = excerpt(live, recorded, { marks: ["", ""], context: 60, changes: 3, width: 240 });
    return [JSON.stringify(cut.live), JSON.stringify(cut.recorded)];
  }
  return pairLines(live.split("\n"), recorded.split("\n"), indent);
}

/** Lines that are equal at the beginning and the end are summed up but for the nearest few. */
function pairLines(live: readonly string[], recorded: readonly string[], indent: string): Texts {
  const CONTEXT = 3;
  const shorter = Math.min(live.length, recorded.length);
  let head = 0;
  while (head < shorter && live[head] === recorded[head]) head++;
  let tail = 0;
  while (tail < shorter - head && live.at(-1 - tail) === recorded.at(-1 - tail)) tail++;
  const before = Math.max(0, head - CONTEXT);
  const behind = Math.max(0, tail - CONTEXT);
  const write = (lines: readonly string[]): string =>
    block(
      [
        ...(before > 0 ? [`… ${before} equal lines`] : []),
        ...lines.slice(before, lines.length - behind),
        ...(behind > 0 ? [`… ${behind} equal lines`] : []),
      ],
      indent,
    );
  return [write(live), write(recorded)];
}

function block(lines: readonly string[], indent: string): string {
  return `"""\n${lines.map((line) => `${indent}  ${line}`).join("\n")}\n${indent}"""`;
}

function equal(value: unknown, indent: string): string {
  const text = whole(value, indent);
  if (text.length <= MOST_EQUAL) return text;
  const characters = stableText(value).length;
  if (Array.isArray(value)) return `[… ${value.length} equal elements, ${characters} characters]`;
  if (isContainer(value)) return `{… ${Object.keys(value).length} equal fields, ${characters} characters}`;
  return `"… ${characters} equal characters"`;
}

function whole(value: unknown, indent: string): string {
  if (value === ABSENT || value === undefined) return "";
  if (value instanceof BytesDigest) return `${value.length} bytes, SHA-256 ${value.sha256}`;
  if (value instanceof ExactNumber) return String(value);
  if (typeof value === "string") return wholeText(value, indent);
  if (!isContainer(value)) return stableText(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return bracket(
      "[",
      "]",
      value.map((each) => `${inner}${whole(each, inner)},`),
      indent,
    );
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const lines = Object.keys(fields)
    .sort()
    .map((name) => `${inner}${JSON.stringify(name)}: ${whole(fields[name], inner)},`);
  return bracket("{", "}", lines, indent);
}

function wholeText(text: string, indent: string): string {
  const kept =
    text.length <= MOST_WHOLE
      ? text
      : `${text.slice(0, MOST_WHOLE)}… ${text.length - MOST_WHOLE} more characters`;
  return kept.includes("\n") ? block(kept.split("\n"), indent) : JSON.stringify(kept);
}
