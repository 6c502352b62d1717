import type { EnvironmentSecret } from "./environment-secrets.ts";
import type { Finding } from "./finder.ts";

/** Less than this of a secret says nothing. */
const MIN_OPAQUE = 10;
const MIN_PLAIN = 16;
const LONGEST = 4096;

/** How keys begin that may end later. It is less strict than the shapes, since it looks only at the end of a text. */
const BEGINNING = new RegExp(
  `(?<![A-Za-z0-9_-])(?:${[
    "sk-(?:ant|proj|svcacct|admin|or|lf)-[A-Za-z0-9_-]{8,400}",
    "(?:AIza|GOCSPX-|AQ\\.|1//0|github_pat_|gl(?:pat|dt|rt)-|nvapi-|pypi-AgE|tvly-|tgp_v1_|jina_|figd_)[A-Za-z0-9_-]{8,400}",
    "(?:gsk_|hf_|r8_|ek_|fw_|gh[pousr]_|npm_|sess-|(?:sk|rk)_(?:live|test)_|whsec_|vc[pickra]_|shp(?:at|ca|pa|ss)_|pcsk_|lin_api_|ntn_)[A-Za-z0-9]{8,400}",
    "lsv2_(?:pt|sk)_[0-9a-f_]{8,400}",
    "(?:ABSK|IQoJb3JpZ2lu|FwoGZXIvYXdz|bedrock-api-key-)[A-Za-z0-9+/]{8,800}",
    "(?:sk-|xai-|pplx-|csk-|sk_|org-|proj_|dapi|SK)[A-Za-z0-9]{12,400}",
    "(?:xox[abcdeoprs]|xapp)-[A-Za-z0-9-]{8,400}",
    "(?:SG|hv[sbr])\\.[A-Za-z0-9_.-]{12,100}",
    "A(?:KI|SI|BI|CC)A[A-Z0-9]{6,15}",
    "ya29\\.(?:[a-z]\\.)?[A-Za-z0-9_-]{8,400}",
    "eyJ[A-Za-z0-9_-]{8,400}\\.[A-Za-z0-9_.-]{8,800}",
  ].join("|")})$`,
);
const REACH = 900;

/**
 * The secrets of which a text holds only the beginning, because the stream was cut there or the model was stopped: what
 * is there of one is half a key. `text` may be several texts with NUL between them.
 */
export function truncatedSecrets(text: string, secrets: readonly EnvironmentSecret[]): readonly Finding[] {
  const found: Finding[] = [];
  for (let start = 0; start <= text.length; ) {
    const separator = text.indexOf("\0", start);
    const end = separator === -1 ? text.length : separator;
    const from = Math.max(start, end - LONGEST);
    const finding = truncatedSecret(text.slice(from, end), secrets);
    if (finding !== undefined)
      found.push({ ...finding, start: from + finding.start, end: from + finding.end });
    start = end + 1;
  }
  return found;
}

/** Finds the secret whose beginning is the end of `text`. */
export function truncatedSecret(text: string, secrets: readonly EnvironmentSecret[]): Finding | undefined {
  const end = text.length;
  for (const { value, label } of secrets) {
    const length = overlap(text, value, /\d/.test(value.slice(0, MIN_OPAQUE)) ? MIN_OPAQUE : MIN_PLAIN);
    if (length > 0) return { start: end - length, end, type: label, by: "value" };
  }
  // Most texts end in a word.
  if (!/[A-Za-z0-9_.+/-]{10}$/.test(text.slice(-10))) return undefined;
  const found = BEGINNING.exec(text.slice(-REACH));
  if (found === null || !/\d/.test(found[0]) || !/[A-Za-z]/.test(found[0].slice(4))) return undefined;
  return { start: end - found[0].length, end, type: "cut-key", by: "shape" };
}

/** Returns how many characters at the end of `text` are the beginning of `value`: less than all, at least `least`; else 0. */
export function overlap(text: string, value: string, least: number): number {
  const first = value.slice(0, least);
  const from = Math.max(text.length - value.length + 1, 0);
  for (let at = text.indexOf(first, from); at !== -1; at = text.indexOf(first, at + 1)) {
    if (value.startsWith(text.slice(at))) return text.length - at;
  }
  return 0;
}
