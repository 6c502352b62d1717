/**
 * A JSON number that a double cannot hold, kept by value: `12345678901234567890` and `12345678901234567891` are
 * still two numbers.
 */
export class ExactNumber {
  /** Digits without leading or trailing zeros, and a power of ten: `-15e3`. */
  readonly value: string;
  readonly #source: string;

  constructor(value: string, source: string) {
    this.value = value;
    this.#source = source;
  }

  toJSON(): { readonly number: string } {
    return { number: this.value };
  }

  /** The number as it was written. */
  toString(): string {
    return this.#source;
  }
}

/** May not fit into a double: 16 digits or more, or an exponent of three digits. */
const LARGE_NUMBER = /\d[\d.]{15}|\d[eE][+-]?\d{3}/;
/** The shortest one: `1e400`. */
const SHORTEST = 5;

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/**
 * Parses JSON without losing the value of any number.
 *
 * @throws SyntaxError if the text is not JSON
 */
export function parseJson(text: string): unknown {
  return hasLargeNumber(text) ? JSON.parse(text, keepNumbers as Reviver) : JSON.parse(text);
}

/** Strings after which the text is searched as a whole. If there are that many, they are short. */
const MANY_STRINGS = 2000;

/** Whether there may be a large number outside the strings of JSON: in long ones, such as images, much looks like one. */
function hasLargeNumber(json: string): boolean {
  let at = 0;
  for (let strings = 0; ; strings++) {
    if (strings === MANY_STRINGS && !LARGE_NUMBER.test(json.slice(at))) return false;
    const open = json.indexOf('"', at);
    const end = open === -1 ? json.length : open;
    if (end - at >= SHORTEST && LARGE_NUMBER.test(json.slice(at, end))) return true;
    if (open === -1) return false;
    at = endOfString(json, open);
  }
}

/** Returns where the string that begins at `open` ends; the end of the text if it never does. */
function endOfString(json: string, open: number): number {
  for (let at = open; ; ) {
    at = json.indexOf('"', at + 1);
    if (at === -1) return json.length;
    let first = at;
    while (json[first - 1] === "\\") first--;
    if ((at - first) % 2 === 0) return at + 1;
  }
}

const keepNumbers: Reviver = (_key, value, context) => {
  if (typeof value !== "number" || context?.source === undefined) return value;
  const exact = normalizeNumber(context.source);
  return exact === normalizeNumber(String(value)) ? value : new ExactNumber(exact, context.source);
};

function normalizeNumber(source: string): string {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
