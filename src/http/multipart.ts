import { Buffer } from "node:buffer";

/** One part of a multipart body. */
export interface MultipartPart {
  readonly name: string | undefined;
  readonly filename: string | undefined;
  readonly type: string | undefined;
  /** Headers other than `content-type` and `content-disposition`, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The part's headers, as text. */
  readonly head: string;
  /** The part's content. */
  readonly bytes: Uint8Array;
  /** Offset of the content in the body; it ends at `start + bytes.length`. */
  readonly start: number;
}

/** Returns the boundary that the content type names, or that the body begins with; `undefined` if there is none. */
export function multipartBoundary(contentType: string | undefined, body: Uint8Array): string | undefined {
  const named = /^\s*multipart\/[^;]+;.*?\bboundary=(?:"([^"]{1,200})"|([^;,\s]{1,200}))/i.exec(
    contentType ?? "",
  );
  if (named !== null) return named[1] ?? named[2];
  return /^--([!-~][ -~]{0,199}?)\r?\n(?:\r?\n|[\w-]+:)/.exec(latin1(body.subarray(0, 300)))?.[1];
}

/**
 * Reads the parts of a multipart body, in order. Accepts LF for CRLF, and a last part that was cut off.
 *
 * @returns `undefined` if the body has no part with that boundary
 */
export function parseMultipart(body: Uint8Array, boundary: string): readonly MultipartPart[] | undefined {
  const bytes = bufferOf(body);
  const delimiter = `--${boundary}`;
  const parts: MultipartPart[] = [];
  for (let at = nextDelimiter(bytes, delimiter, 0); at !== -1; ) {
    const from = at + delimiter.length;
    if (bytes.toString("latin1", from, from + 2) === "--") break;
    const next = nextDelimiter(bytes, delimiter, from);
    const limit = next === -1 ? bytes.length : next;
    const end = next === -1 ? limit : lineBreakBefore(bytes, next);
    const part = parsePart(bytes, { from, limit, end });
    if (part !== undefined) parts.push(part);
    at = next;
  }
  return parts.length === 0 ? undefined : parts;
}

/** A boundary counts only at the beginning of a line: a short one can also occur inside a line. */
function nextDelimiter(bytes: Buffer, delimiter: string, from: number): number {
  let at = bytes.indexOf(delimiter, from, "latin1");
  while (at > 0 && bytes[at - 1] !== LF) at = bytes.indexOf(delimiter, at + 1, "latin1");
  return at;
}

/** Returns where the line break before `at` begins. It belongs to the delimiter. */
function lineBreakBefore(bytes: Buffer, at: number): number {
  return bytes[at - 2] === CR ? at - 2 : at - 1;
}

interface PartBounds {
  /** Where the delimiter of the part ends. */
  readonly from: number;
  /** Where the next delimiter begins. */
  readonly limit: number;
  /** Where the content ends: before the line break that belongs to the next delimiter. */
  readonly end: number;
}

function parsePart(bytes: Buffer, { from, limit, end }: PartBounds): MultipartPart | undefined {
  const firstLine = bytes.indexOf(LF, from) + 1;
  if (firstLine === 0 || firstLine > limit) return undefined;
  const blank = blankLine(bytes, firstLine, limit);
  if (blank === undefined) return undefined;
  const head = bytes.toString("utf8", firstLine, blank.start);
  const headers: Record<string, string> = Object.create(null);
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { "content-disposition": disposition = "", "content-type": type, ...others } = headers;
  const start = Math.min(blank.end, end);
  return {
    name: parameter(disposition, "name"),
    filename: parameter(disposition, "filename"),
    type,
    headers: others,
    head,
    bytes: bytes.subarray(start, end),
    start,
  };
}

/** Finds the blank line that ends the headers, which begin at `from`. */
function blankLine(bytes: Buffer, from: number, end: number): { start: number; end: number } | undefined {
  for (let at = from; at < end; ) {
    if (bytes[at] === LF) return { start: at, end: at + 1 };
    if (bytes[at] === CR && bytes[at + 1] === LF) return { start: at, end: at + 2 };
    const feed = bytes.indexOf(LF, at);
    if (feed === -1) return undefined;
    at = feed + 1;
  }
  return undefined;
}

function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i").exec(header);
  return match?.[1] ?? match?.[2];
}

const LF = 0x0a;
const CR = 0x0d;

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function latin1(bytes: Uint8Array): string {
  return bufferOf(bytes).toString("latin1");
}
