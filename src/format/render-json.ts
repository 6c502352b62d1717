import { foldAscii, isLongBase64 } from "./base64.ts";
import { fitsBlock, literalBlock, type ScalarPlace, scalarText } from "./scalar-text.ts";

/** What `JSON.parse` returns. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

const WIDTH = 100;

/**
 * Renders the fields of an object or the items of an array as lines of YAML at column `column`. Small objects
 * and arrays take one line; text of several lines is a block scalar.
 */
export function renderCollection(value: object, column: number): string[] {
  const out: string[] = [];
  if (Array.isArray(value)) items(out, value as readonly JsonValue[], column);
  else fields(out, value as { readonly [key: string]: JsonValue }, column, " ".repeat(column));
  return out;
}

function fields(
  out: string[],
  value: { readonly [key: string]: JsonValue },
  column: number,
  firstPrefix: string,
): void {
  let prefix = firstPrefix;
  for (const key of Object.keys(value)) {
    const start = `${prefix}${scalarText(key, "block")}:`;
    const field = value[key] as JsonValue;
    const line = inline(field, WIDTH - start.length);
    if (line !== undefined) {
      out.push(`${start} ${line}`);
    } else if (typeof field === "string") {
      block(out, `${start} `, field, column);
    } else if (Array.isArray(field)) {
      out.push(start);
      items(out, field, column + 2);
    } else {
      out.push(start);
      const nested = column + 2;
      fields(out, field as { readonly [key: string]: JsonValue }, nested, " ".repeat(nested));
    }
    prefix = " ".repeat(column);
  }
}

function items(out: string[], list: readonly JsonValue[], column: number): void {
  const dash = `${" ".repeat(column)}-`;
  for (const item of list) {
    const line = inline(item, WIDTH - dash.length);
    if (line !== undefined) {
      out.push(`${dash} ${line}`);
    } else if (typeof item === "string") {
      block(out, `${dash} `, item, column);
    } else if (Array.isArray(item)) {
      out.push(dash);
      items(out, item, column + 2);
    } else {
      fields(out, item as { readonly [key: string]: JsonValue }, column + 2, `${dash} `);
    }
  }
}

function block(out: string[], start: string, text: string, column: number): void {
  if (isLongBase64(text)) {
    out.push(`${start}"${foldAscii(text, column + 2, "\\")}"`);
    return;
  }
  const { header, lines } = literalBlock(text, " ".repeat(column + 2));
  out.push(start + header, lines);
}

/** Renders a scalar or a small value on one line; `undefined` if it takes several. */
function inline(value: JsonValue, width: number): string | undefined {
  if (value === null || typeof value !== "object") {
    if (typeof value === "string" && ((value.includes("\n") && fitsBlock(value)) || isLongBase64(value)))
      return undefined;
    return scalar(value, "block");
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    if (value.some(isFilled)) return undefined;
    return fitting(`[${value.map(flowScalar).join(", ")}]`, width);
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  if (entries.some(([, field]) => isFilled(field))) return undefined;
  return fitting(
    `{ ${entries.map(([key, field]) => `${scalarText(key, "flow")}: ${flowScalar(field)}`).join(", ")} }`,
    width,
  );
}

function isFilled(value: JsonValue): boolean {
  if (typeof value === "string") return value.includes("\n") || isLongBase64(value);
  return value !== null && typeof value === "object" && Object.keys(value).length > 0;
}

function flowScalar(value: JsonValue): string {
  if (value !== null && typeof value === "object") return Array.isArray(value) ? "[]" : "{}";
  return scalar(value, "flow");
}

function scalar(value: null | boolean | number | string, place: ScalarPlace): string {
  return typeof value === "string" ? scalarText(value, place) : JSON.stringify(value);
}

function fitting(text: string, width: number): string | undefined {
  return text.length <= width ? text : undefined;
}
