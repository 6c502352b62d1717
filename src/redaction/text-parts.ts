import { Buffer } from "node:buffer";
import { multipartBoundary, parseMultipart } from "../http/multipart.ts";
import { Joined, Slice, type View } from "./view.ts";

/** Whether `text` is JSON, or begins to be. */
export function looksLikeJson(text: string): boolean {
  return /^\s{0,64}[[{]/.test(text) && text.includes('"');
}

/** Finds the beginning of JSON in a text; -1 if there is none. */
export function jsonIn(text: string): number {
  if (looksLikeJson(text)) return 0;
  return text.includes('"') ? text.search(/\{\s{0,64}"/) : -1;
}

/** A field of a form or a query: its name without encoding, and where its value is. */
export interface FormField {
  readonly name: string;
  readonly start: number;
  readonly end: number;
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

export function decodedName(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    // Not a valid encoding: use the name as it is.
    return name;
  }
}

/** Whether a body of no stated type looks like a URL-encoded form. */
export function looksLikeForm(text: string): boolean {
  // A name followed only by equals signs is base64.
  return /^[\w.%+[\]-]{1,100}=(?!=?$)[^\s{}"<]*$/.test(text.slice(0, 4096)) && text.length < 1_000_000;
}

/** One part of a multipart body. */
export interface Part {
  readonly name: string;
  readonly head: View;
  readonly content: View;
}

/** Returns the parts of a multipart body; `undefined` if it is not one. */
export function partsIn(view: View, contentType: string): readonly Part[] | undefined {
  const { text } = view;
  const start = Buffer.from(text.slice(0, 300));
  const boundary = multipartBoundary(contentType, start);
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
      head: new Slice(view, headAt, headAt + head.length),
      content: new Slice(view, from, char),
    };
  });
}

/** Whether `text` looks like an event stream, with any content type. */
export function looksLikeSse(text: string): boolean {
  return /^(?:data|event|id|retry)?:/m.test(text.slice(0, 4096)) && !/^\s*[[{]/.test(text.slice(0, 64));
}

/** One event of a stream: the data of an event stream, or the value in a line. */
export interface TextEvent {
  readonly view: View;
  /** The text before the value in its line; empty for data. */
  readonly prefix: string;
  readonly isJson: boolean;
}

/**
 * The events in a text of lines: data of an event stream, which may go over several lines, and JSON in lines of any
 * prefix (`0:"..."` of the AI SDK's data stream, `error: {...}` of llama.cpp).
 */
export function* eventsIn(view: View): Generator<TextEvent> {
  const { text } = view;
  const breaks = /\r\n|\n|\r/g;
  let data: View[] = [];
  for (let start = text.charCodeAt(0) === 0xfeff ? 1 : 0; start <= text.length; ) {
    const found = breaks.exec(text);
    const end = found?.index ?? text.length;
    if (end === start || found === null) {
      if (end > start) yield* line(view, start, end, data);
      if (data.length > 0) yield eventOf(data);
      data = [];
    } else yield* line(view, start, end, data);
    if (found === null) return;
    start = end + found[0].length;
  }
}

/** In a tape the lines of a body are indented. */
const DATA = /[ \t]*data: ?/y;
/** A JSON value, possibly after a name. */
const VALUE = /[ \t]*(?:([\w-]{0,40})[: ][ \t]*)?(?=["[{])/y;

/** Adds the line to `data` if it is one of that, and otherwise gives the JSON in it. */
function* line(view: View, start: number, end: number, data: View[]): Generator<TextEvent> {
  const { text } = view;
  DATA.lastIndex = start;
  const [field] = DATA.exec(text) ?? [];
  if (field !== undefined) {
    data.push(new Slice(view, Math.min(start + field.length, end), end));
    return;
  }
  VALUE.lastIndex = start;
  const head = VALUE.exec(text);
  const from = start + (head?.[0].length ?? 0);
  if (head !== null && from < end)
    yield { view: new Slice(view, from, end), prefix: head[1] ?? "", isJson: true };
}

function eventOf(data: readonly View[]): TextEvent {
  const view = data.length === 1 ? (data[0] as View) : new Joined(data, "\n");
  const head = /^\s*([\w-]{0,40}:)(?=["[{])/.exec(view.text.slice(0, 60));
  if (head !== null) {
    return {
      view: new Slice(view, head[0].length, view.text.length),
      prefix: head[1] as string,
      isJson: true,
    };
  }
  return { view, prefix: "", isJson: looksLikeJson(view.text) || /^\s*"/.test(view.text) };
}
