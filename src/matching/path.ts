/** A path as users and profiles write it: `messages[*].id`, `**.trace_id`, `query.alt`. */
export type MatchPath = string;

/** One step of a parsed path. */
export type PathStep =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "element"; readonly index: number }
  | { readonly kind: "any-field" }
  | { readonly kind: "any-element" }
  | { readonly kind: "any-depth" };

/** The part of a request that a path is into. */
export type PathPart = "body" | "query" | "headers";

export interface ParsedPath {
  readonly part: PathPart;
  /** Empty: the whole part. */
  readonly steps: readonly PathStep[];
}

const STEP = /\[(\d+)\]|\[\*\]|\[("(?:[^"\\]|\\.)*")\]|(\.?)(\*\*|\*|[^.[\]*"\s]+)/y;

/**
 * Reads the steps of a path into one part of a request.
 *
 * @throws SyntaxError where the text is not a path, naming the place.
 */
export function parseSteps(text: string): readonly PathStep[] {
  const other = otherNotation(text);
  if (other !== undefined) throw new SyntaxError(`"${text}" is not a path: ${other}`);
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(text);
    // A dot stands between two steps, and only there.
    if (match === null || (match[4] !== undefined && (match[3] === ".") !== at > 0)) {
      throw new SyntaxError(`"${text}" is not a path: it cannot be read from "${text.slice(at)}" on`);
    }
    steps.push(step(match));
  }
  if (steps.length === 0) throw new SyntaxError("An empty text is not a path");
  return steps;
}

/** Paths of other tools would be taken for odd names of fields, and lead nowhere. */
function otherNotation(text: string): string | undefined {
  if (/^\$(?:[.[]|$)/.test(text)) return "it begins with a field, without $";
  if (text.startsWith("/")) return "steps are parted by dots, as in messages[*].id";
  const [, index] = /(?:^|\.)(\d+)(?=[.[]|$)/.exec(text.replace(QUOTED, '[""]')) ?? [];
  return index && `an element is written [${index}], and a field of that name ["${index}"]`;
}

const QUOTED = /\["(?:[^"\\]|\\.)*"\]/g;

function step(match: RegExpExecArray): PathStep {
  const [whole, index, quoted, , word] = match;
  if (index !== undefined) return { kind: "element", index: Number(index) };
  if (quoted !== undefined) return { kind: "field", name: unquote(quoted) };
  if (whole === "[*]") return { kind: "any-element" };
  if (word === "**") return { kind: "any-depth" };
  if (word === "*") return { kind: "any-field" };
  return { kind: "field", name: word as string };
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch (cause) {
    throw new SyntaxError(`${quoted} is not a name in a path: escapes are those of JSON`, { cause });
  }
}

/**
 * Reads a path as users write it: into the body, unless it begins with `query` or `headers`.
 *
 * @throws SyntaxError where the text is not a path, naming the place.
 */
export function parsePath(text: string): ParsedPath {
  const steps = parseSteps(text);
  const [first, ...rest] = steps;
  if (first?.kind === "field" && /^(body|query|headers)(?![^.[])/.test(text)) {
    return { part: first.name as PathPart, steps: rest };
  }
  return { part: "body", steps };
}

const PLAIN_NAME = /^(?!\d+$|\/|\$$)[^.[\]*"\s]+$/;

/** Writes one more step behind a path, so that `parsePath` reads it back. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!PLAIN_NAME.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
