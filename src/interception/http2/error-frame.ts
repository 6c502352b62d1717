import type { TransportError } from "../../cassette/model.ts";

const STREAM = "ERR_HTTP2_STREAM_ERROR";
const SESSION = "ERR_HTTP2_SESSION_ERROR";

/** The error codes of HTTP/2 (RFC 9113, section 7), in order from 0. */
const NAMES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

export const NO_ERROR = 0;
export const INTERNAL_ERROR = 2;
export const REFUSED_STREAM = 7;
export const CANCEL = 8;

/** A frame with which a server ended a response early: `RST_STREAM` or `GOAWAY`. */
export interface ErrorFrame {
  readonly kind: "reset" | "goaway";
  readonly code: number;
}

/** Describes an error frame as the errors of `node:http2` do. */
export function transportErrorOf({ kind, code }: ErrorFrame): TransportError {
  const what = `closed with error code NGHTTP2_${NAMES[code] ?? code}`;
  return kind === "reset"
    ? { code: STREAM, message: `Stream ${what}` }
    : { code: SESSION, message: `Session ${what}` };
}

/** Reads what {@link transportErrorOf} wrote; `undefined` if the connection itself failed. */
export function errorFrameOf({ code, message }: TransportError): ErrorFrame | undefined {
  if (code !== STREAM && code !== SESSION) return undefined;
  const name = /error code (?:NGHTTP2_)?(\w+)$/.exec(message)?.[1] ?? "";
  const known = NAMES.indexOf(name);
  const number = known === -1 ? Number(name) || INTERNAL_ERROR : known;
  return { kind: code === STREAM ? "reset" : "goaway", code: number };
}
