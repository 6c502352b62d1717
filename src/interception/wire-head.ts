import type { HeaderLines } from "../cassette/model.ts";
import { withoutHeaders } from "../http/headers.ts";
import type { ExchangeResponse } from "./exchange.ts";

/** Returns the headers of a response as they fit its body, which may be decoded. */
export function wireHeaders({ decoded, headers }: ExchangeResponse): HeaderLines {
  return decoded ? withoutHeaders(headers, ["content-encoding", "content-length"]) : headers;
}

/** Encodes a reason phrase that fetch decoded. */
export function wireStatusText({ statusText }: ExchangeResponse): string {
  return statusText.replace(/[^\t\x20-\x7e\x80-\xff]/g, "?");
}
