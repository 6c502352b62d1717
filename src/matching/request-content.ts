import { TextDecoder } from "node:util";
import { isNestedDeeper } from "../cassette/is-nested-deeper.ts";
import { readableContent } from "../http/content-decoding.ts";
import { type MultipartPart, multipartBoundary, parseMultipart } from "../http/multipart.ts";
import { parseJson } from "./json.ts";

/** A parsed request body. Its `value` is what `ComparedRequest.body` shows. */
export type RequestContent =
  | { readonly kind: "none"; readonly value: undefined }
  | { readonly kind: "json" | "form" | "multipart"; readonly value: unknown }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Uint8Array };

/**
 * Decompresses and parses a request body. JSON is recognized by its content type, or by its first character if the
 * content type is missing or wrong. JSON that is nested too deeply is text.
 *
 * @param headers - by lower-case name
 */
export function readContent(
  body: Uint8Array | undefined,
  headers: Readonly<Record<string, string>>,
): RequestContent {
  if (body === undefined || body.length === 0) return { kind: "none", value: undefined };
  const bytes = readableContent(body, headers["content-encoding"]);
  const type = headers["content-type"];

  const boundary = multipartBoundary(type, bytes);
  const parts = boundary === undefined ? undefined : parseMultipart(bytes, boundary);
  if (parts !== undefined) return { kind: "multipart", value: multipartValue(parts) };

  const text = readText(bytes);
  if (text === undefined) return { kind: "bytes", value: bytes };
  const json = isJsonType(type) || /^\s*[[{]/.test(text) ? tryJson(text) : undefined;
  if (json !== undefined) return { kind: "json", value: json.value };
  if (/^application\/x-www-form-urlencoded\b/i.test(type ?? "")) {
    return { kind: "form", value: group([...new URLSearchParams(text)]) };
  }
  return { kind: "text", value: text };
}

/** Groups fields by name. The values of a repeated name are a list, in their order. */
export function group<T>(
  pairs: readonly (readonly [name: string, value: T])[],
): Readonly<Record<string, T | readonly T[]>> {
  // No prototype, so that a field called __proto__ is a field like any other.
  const fields: Record<string, T | readonly T[]> = Object.create(null);
  for (const [name, [first, ...others]] of Map.groupBy(pairs, ([name]) => name)) {
    const [, value] = first as readonly [string, T];
    fields[name] = others.length === 0 ? value : [value, ...others.map(([, each]) => each)];
  }
  return fields;
}

function isJsonType(type: string | undefined): boolean {
  return /^[\w.+-]+\/(?:[\w.+-]+\+)?json\b/i.test(type ?? "");
}

/** JSON that is nested deeper could overflow the stack of code that walks it. */
const MAX_DEPTH = 500;

function tryJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value = parseJson(text.startsWith("\uFEFF") ? text.slice(1) : text);
    return isNestedDeeper(value, MAX_DEPTH) ? undefined : { value };
  } catch {
    // Invalid JSON is compared as text.
    return undefined;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readText(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function multipartValue(parts: readonly MultipartPart[]): unknown {
  const named = parts.filter(
    (part): part is MultipartPart & { readonly name: string } => part.name !== undefined,
  );
  // Parts without names (multipart/related, multipart/mixed) have only their order.
  return named.length === parts.length
    ? group(named.map((part) => [part.name, partValue(part)]))
    : parts.map((part) => ({
        ...(part.name === undefined ? {} : { name: part.name }),
        part: partValue(part),
      }));
}

function partValue({ filename, type, headers, bytes }: MultipartPart): unknown {
  const text = readText(bytes);
  const json = text !== undefined && isJsonType(type) ? tryJson(text) : undefined;
  const content = json === undefined ? (text ?? bytes) : json.value;
  const others = Object.keys(headers).length > 0;
  if (filename === undefined && type === undefined && !others) return content;
  return {
    ...(filename === undefined ? {} : { filename }),
    ...(type === undefined ? {} : { type }),
    ...(others ? { headers } : {}),
    content,
  };
}
