import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { isNestedDeeper } from "../cassette/is-nested-deeper.ts";
import { parseJson } from "../streams/parse-json.ts";
import { encodeBase64, foldAscii, foldQuoted, hasLongBase64 } from "./base64.ts";
import { renderCollection } from "./render-json.ts";
import { doubleQuoted, fitsBlock, literalBlock, quotedLines, scalarText } from "./scalar-text.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Renders the lines of a body, under `key`, for a mapping at column `column`: as YAML if that gives the same bytes back, else as
 * text, else as base64, with `eol` or `encoding` before it if needed.
 */
export function renderBody(bytes: Uint8Array, column: number, key = "body"): string[] {
  const pad = " ".repeat(column);
  if (bytes.length === 0) return [`${pad}${key}: ""`];
  if (!isUtf8(bytes)) return base64Lines(bytes, pad, key);
  const text = decoder.decode(bytes);
  return jsonLines(text, column, key) ?? textLines(text, pad, key) ?? base64Lines(bytes, pad, key);
}

/** Depth of the nesting of a tape's YAML that every reader takes. */
const MAX_DEPTH = 60;
/** YAML readers accept 1024 characters for a key, its quotes included. */
const MAX_KEY = 1000;

/** JSON as YAML, if `JSON.stringify` gives the same text again. */
function jsonLines(text: string, column: number, key: string): string[] | undefined {
  if (!text.startsWith("{") && !text.startsWith("[")) return undefined;
  const value = parseJson(text) as object | undefined;
  // Only what fits is shallow enough for `JSON.stringify`.
  if (value === undefined || !fitsYaml(value) || JSON.stringify(value) !== text) return undefined;
  const pad = " ".repeat(column);
  if (Object.keys(value).length === 0) return [`${pad}${key}: ${text}`];
  return [`${pad}${key}:`, renderCollection(value, column + 2).join("\n")];
}

/** Whether a tape's reader, and recursion, take the value, and give the same keys and numbers back. */
export function fitsYaml(value: unknown): boolean {
  return !isNestedDeeper(value, MAX_DEPTH) && keepsAll(value);
}

function keepsAll(value: unknown): boolean {
  if (typeof value === "number") return keepsDigits(value);
  if (value === null || typeof value !== "object") return true;
  if (Array.isArray(value)) return value.every(keepsAll);
  return Object.entries(value).every(([key, field]) => keyFits(key) && keepsAll(field));
}

function keyFits(key: string): boolean {
  return key.length < MAX_KEY / 10 || scalarText(key, "block").length <= MAX_KEY;
}

/** Whether the digits that `JSON.stringify` writes are the number itself: a reader refuses any others. */
function keepsDigits(value: number): boolean {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return true;
  const text = String(value);
  return text.includes("e") || BigInt(text) === BigInt(value);
}

function textLines(text: string, pad: string, key: string): string[] | undefined {
  const inner = `${pad}  `;
  if (!/[\r\n]/.test(text)) {
    if (text.length <= 80 || !fitsBlock(text)) {
      const scalar = scalarText(text, "block");
      if (scalar === text || (!fitsBlock(text) && !isMostlyControl(text))) return [`${pad}${key}: ${scalar}`];
    }
  }
  // JSON with an image in it. A stream stays as it came.
  if (/^[{[]/.test(text) && hasLongBase64(text)) {
    return [`${pad}${key}: ${foldQuoted(quotedLines(text, inner), inner.length)}`];
  }
  const unified = unifyLineEnds(text);
  const content = unified?.text ?? text;
  if (fitsBlock(content)) {
    const { header, lines } = literalBlock(content, inner);
    return [...(unified ? [`${pad}eol: ${unified.eol}`] : []), `${pad}${key}: ${header}`, lines];
  }
  if (isMostlyControl(text)) return undefined;
  return [`${pad}${key}: ${text.trim() === "" ? doubleQuoted(text) : quotedLines(text, inner)}`];
}

/** Replaces line ends that YAML changes, if all lines end in CRLF or all in CR. */
function unifyLineEnds(text: string): { readonly eol: "crlf" | "cr"; readonly text: string } | undefined {
  if (!text.includes("\r")) return undefined;
  if (!text.includes("\n")) return { eol: "cr", text: text.replaceAll("\r", "\n") };
  const joined = text.replaceAll("\r\n", "\n");
  if (joined.includes("\r")) return undefined;
  return joined.replaceAll("\n", "\r\n") === text ? { eol: "crlf", text: joined } : undefined;
}

/** A few escapes are readable. If every tenth character is one, base64 is no worse and says what it is. */
function isMostlyControl(text: string): boolean {
  const controls = (text.match(/\p{Cc}/gu) ?? []).filter((char) => !"\t\n\f\r".includes(char)).length;
  return controls * 10 > text.length;
}

function base64Lines(bytes: Uint8Array, pad: string, key: string): string[] {
  const text = encodeBase64(bytes);
  const start = `${pad}encoding: base64`;
  if (text.length <= 80) return [start, `${pad}${key}: "${text}"`];
  return [start, `${pad}${key}: |${foldAscii(text, pad.length + 2)}`];
}
