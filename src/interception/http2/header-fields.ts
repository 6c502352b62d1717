import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { URL } from "node:url";
import type { HeaderLines } from "../../cassette/model.ts";
import { pairsOf, withoutHeaders } from "../../http/headers.ts";

/** Headers that HTTP/2 does not allow. */
const OF_HTTP_1 = [
  "connection",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
];

/** Returns the header lines without the pseudo headers. */
export function linesOf(raw: readonly string[]): HeaderLines {
  return pairsOf(raw).filter(([name]) => !name.startsWith(":"));
}

/** Turns header lines into the headers that `node:http2` sends. */
export function fieldsOf(lines: HeaderLines): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of withoutHeaders(lines, OF_HTTP_1)) {
    const key = name.toLowerCase();
    const known = fields[key];
    fields[key] = known === undefined ? value : [known, value].flat();
  }
  return fields;
}

/** Returns the URL that the pseudo headers name; `undefined` if they name none. */
export function urlOf(headers: IncomingHttpHeaders): string | undefined {
  const { ":scheme": scheme, ":authority": authority, ":path": path } = headers;
  return URL.parse(`${scheme}://${authority ?? headers.host}${path}`)?.href;
}
