import type { Credential } from "./credentials.ts";
import type { Hit } from "./finder.ts";

/** Less than this of a secret says nothing. */
const MIN_OPAQUE = 10;
const MIN_PLAIN = 16;
const LONGEST = 4096;

/** How keys begin whose ends may be missing. Only at the end of a text, so that it may be less strict. */
const BEGINNING =
  /(?<![A-Za-z0-9_-])(?:sk-(?:ant|proj|svcacct|admin|or|lf)-|sk-|AIza|AKIA|ASIA|ya29\.|gsk_|xai-|hf_|pplx-|r8_|gh[pousr]_|github_pat_|glpat-|npm_|nvapi-|eyJ[A-Za-z0-9_-]{8,400}\.)[A-Za-z0-9_.-]{8,400}$/;

/**
 * A secret of which a text holds only the beginning, because the stream was cut there or the model was
 * stopped: what is there of it is half a key. `text` may be several, put together with NUL.
 */
export function tailsOf(text: string, credentials: readonly Credential[]): readonly Hit[] {
  const hits: Hit[] = [];
  for (let start = 0; start <= text.length; ) {
    const separator = text.indexOf("\0", start);
    const end = separator === -1 ? text.length : separator;
    const hit = tailOf(text.slice(Math.max(start, end - LONGEST), end), credentials);
    if (hit !== undefined) hits.push({ ...hit, start: end - hit.end + hit.start, end });
    start = end + 1;
  }
  return hits;
}

function tailOf(text: string, credentials: readonly Credential[]): Hit | undefined {
  for (const { value, label } of credentials) {
    const length = overlap(text, value);
    const least = /\d/.test(value.slice(0, MIN_OPAQUE)) ? MIN_OPAQUE : MIN_PLAIN;
    if (length >= least && length < value.length) {
      return { start: text.length - length, end: text.length, type: label, by: "value" };
    }
  }
  const found = BEGINNING.exec(text.slice(-900));
  if (found === null || !/\d/.test(found[0]) || !/[a-z]/i.test(found[0].slice(8))) return undefined;
  return { start: text.length - found[0].length, end: text.length, type: "cut-key", by: "pattern" };
}

/** How much of the beginning of `value` stands at the end of `text`. */
function overlap(text: string, value: string): number {
  for (let length = Math.min(text.length, value.length - 1); length >= MIN_OPAQUE; length--) {
    if (text.endsWith(value.slice(0, length))) return length;
  }
  return 0;
}
