import type { HeaderLines } from "../cassette/model.ts";
import { Headers } from "../http/web-api.ts";

/**
 * Makes a `node:http` client see the header lines of a response in their original case. The interceptors read them
 * from a note on the headers, under a symbol that they don't export.
 */
export function noteHeaderLines(headers: Headers, lines: HeaderLines): void {
  const probe = new Headers();
  probe.append("a", "b");
  const note = Object.getOwnPropertySymbols(probe).find(({ description }) => description === "kRawHeaders");
  if (note === undefined) return;
  const value = lines.map(([name, text]) => [name, text]);
  Object.defineProperty(headers, note, { value, configurable: true });
}
