import { Readable } from "node:stream";
import type { ClientBody } from "./client.ts";

/** A body as the bytes or the stream that fetch would send, and the content type it would name. */
export async function plainBody(
  body: ClientBody | undefined,
): Promise<{ readonly body: Buffer | Readable | undefined; readonly type: string | undefined }> {
  if (body === undefined) return { body: undefined, type: undefined };
  if (body instanceof ReadableStream) return { body: Readable.from(body), type: undefined };
  const response = new Response(body as BodyInit);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { body: bytes, type: response.headers.get("content-type") ?? undefined };
}

/** Headers of the request, with the content type of its body unless it names one. */
export function withType(
  headers: Readonly<Record<string, string>> | undefined,
  type: string | undefined,
): Record<string, string> {
  const named = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === "content-type");
  return { ...(type === undefined || named ? {} : { "content-type": type }), ...headers };
}

/** Headers of a fetch-like response. */
export function headersOf(headers: {
  entries(): Iterable<[string, string]>;
  getSetCookie?(): string[];
}): Record<string, string | string[]> {
  const cookies = headers.getSetCookie?.() ?? [];
  const rest = Object.fromEntries(headers.entries());
  return cookies.length > 0 ? { ...rest, "set-cookie": cookies } : rest;
}

/** Header lines out of Node's flat list. */
export function headerLines(flat: readonly string[]): (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] ?? "",
    flat[2 * index + 1] ?? "",
  ]);
}

/** Node's headers without those that are absent. */
export function definedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined),
  );
}
