import type { HeaderLines } from "../cassette/model.ts";

/** The value of a header, the first where it was sent more than once. */
export function headerOf(headers: HeaderLines, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

export function withoutHeaders(headers: HeaderLines, names: readonly string[]): HeaderLines {
  return headers.filter(([name]) => !names.includes(name.toLowerCase()));
}

/** Node's flat `rawHeaders` as pairs. */
export function pairsOf(raw: readonly string[]): HeaderLines {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] as string, raw[at + 1] as string]);
  return pairs;
}

/** Statuses whose responses have no body (fetch standard, "null body status"). */
export function hasNoBody(status: number): boolean {
  return status === 101 || status === 103 || status === 204 || status === 205 || status === 304;
}

export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
