import { Buffer } from "node:buffer";

/** How a text is written inside another. Each character is encoded by itself. */
export interface Encoding {
  decode(written: string): string;
  encode(text: string): string;
}

const LETTERS: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const JSON_ESCAPE = /\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/g;

/** The escapes of a string in JSON. Keeps invalid escapes: the text can be cut off. */
export const JSON_STRING: Encoding = {
  decode: (written) =>
    written.replace(JSON_ESCAPE, (sequence) =>
      sequence.length > 2
        ? String.fromCharCode(Number.parseInt(sequence.slice(2), 16))
        : (LETTERS[sequence.charAt(1)] ?? sequence.charAt(1)),
    ),
  encode: (text) => JSON.stringify(text).slice(1, -1),
};

/** A string without escapes. */
export const JSON_PLAIN_STRING: Encoding = { decode: (written) => written, encode: JSON_STRING.encode };

/** A number in JSON, which becomes a string. */
export const JSON_SCALAR: Encoding = { decode: (written) => written, encode: (text) => JSON.stringify(text) };

export const ENCODED_CHAR =
  /%(?:[0-7][\da-f]|[cd][\da-f]%[89ab][\da-f]|e[\da-f](?:%[89ab][\da-f]){2}|f[0-7](?:%[89ab][\da-f]){3}|[89a-f][\da-f])/gi;

/** Undoes percent-encoding. Bytes that are not UTF-8 become one character each. */
export const PERCENT: Encoding = {
  decode: (written) =>
    written.replace(ENCODED_CHAR, (sequence) =>
      Buffer.from(sequence.replaceAll("%", ""), "hex").toString(sequence.length === 3 ? "latin1" : "utf8"),
    ),
  encode: encodePercent,
};

/** Undoes the encoding of forms and queries, which write a space as `+`. */
export const FORM: Encoding = {
  decode: (written) => PERCENT.decode(written.replaceAll("+", " ")),
  encode: encodePercent,
};

/** Keeps placeholders readable. */
function encodePercent(text: string): string {
  return text
    .split(/(<redacted(?::[a-z0-9-]+)?>)/)
    .map((part, index) => (index % 2 === 1 ? part : encodeURIComponent(part.toWellFormed())))
    .join("");
}

/** Undoes percent-encoding if it is valid; else returns the text as it is. */
export function withoutPercents(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the text is not encoded.
    return text;
  }
}
