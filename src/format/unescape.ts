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

/** The text that stood between double quotes on one line; `undefined` where an escape is not one of YAML's. */
export function unescapeDouble(raw: string): string | undefined {
  if (!raw.includes("\\")) return raw;
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
