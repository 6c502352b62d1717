/**
 * A path as users and profiles write it: `messages[*].id`, `**.trace_id`, `query.alt`, `["odd name"]`.
 *
 * | step | leads to |
 * |---|---|
 * | `name` or `["name"]` | that field |
 * | `[2]` | that element |
 * | `*` | any one field |
 * | `[*]` | any one element |
 * | `**` | any number of fields and elements, also none |
 *
 * A dot separates two steps; brackets need none. This is the one path syntax of the package: `match.ignore`,
 * `redact.allow`, provider profiles and the paths that messages print all use it.
 */
export type MatchPath = string;

/** One step of a parsed path. */
export type PathStep =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "element"; readonly index: number }
  | { readonly kind: "any-field" }
  | { readonly kind: "any-element" }
  | { readonly kind: "any-depth" };

/** The part of a request that a path leads into. */
export type PathPart = "body" | "query" | "headers";

export interface ParsedPath {
  readonly part: PathPart;
  /** Empty for the whole part. */
  readonly steps: readonly PathStep[];
}

const STEP = /\[(\d+)\]|\[\*\]|\[("(?:[^"\\]|\\.)*")\]|(\.?)(\*\*|\*|[^.[\]*"\s]+)/y;

/**
 * Parses a path into its steps.
 *
 * @throws SyntaxError if the text is not a path; the message names the place
 */
export function parseSteps(text: string): readonly PathStep[] {
  const mistake = otherSyntax(text);
  if (mistake !== undefined) throw new SyntaxError(`"${text}" is not a valid path: ${mistake}`);
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(text);
    // A dot is valid only between two steps.
    if (match === null || (match[4] !== undefined && (match[3] === ".") !== at > 0)) {
      throw new SyntaxError(`"${text}" is not a valid path: syntax error at "${text.slice(at)}"`);
    }
    steps.push(step(match));
  }
  if (steps.length === 0) throw new SyntaxError("An empty text is not a valid path");
  return steps;
}

/** Recognizes JSONPath, JSON Pointer and lodash paths, which would otherwise read as odd field names. */
function otherSyntax(text: string): string | undefined {
  if (/^\$(?:[.[]|$)/.test(text)) return "start with a field, without $";
  if (text.startsWith("/")) return "separate steps with dots, as in messages[*].id";
  const [, index] = /(?:^|\.)(\d+)(?=[.[]|$)/.exec(text.replace(QUOTED, '[""]')) ?? [];
  return index && `write [${index}] for an element, or ["${index}"] for a field of that name`;
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
    throw new SyntaxError(`${quoted} is not a valid name in a path: use the escapes of JSON`, { cause });
  }
}

/**
 * Parses a path of `match.ignore`: it leads into the body, unless it starts with `query` or `headers`.
 *
 * @throws SyntaxError if the text is not a path; the message names the place
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

/** Appends one step to a path, so that `parsePath` reads it back. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!PLAIN_NAME.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
