import {
  type Interaction,
  type RecordedRequest,
  type RecordedResponse,
  STREAM_ENDS,
  type TransportError,
} from "../cassette/model.ts";
import type { TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";
import { BODY_KEYS, readBody } from "./read-body.ts";
import { readChunks, readTiming } from "./read-chunks.ts";
import { lineOfHead, readHeaders } from "./read-headers.ts";
import { PLACE_KEYS, readPlace } from "./read-place.ts";
import { standardStatusText } from "./status-text.ts";

export const INTERACTION_KEYS = [...PLACE_KEYS, "request", "response"] as const;
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
  ...BODY_KEYS,
] as const;

/**
 * Reads a request and its response. A tape written by hand may leave out `at` (default: that of the entry before),
 * `status` (200), `end` (complete), headers, bodies and times.
 */
export function readInteraction(reader: NodeReader, node: TapeNode, atBefore: number): Interaction {
  const fields = reader.fields(node, "an interaction", INTERACTION_KEYS);
  if (fields.request === undefined || fields.response === undefined) {
    const missing = fields.request === undefined ? "request" : "response";
    throw reader.error(node, `an interaction needs a request and a response, and this one has no ${missing}`);
  }
  const place = readPlace(reader, fields, atBefore);
  const request = readRequest(reader, fields.request);
  const response = readResponse(reader, fields.response);
  return { kind: "request", ...place, request, response };
}

function readRequest(reader: NodeReader, node: TapeNode): RecordedRequest {
  const fields = reader.fields(node, "a request", REQUEST_KEYS);
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

function readResponse(reader: NodeReader, node: TapeNode): RecordedResponse {
  const fields = reader.fields(node, "a response", RESPONSE_KEYS);
  const status = fields.status ? readStatus(reader, fields.status) : 200;
  const headers = [...readHeaders(reader, fields.headers), ...readHeaders(reader, fields.transport)];
  const bytes = readBody(reader, fields) ?? new Uint8Array();
  const chunks = readChunks(reader, bytes, headers, fields);
  const timing = readTiming(reader, fields.timing, chunks.length);
  const response: { -readonly [K in keyof RecordedResponse]: RecordedResponse[K] } = {
    status,
    statusText: fields.statusText
      ? lineOfHead(reader, fields.statusText, "status text")
      : standardStatusText(status),
    headers,
    chunks,
    end: fields.end ? reader.word(fields.end, "the end of the response", STREAM_ENDS) : "complete",
  };
  const trailers = readHeaders(reader, fields.trailers);
  if (trailers.length > 0) response.trailers = trailers;
  if (timing !== undefined) response.timing = timing;
  if (fields.error) response.error = readError(reader, fields.error);
  if (fields.decoded && reader.boolean(fields.decoded, "decoded")) response.decoded = true;
  return response;
}

function readStatus(reader: NodeReader, node: TapeNode): number {
  const status = reader.number(node, "the status", 0, 999, true);
  if (status === 0 || status >= 100) return status;
  throw reader.error(node, `expected the status, 100 to 999 or 0 for none, found ${status}`);
}

function readError(reader: NodeReader, node: TapeNode): TransportError {
  const fields = reader.fields(node, "an error", ["code", "message"]);
  const code = fields.code && reader.string(fields.code, "the code of the error");
  const message = fields.message ? reader.string(fields.message, "the message of the error") : (code ?? "");
  return code === undefined ? { message } : { code, message };
}
