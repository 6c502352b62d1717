/** The fields of an object literal. */
export interface TopLevelKeys {
  /** By name: the offset of the value; `undefined` for a shorthand or a method. */
  readonly keys: ReadonlyMap<string, number | undefined>;
  /** Whether it contains a spread, whose fields are unknown. */
  readonly hasSpread: boolean;
}

const FIELD = /^\s*(?:\.\.\.|(?:async\s+)?(?<name>[\w$]+)\s*(?<end>:|\(|$))/d;

/**
 * Finds the fields of an object literal of JavaScript or TypeScript. Returns `undefined` for code that takes a parser to
 * read: a regular expression, a template with a value in it, or brackets that do not match.
 *
 * @param start offset of the opening brace
 */
export function topLevelKeys(code: string, start: number): TopLevelKeys | undefined {
  const content = ownContent(withoutTexts(code), start);
  if (content === undefined) return undefined;
  const keys = new Map<string, number | undefined>();
  let hasSpread = false;
  for (const { 0: field, index } of content.matchAll(/[^,]*[^\s,][^,]*/g)) {
    const match = FIELD.exec(field);
    if (match === null) return undefined;
    const offset = start + 1 + index;
    const range = match.indices?.groups?.name;
    if (range === undefined) hasSpread = true;
    else {
      const name = code.slice(offset + range[0], offset + range[1]).replaceAll(/['"]/g, "");
      keys.set(name, match.groups?.end === ":" ? offset + match[0].length : undefined);
    }
  }
  return { keys, hasSpread };
}

/** Comments, strings, and templates without values. */
const TEXT =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(["'])(?:\\[\s\S]|(?!\1)[^\\\n])*\1|`(?:\\[\s\S]|(?!\$\{)[^\\`])*`/g;

/** Replaces each comment by spaces, and each string by a name of the same length. */
function withoutTexts(code: string): string {
  return code.replace(TEXT, (text) => (text.startsWith("/") ? " " : "_").repeat(text.length));
}

/** Returns what is in a pair of brackets, with spaces for what is in the brackets inside. */
function ownContent(code: string, start: number): string | undefined {
  const open: string[] = [];
  let content = "";
  for (let at = start; at < code.length; at += 1) {
    const char = code[at] as string;
    // A regular expression, or a text that does not end.
    if (/["'`/]/.test(char)) return undefined;
    if (open.length > 0) content += open.length === 1 ? char : " ";
    const closer = { "{": "}", "[": "]", "(": ")" }[char];
    if (closer !== undefined) open.push(closer);
    else if (/[}\])]/.test(char) && open.pop() !== char) return undefined;
    if (open.length === 0) return content.slice(0, -1);
  }
  return undefined;
}
