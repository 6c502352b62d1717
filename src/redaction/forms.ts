import { SliceView, type View } from "./view.ts";

/** A field of a form: its name as sent, and where its value stands. */
export interface FormField {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The fields of a URL-encoded text from `start` to `end`: a form, or the query of a URL. */
export function urlEncodedFields(text: string, start = 0, end = text.length): readonly FormField[] {
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

function decodedName(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    // No valid encoding: the name is what stands there.
    return name;
  }
}

/** Whether a body of no stated type looks like a URL-encoded form. */
export function looksLikeForm(text: string): boolean {
  // A name with nothing but equals signs behind it is base64.
  return /^[\w.%+[\]-]{1,100}=(?!=?$)[^\s{}"<]*$/.test(text.slice(0, 4096)) && text.length < 1_000_000;
}

/** The boundary of a multipart body, from its content type or from its first line. */
export function multipartBoundary(contentType: string, text: string): string | undefined {
  if (/multipart\//i.test(contentType)) {
    const named = /boundary=(?:"([^"]{1,200})"|([^\s;,]{1,200}))/i.exec(contentType);
    if (named !== null) return named[1] ?? named[2];
  }
  return /^--([^\r\n]{1,200})\r?\ncontent-/i.exec(text)?.[1];
}

/** One part of a multipart body. Its name comes from its headers, which are its head. */
export interface MultipartPart {
  readonly name: string;
  readonly head: View;
  readonly content: View;
}

/** The parts of a multipart body, in order. */
export function multipartParts(view: View, boundary: string): readonly MultipartPart[] {
  const { text } = view;
  const dashes = `--${boundary}`;
  const parts: MultipartPart[] = [];
  for (let at = lineBeginning(text, dashes, 0); at !== -1; ) {
    const next = lineBeginning(text, dashes, at + dashes.length);
    const end = next === -1 ? text.length : next;
    const blank = /\r?\n\r?\n/g;
    blank.lastIndex = at;
    const head = blank.exec(text);
    if (head !== null && head.index < end) {
      const headers = text.slice(at, head.index);
      const from = head.index + head[0].length;
      const to =
        next === -1 ? end : end - (/\r?\n$/.exec(text.slice(Math.max(from, end - 2), end))?.[0].length ?? 0);
      const name = /;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(headers);
      parts.push({
        name: name?.[1] ?? name?.[2] ?? "",
        head: new SliceView(view, at + dashes.length, head.index),
        content: new SliceView(view, from, Math.max(from, to)),
      });
    }
    at = next;
  }
  return parts;
}

/** Where `start` next begins a line: a short boundary may well stand in the middle of one. */
function lineBeginning(text: string, start: string, from: number): number {
  let at = text.indexOf(start, from);
  while (at > 0 && text[at - 1] !== "\n") at = text.indexOf(start, at + 1);
  return at;
}
