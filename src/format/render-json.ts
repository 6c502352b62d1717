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

type Collection = Extract<JsonValue, object>;

const WIDTH = 100;

/**
 * Renders the fields of an object or the items of an array as lines of YAML at column `column`. Small objects
 * and arrays take one line; text of several lines is a block scalar.
 */
export function renderCollection(value: object, column: number): string[] {
  const out: string[] = [];
  render(out, value as Collection, column, " ".repeat(column));
  return out;
}

/** @param firstPrefix what stands before the first field: the fields of an item begin on the line of its dash */
function render(out: string[], value: Collection, column: number, firstPrefix: string): void {
  const pad = " ".repeat(column);
  const isList = Array.isArray(value);
  let prefix = firstPrefix;
  for (const [key, part] of Object.entries<JsonValue>(value as { readonly [key: string]: JsonValue })) {
    const start = `${prefix}${isList ? "-" : `${scalarText(key, "block")}:`}`;
    prefix = pad;
    const line = inline(part, WIDTH - start.length);
    if (line !== undefined) {
      out.push(`${start} ${line}`);
    } else if (typeof part === "string") {
      block(out, `${start} `, part, column);
    } else if (isList && !Array.isArray(part)) {
      render(out, part as Collection, column + 2, `${start} `);
    } else {
      out.push(start);
      render(out, part as Collection, column + 2, `${pad}  `);
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
