import {
  type HeaderLines,
  type RecordedRequest,
  type RecordedResponse,
  STREAM_ENDS,
  type TransportError,
} from "../cassette/model.ts";
import { storedChunks } from "../cassette/stored-body.ts";
import type { TapeNode } from "./node.ts";
import type { NodeReader, Nodes } from "./node-reader.ts";
import { BODY_KEYS, readBody } from "./read-body.ts";
import { readBodyFile } from "./read-body-file.ts";
import { readChunks, readTiming, storedLengths } from "./read-chunks.ts";
import { text } from "./read-fields.ts";
import { lineOfHead, readHeaders } from "./read-headers.ts";
import { standardStatusText } from "./status-text.ts";

export const REQUEST_KEYS = ["method", "url", "headers", ...BODY_KEYS] as const;
export const RESPONSE_KEYS = [
  "status",
  "statusText",
  "headers",
  "transport",
  "trailers",
  "end",
  "error",
  "decoded",
  "timing",
  "cuts",
  "bodyFile",
  ...BODY_KEYS,
] as const;

export function readRequest(reader: NodeReader, node: TapeNode): RecordedRequest {
  const fields = reader.nodes(node, "a request", REQUEST_KEYS);
  if (fields.method === undefined || fields.url === undefined) {
    const missing = fields.method === undefined ? "method" : "url";
    throw reader.error(node, `a request needs a method and a url, and this one has no ${missing}`);
  }
  const method = reader.text(fields.method, "the method, such as POST");
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) {
    throw reader.error(fields.method, `expected the method, such as POST, found ${JSON.stringify(method)}`);
  }
  const url = reader.text(fields.url, "the url, such as https://host/path");
  // Checks no more than this: any part of it may hold a placeholder for a secret.
  if (!/^https?:\/\/[^\0-\x20]+$/i.test(url)) {
    throw reader.error(
      fields.url,
      `expected the url, such as https://host/path, found ${JSON.stringify(url)}`,
    );
  }
  const body = readBody(reader, fields);
  const headers = readHeaders(reader, fields.headers);
  return body === undefined ? { method, url, headers } : { method, url, headers, body };
}

/**
 * Reads a response. A tape written by hand may leave out `status` (default: 200), `end` (complete), headers, bodies and
 * times.
 */
export function readResponse(reader: NodeReader, node: TapeNode): RecordedResponse {
  const fields = reader.nodes(node, "a response", RESPONSE_KEYS);
  const status = fields.status ? readStatus(reader, fields.status) : 200;
  const headers = [...readHeaders(reader, fields.headers), ...readHeaders(reader, fields.transport)];
  const chunks = readContent(reader, fields, headers);
  const timing = readTiming(reader, fields.timing, chunks.length);
  const trailers = readHeaders(reader, fields.trailers);
  return {
    status,
    statusText: fields.statusText
      ? lineOfHead(reader, fields.statusText, "status text")
      : standardStatusText(status),
    headers,
    chunks,
    end: fields.end ? reader.word(fields.end, "the end of the response", STREAM_ENDS) : "complete",
    ...(trailers.length > 0 && { trailers }),
    ...(timing && { timing }),
    ...(fields.error && { error: readError(reader, fields.error) }),
    ...(fields.decoded && reader.boolean(fields.decoded, "decoded") && { decoded: true }),
  };
}

function readContent(
  reader: NodeReader,
  fields: Nodes<(typeof RESPONSE_KEYS)[number]>,
  headers: HeaderLines,
): readonly Uint8Array[] {
  const { bodyFile } = fields;
  const bytes = readBody(reader, fields);
  if (bodyFile === undefined) return readChunks(reader, bytes ?? new Uint8Array(), headers, fields);
  if (bytes !== undefined) throw reader.error(bodyFile, "a response has a body or a bodyFile, not both");
  const reference = readBodyFile(reader, bodyFile);
  return storedChunks(
    reader.openBody(reference, storedLengths(reader, reference.bytes, { ...fields, bodyFile })),
  );
}

function readStatus(reader: NodeReader, node: TapeNode): number {
  const status = reader.number(node, "the status", 0, 999, true);
  if (status === 0 || status >= 100) return status;
  throw reader.error(node, `expected the status, 100 to 999 or 0 for none, found ${status}`);
}

function readError(reader: NodeReader, node: TapeNode): TransportError {
  const { code, message = code ?? "" } = reader.fields(node, "an error", {
    code: text("the code of the error"),
    message: text("the message of the error"),
  });
  return code === undefined ? { message } : { code, message };
}
