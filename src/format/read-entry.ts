import {
  type RecordedRequest,
  type RecordedResponse,
  STREAM_ENDS,
  type TapeEntry,
  type TransportError,
} from "../cassette/model.ts";
import { MAX_MILLISECONDS } from "./limits.ts";
import type { TapeNode } from "./node.ts";
import type { Reading } from "./node-reader.ts";
import { BODY_KEYS, readBody } from "./read-body.ts";
import { readChunks, readTiming } from "./read-chunks.ts";
import { lineOfHead, readHeaders } from "./read-headers.ts";
import { standardStatusText } from "./status-text.ts";

export const ENTRY_KEYS = ["at", "test", "request", "response"] as const;
export const REQUEST_KEYS = ["method", "url", "headers", ...BODY_KEYS] as const;
export const RESPONSE_KEYS = [
  "status",
  "statusText",
  "headers",
  "end",
  "error",
  "decoded",
  "timing",
  "cuts",
  ...BODY_KEYS,
] as const;

/**
 * One entry of the timeline. What a tape written by hand may leave out: `at` (that of the entry before),
 * `status` (200), `end` (complete), headers, bodies and times.
 */
export function readEntry(reading: Reading, node: TapeNode, atBefore: number): TapeEntry {
  const fields = reading.fields(node, "an interaction", ENTRY_KEYS);
  if (fields.request === undefined || fields.response === undefined) {
    const missing = fields.request === undefined ? "request" : "response";
    throw reading.error(node, `an interaction has a request and a response, this one has no ${missing}`);
  }
  const at = fields.at ? reading.number(fields.at, "at, in milliseconds", 0, MAX_MILLISECONDS) : atBefore;
  const test = fields.test && reading.string(fields.test, "test, the name of the test that recorded it");
  const request = readRequest(reading, fields.request);
  const response = readResponse(reading, fields.response);
  return { kind: "request", at, ...(test === undefined ? {} : { test }), request, response };
}

function readRequest(reading: Reading, node: TapeNode): RecordedRequest {
  const fields = reading.fields(node, "a request", REQUEST_KEYS);
  if (fields.method === undefined || fields.url === undefined) {
    const missing = fields.method === undefined ? "method" : "url";
    throw reading.error(node, `a request has a method and a url, this one has no ${missing}`);
  }
  const method = reading.text(fields.method, "the method, such as POST");
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) {
    throw reading.error(fields.method, `expected the method, such as POST, found ${JSON.stringify(method)}`);
  }
  const url = reading.text(fields.url, "the url, such as https://host/path");
  // No more than this: a placeholder for a secret may stand in any part of it.
  if (!/^https?:\/\/[^\0-\x20]+$/i.test(url)) {
    throw reading.error(
      fields.url,
      `expected the url, such as https://host/path, found ${JSON.stringify(url)}`,
    );
  }
  const body = readBody(reading, fields);
  const headers = readHeaders(reading, fields.headers);
  return body === undefined ? { method, url, headers } : { method, url, headers, body };
}

function readResponse(reading: Reading, node: TapeNode): RecordedResponse {
  const fields = reading.fields(node, "a response", RESPONSE_KEYS);
  const status = fields.status ? readStatus(reading, fields.status) : 200;
  const headers = readHeaders(reading, fields.headers);
  const bytes = readBody(reading, fields) ?? new Uint8Array();
  const chunks = readChunks(reading, bytes, headers, fields);
  const timing = readTiming(reading, fields.timing, chunks.length);
  const response: { -readonly [K in keyof RecordedResponse]: RecordedResponse[K] } = {
    status,
    statusText: fields.statusText
      ? lineOfHead(reading, fields.statusText, "status text")
      : standardStatusText(status),
    headers,
    chunks,
    end: fields.end ? reading.word(fields.end, "the end of the response", STREAM_ENDS) : "complete",
  };
  if (timing !== undefined) response.timing = timing;
  if (fields.error) response.error = readError(reading, fields.error);
  if (fields.decoded && reading.boolean(fields.decoded, "decoded")) response.decoded = true;
  return response;
}

function readStatus(reading: Reading, node: TapeNode): number {
  const status = reading.number(node, "the status", 0, 999, true);
  if (status === 0 || status >= 100) return status;
  throw reading.error(node, `expected the status, 100 to 999 or 0 for none, found ${status}`);
}

function readError(reading: Reading, node: TapeNode): TransportError {
  const fields = reading.fields(node, "an error", ["code", "message"]);
  const code = fields.code && reading.string(fields.code, "the code of the error");
  const message = fields.message ? reading.string(fields.message, "the message of the error") : (code ?? "");
  return code === undefined ? { message } : { code, message };
}
