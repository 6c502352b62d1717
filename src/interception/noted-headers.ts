import type { HeaderLines } from "../cassette/model.ts";
import { Headers } from "../http/web-api.ts";

/** Where our own copy of the interceptors notes header lines. */
let own: symbol | undefined;

/** Learns where our own copy of the interceptors notes header lines. Call it while its headers are in place. */
export function learnNote(): void {
  own = currentNote();
}

/**
 * Makes a `node:http` client see the header lines of a response in their original case. The interceptors read them
 * from a note on the headers, under a symbol that they don't export.
 */
export function noteHeaderLines(headers: Headers, lines: HeaderLines): void {
  const value = lines.map(([name, text]) => [name, text]);
  for (const note of [own, currentNote()]) {
    if (note !== undefined) Object.defineProperty(headers, note, { value, configurable: true });
  }
}

function currentNote(): symbol | undefined {
  const probe = new Headers();
  probe.append("a", "b");
  return Object.getOwnPropertySymbols(probe).find(({ description }) => description === "kRawHeaders");
}
