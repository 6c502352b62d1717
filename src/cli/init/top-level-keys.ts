/** The fields of an object literal. */
export interface TopLevelKeys {
  /** By name: the offset of the value; `undefined` for a shorthand or a method. */
  readonly keys: ReadonlyMap<string, number | undefined>;
  /** Whether it contains a spread, whose fields nobody knows. */
  readonly hasSpread: boolean;
}

const CLOSERS: Readonly<Record<string, string>> = { "{": "}", "[": "]", "(": ")" };

/**
 * Finds the fields of an object literal of JavaScript or TypeScript. Returns `undefined` for code that takes a parser to
 * read: a regular expression, a template with a value in it, or brackets that do not match.
 *
 * @param start offset of the opening brace
 */
export function topLevelKeys(code: string, start: number): TopLevelKeys | undefined {
  const keys = new Map<string, number | undefined>();
  let hasSpread = false;
  const open: string[] = [];
  let atField = false;
  for (let at = start; at < code.length; ) {
    const char = code[at] as string;
    const gap = gapAt(code, at);
    if (gap === undefined) return undefined;
    if (gap > at) {
      at = gap;
      continue;
    }
    if (atField && open.length === 1 && char !== "}" && char !== ",") {
      const field = fieldAt(code, at);
      if (field === undefined) return undefined;
      if (field.name === "...") hasSpread = true;
      else keys.set(field.name, field.value);
      at = field.end;
      atField = false;
      continue;
    }
    if (char in CLOSERS) {
      open.push(CLOSERS[char] as string);
      if (open.length === 1) atField = true;
      at += 1;
    } else if (char === "}" || char === "]" || char === ")") {
      if (open.pop() !== char) return undefined;
      if (open.length === 0) return { keys, hasSpread };
      at += 1;
    } else if (char === '"' || char === "'" || char === "`") {
      const end = endOfText(code, at);
      if (end === undefined) return undefined;
      at = end;
    } else {
      if (char === "," && open.length === 1) atField = true;
      at += 1;
    }
  }
  return undefined;
}

/** Returns the offset after white space and comments; `undefined` for a slash that begins something else. */
function gapAt(code: string, at: number): number | undefined {
  const gap = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  gap.lastIndex = at;
  gap.exec(code);
  return code[gap.lastIndex] === "/" ? undefined : gap.lastIndex;
}

function fieldAt(
  code: string,
  at: number,
): { readonly name: string; readonly value: number | undefined; readonly end: number } | undefined {
  const field = /(\.\.\.)|(?:async\s+)?(?:([\w$]+)|'([^'\\\n]*)'|"([^"\\\n]*)")\s*(:|(?=[,}(]))/y;
  field.lastIndex = at;
  const match = field.exec(code);
  if (match === null) return undefined;
  const [, spread, ...rest] = match;
  const end = field.lastIndex;
  const colon = rest.at(-1) === ":";
  return {
    name: spread ?? rest.slice(0, 3).find((name) => name !== undefined) ?? "",
    value: colon ? end : undefined,
    end,
  };
}

/** Returns the offset after a string or a template; `undefined` if it does not end, or holds an expression. */
function endOfText(code: string, at: number): number | undefined {
  const text = /(["'])(?:\\[\s\S]|(?!\1)[^\\\n])*\1|`(?:\\[\s\S]|(?!\$\{)[^\\`])*`/y;
  text.lastIndex = at;
  return text.exec(code) === null ? undefined : text.lastIndex;
}
