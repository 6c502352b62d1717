import { createRequire } from "node:module";
import type { Node as YamlNode } from "yaml";
import type { MapEntry, TapeNode } from "./node.ts";

/** What is wrong with a text as YAML, at an offset of the file. */
export class YamlError extends Error {
  override readonly name = "YamlError";
  readonly offset: number;
  /** More than is taken in, whatever it is. */
  readonly tooLarge: boolean;

  constructor(message: string, offset: number, options?: ErrorOptions & { readonly tooLarge?: boolean }) {
    super(message, options);
    this.offset = offset;
    this.tooLarge = options?.tooLarge ?? false;
  }
}

const TOO_DEEP = "it is nested too deeply";
/** In place of those of `yaml`, by its codes. */
const MESSAGES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "a second document begins (---), and a tape is one document",
  RESOURCE_EXHAUSTION: TOO_DEEP,
};

/**
 * Loading `yaml` takes 20 ms, and Vitest would load it anew in every test file. Tapes that nobody edited in
 * an unusual way do not need it, so it is loaded when one does.
 */
const loadYaml = (): typeof import("yaml") => {
  yaml ??= createRequire(import.meta.url)("yaml") as typeof import("yaml");
  return yaml;
};
let yaml: typeof import("yaml") | undefined;

/**
 * Reads any YAML 1.2 document that holds only mappings, lists and scalars. Offsets of the nodes are those in
 * `text` plus `base`.
 *
 * @throws YamlError where it is not YAML or holds an anchor, an alias, a tag or a directive.
 */
export function readYaml(text: string, base = 0): TapeNode {
  refuseBombs(text, base);
  const { parseDocument, isScalar, isMap, isSeq, isAlias } = loadYaml();
  const document = parseDocument(text, {
    // Every scalar stays the text that it is: what a number is, is decided in one place for both readers.
    schema: "failsafe",
    prettyErrors: false,
    // A lower one hides that there is a second document.
    logLevel: "error",
    // Quadratic in `yaml`; fields are checked for it where they are read.
    uniqueKeys: false,
  });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const message = MESSAGES[problem.code] ?? firstLine(problem.message);
    throw new YamlError(message, problem.pos[0] + base, { cause: problem });
  }

  const convert = (node: YamlNode | null): TapeNode => {
    if (node === null) return { kind: "scalar", at: base, text: "", plain: true };
    const at = (node.range?.[0] ?? 0) + base;
    if (isAlias(node))
      throw new YamlError(`a tape has no aliases (*${node.source}): write the value itself`, at);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      throw new YamlError(`a tape has no anchors (&${node.anchor}): write the value where it is used`, at);
    }
    if (node.tag !== undefined && node.tag !== null) {
      throw new YamlError(`a tape has no tags (${node.tag.replace("tag:yaml.org,2002:", "!!")})`, at);
    }
    if (isScalar(node)) {
      const plain = node.type === "PLAIN" || node.type === undefined;
      return {
        kind: "scalar",
        at,
        text: typeof node.value === "string" ? node.value : (node.source ?? ""),
        plain,
      };
    }
    if (isSeq(node))
      return { kind: "list", at, items: node.items.map((item) => convert(item as YamlNode | null)) };
    if (isMap(node)) {
      const entries = node.items.map((pair): MapEntry => {
        const key = convert(pair.key as YamlNode | null);
        if (key.kind !== "scalar") throw new YamlError("a key has to be text", key.at);
        return { key: key.text, at: key.at, value: convert(pair.value as YamlNode | null) };
      });
      return { kind: "map", at, entries };
    }
    throw new YamlError("a tape holds mappings, lists and scalars only", at);
  };
  return convert(document.contents as YamlNode | null);
}

/** Far beyond any tape, and half a second of work. */
const MAX_LEXEMES = 500_000;
/** Of texts in quotes, which `yaml` puts together letter by letter. */
const MAX_QUOTED = 8 * 1024 * 1024;
const MAX_NESTING = 200;

/**
 * Looks through the lexemes before anything is built from them: a few megabytes of brackets would take
 * gigabytes of memory, and nested text overflows the stack.
 */
function refuseBombs(text: string, base: number): void {
  const { Lexer } = loadYaml();
  let offset = base;
  let count = 0;
  let quoted = 0;
  let depth = 0;
  /** Collections begun on the current line: `- - - a`. */
  let begun = 0;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > MAX_LEXEMES) {
      throw new YamlError(`it has more than ${MAX_LEXEMES} brackets, words and marks`, offset, {
        tooLarge: true,
      });
    }
    if (lexeme.startsWith('"')) quoted += lexeme.length;
    if (quoted > MAX_QUOTED) {
      throw new YamlError(`it has more than ${MAX_QUOTED} characters in double quotes`, offset, {
        tooLarge: true,
      });
    }
    switch (lexeme) {
      case "[":
      case "{":
        depth += 1;
        break;
      case "]":
      case "}":
        depth -= 1;
        break;
      case "-":
      case "?":
      case ":":
        begun += 1;
        break;
      case "\n":
      case "\r\n":
        begun = 0;
        break;
    }
    if (depth > MAX_NESTING || (begun > MAX_NESTING && depth === 0)) {
      throw new YamlError(TOO_DEEP, offset);
    }
    if (lexeme.startsWith("%") && isLineStart(text, offset - base)) {
      throw new YamlError("a tape has no directives (lines that begin with %)", offset);
    }
    if (!MARKERS.has(lexeme)) offset += lexeme.length;
  }
}

/** What the lexer of `yaml` puts between the lexemes: no characters of the text. */
const MARKERS: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);

function isLineStart(text: string, offset: number): boolean {
  return offset === 0 || text[offset - 1] === "\n";
}

/** Messages of `yaml` quote what they are about, which may be megabytes. */
function firstLine(message: string): string {
  const line = message.split("\n", 1)[0] ?? "";
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
