/** The escapes of YAML's double quotes. */
const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]?))/g;

/** The length of an escape, by its letter; all others have two characters. */
const LENGTHS: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };
/** Replacing creates objects for each escape: millions of them would fill the memory. */
const SLICE = 256 * 1024;

/** Returns the text between double quotes on one line; `undefined` if an escape is not one of YAML. */
export function unescapeDouble(raw: string): string | undefined {
  if (!raw.includes("\\")) return raw;
  const parts: string[] = [];
  for (let from = 0; from < raw.length; ) {
    const to = sliceEnd(raw, from);
    const part = unescapeSlice(from === 0 && to === raw.length ? raw : raw.slice(from, to));
    if (part === undefined) return undefined;
    parts.push(part);
    from = to;
  }
  return parts.join("");
}

/** Finds where a slice that begins at `from` may end without cutting an escape. */
function sliceEnd(raw: string, from: number): number {
  const least = from + SLICE;
  if (least >= raw.length) return raw.length;
  let at = from;
  while (at < least) {
    const start = raw.indexOf("\\", at);
    if (start === -1 || start >= least) return least;
    at = start + (LENGTHS[raw[start + 1] ?? ""] ?? 2);
  }
  return Math.min(at, raw.length);
}

function unescapeSlice(raw: string): string | undefined {
  let valid = true;
  const text = raw.replace(ESCAPE, (_all, two?: string, four?: string, eight?: string, one?: string) => {
    const digits = two ?? four ?? eight;
    if (digits !== undefined) {
      const code = Number.parseInt(digits, 16);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      valid = false;
      return "";
    }
    const char = ESCAPES[one ?? ""];
    if (char === undefined) valid = false;
    return char ?? "";
  });
  return valid ? text : undefined;
}
