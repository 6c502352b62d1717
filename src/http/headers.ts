import type { HeaderLines } from "../cassette/model.ts";

/**
 * Returns the value of a header. The name may be in any case. The values of a header that was sent several times
 * are joined by `, `, as `Headers.get` does.
 */
export function headerOf(headers: HeaderLines, name: string): string | undefined {
  const wanted = name.toLowerCase();
  let value: string | undefined;
  for (const [key, each] of headers) {
    if (key.length !== wanted.length || key.toLowerCase() !== wanted) continue;
    value = value === undefined ? each : `${value}, ${each}`;
  }
  return value;
}

/** Returns the media type of a `content-type`, in lower case and without its parameters; empty if there is none. */
export function mediaTypeOf(contentType: string | undefined): string {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** Returns the headers without those named. `names` are in lower case. */
export function withoutHeaders(headers: HeaderLines, names: readonly string[]): HeaderLines {
  return headers.filter(([name]) => !names.includes(name.toLowerCase()));
}

/** Turns Node's flat `rawHeaders` into pairs. */
export function pairsOf(raw: readonly string[]): HeaderLines {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] as string, raw[at + 1] as string]);
  return pairs;
}

/** Whether responses with this status have no body (the fetch standard's "null body status"). */
export function hasNoBody(status: number): boolean {
  return status === 101 || status === 103 || status === 204 || status === 205 || status === 304;
}

/** Whether fetch follows a response with this status to its `location`. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
