import { Buffer } from "node:buffer";
import { isObject } from "../cassette/is-object.ts";
import type { HeaderLines } from "../cassette/model.ts";

/** Fields of a value that other tools wrote; none if it is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : String(value);
}

export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Returns header lines from an object of values or of lists, or from a list of names and values. */
export function headersOf(value: unknown): HeaderLines {
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each === "string")) {
      return value.flatMap((name, index) =>
        index % 2 === 0 ? [[name, textOf(value[index + 1])] as const] : [],
      );
    }
    return value.map((each) => [textOf(fieldsOf(each).name), textOf(fieldsOf(each).value)] as const);
  }
  return Object.entries(fieldsOf(value)).flatMap(([name, each]) =>
    (Array.isArray(each) ? each : [each]).map((one) => [name, textOf(one)] as const),
  );
}

/** Returns the bytes of a body: of text, of bytes, or of a value that stands for its JSON. */
export function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (typeof value === "string") return Uint8Array.from(Buffer.from(value));
  if (value === undefined || value === null) return new Uint8Array();
  return Uint8Array.from(Buffer.from(JSON.stringify(value)));
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "base64"));
}

/** Returns the bytes of a text, or of a list of pieces, in hexadecimal or base64 digits. */
export function fromPieces(text: string | readonly string[]): Uint8Array {
  const pieces = [text].flat();
  const isHex = pieces.every((piece) => /^(?:[0-9a-f]{2})*$/i.test(piece));
  return Uint8Array.from(Buffer.concat(pieces.map((piece) => Buffer.from(piece, isHex ? "hex" : "base64"))));
}
