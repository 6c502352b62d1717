import { Buffer } from "node:buffer";
import { multipartBoundary, parseMultipart } from "../http/multipart.ts";

import { withoutPercents } from "./encodings.ts";

/** A stretch of a text. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Whether `text` is JSON, or begins to be. */
export function looksLikeJson(text: string): boolean {
  return /^\s{0,64}[[{]/.test(text) && text.includes('"');
}

/** Finds the beginning of JSON in a text; -1 if there is none. */
export function jsonIn(text: string): number {
  if (looksLikeJson(text)) return 0;
  return text.includes('"') ? text.search(/\{\s{0,64}"/) : -1;
}

/** Where the value of a field of a form or a query is. */
export interface FormField extends Stretch {
  /** Without encoding. */
  readonly name: string;
}

/** The fields of a URL-encoded text from `start` to `end`. */
export function formFieldsIn(text: string, start = 0, end = text.length): readonly FormField[] {
  const fields: FormField[] = [];
  for (let at = start; at < end; ) {
    const ampersand = text.indexOf("&", at);
    const stop = ampersand === -1 || ampersand > end ? end : ampersand;
    const equals = text.indexOf("=", at);
    if (equals !== -1 && equals < stop) {
      fields.push({ name: decodedName(text.slice(at, equals)), start: equals + 1, end: stop });
    }
    at = stop + 1;
  }
  return fields;
}

/** The name of a field or parameter, without encoding. */
export function decodedName(name: string): string {
  return withoutPercents(name.replaceAll("+", " "));
}

/** Whether a body of no stated type looks like a URL-encoded form. */
export function looksLikeForm(text: string): boolean {
  // A name followed only by equals signs is base64.
  return /^[\w.%+[\]-]{1,100}=(?!=?$)[^\s{}"<]*$/.test(text.slice(0, 4096)) && text.length < 1_000_000;
}

/** One part of a multipart body. */
export interface Part {
  readonly name: string;
  readonly head: Stretch;
  readonly content: Stretch;
}

/** Returns the parts of a multipart body; `undefined` if it is not one. */
export function partsIn(text: string, contentType: string): readonly Part[] | undefined {
  const boundary = multipartBoundary(contentType, Buffer.from(text.slice(0, 300)));
  if (boundary === undefined) return undefined;
  const bytes = Buffer.from(text);
  let byte = 0;
  let char = 0;
  return parseMultipart(bytes, boundary)?.map(({ name = "", head, start, bytes: { length } }) => {
    char += bytes.toString("utf8", byte, start).length;
    byte = start;
    const from = char;
    char += bytes.toString("utf8", byte, start + length).length;
    byte += length;
    const headAt = text.lastIndexOf(head, from);
    return {
      name,
      head: { start: headAt, end: headAt + head.length },
      content: { start: from, end: char },
    };
  });
}

/** Whether `text` looks like an event stream, with any content type. */
export function looksLikeSse(text: string): boolean {
  return /^(?:data|event|id|retry)?:/m.test(text.slice(0, 4096)) && !/^\s*[[{]/.test(text.slice(0, 64));
}

/** The data of an event of a stream, or the JSON value in a line. */
export interface TextEvent extends Stretch {
  /** The text before the value in its line; empty for data. */
  readonly prefix: string;
  readonly isJson: boolean;
}

/** In a tape the lines of a body are indented. */
const DATA = /[ \t]*data: ?/y;
/** A JSON value, possibly after a name. */
const VALUE = /[ \t]*(?:([\w-]{0,40})[: ][ \t]*)?(?=["[{])/y;
/** The same in data. */
const IN_DATA = /\s*(?:([\w-]{0,40}:)(?=["[{])|(?="|[[{][^\n]*"))/y;

/**
 * The events in a text of lines: data of an event stream, and JSON in lines of any prefix (`0:"..."` of the AI SDK's data
 * stream, `error: {...}` of llama.cpp). If the data of an event has several lines, the fields between them are a part of
 * the stretch: they look like nothing to a reader of JSON.
 */
export function* eventsIn(text: string): Generator<TextEvent> {
  const breaks = /\r\n|\n|\r/g;
  let data: Stretch | undefined;
  for (let start = text.charCodeAt(0) === 0xfeff ? 1 : 0; start <= text.length; ) {
    const found = breaks.exec(text);
    const end = found?.index ?? text.length;
    const from = matchEnd(DATA, text, start);
    if (from !== undefined) data = { start: data?.start ?? Math.min(from, end), end };
    else if (end > start) yield* valueIn(text, start, end);
    if (data !== undefined && (end === start || found === null)) {
      yield eventOf(text, data);
      data = undefined;
    }
    if (found === null) return;
    start = end + found[0].length;
  }
}

function* valueIn(text: string, start: number, end: number): Generator<TextEvent> {
  VALUE.lastIndex = start;
  const head = VALUE.exec(text);
  const from = start + (head?.[0].length ?? 0);
  if (head !== null && from < end) yield { start: from, end, prefix: head[1] ?? "", isJson: true };
}

function eventOf(text: string, { start, end }: Stretch): TextEvent {
  IN_DATA.lastIndex = start;
  const head = IN_DATA.exec(text);
  if (head === null || IN_DATA.lastIndex >= end) return { start, end, prefix: "", isJson: false };
  return { start: IN_DATA.lastIndex, end, prefix: head[1] ?? "", isJson: true };
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
