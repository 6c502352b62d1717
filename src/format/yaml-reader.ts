import { createRequire } from "node:module";
import type { Node as YamlNode } from "yaml";
import type { MapEntry, TapeNode } from "./node.ts";

/** What `yaml` found wrong, at an offset of the text that it was given. */
export class YamlError extends Error {
  override readonly name = "YamlError";
  readonly offset: number;

  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
  }
}

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
    const message = problem.code === "MULTIPLE_DOCS" ? "holds more than one document" : problem.message;
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
      throw new YamlError(`a tape has no tags (${node.tag})`, at);
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
const MAX_LEXEMES = 1_000_000;
const MAX_NESTING = 200;

/**
 * Looks through the lexemes before anything is built from them: a few megabytes of brackets would take
 * gigabytes of memory, and nested text overflows the stack.
 */
function refuseBombs(text: string, base: number): void {
  const { Lexer } = loadYaml();
  let offset = base;
  let count = 0;
  let depth = 0;
  /** Collections begun on the current line: `- - - a`. */
  let begun = 0;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > MAX_LEXEMES) throw new YamlError("it has too many parts for a tape edited by hand", offset);
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
      throw new YamlError("it is nested too deeply", offset);
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
