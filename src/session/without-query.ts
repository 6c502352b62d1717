import { URL } from "node:url";

/** Shortens a URL for a message. A query can hold a key. */
export function withoutQuery(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  const { protocol, host, pathname } = parsed;
  return `${protocol}${host === "" ? "" : "//"}${host}${pathname}`;
}
