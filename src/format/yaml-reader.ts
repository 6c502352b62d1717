import { createRequire } from "node:module";
import type { Document, Node as YamlNode } from "yaml";
import type { MapEntry, TapeNode } from "./node.ts";
import { YamlError } from "./yaml-error.ts";

const TOO_DEEP = "it is nested too deeply";
const SECOND_DOCUMENT = "a second document begins (---), and a cassette is one document";
/** Replaces messages of `yaml`, by their codes. */
const MESSAGES: Readonly<Record<string, string>> = { RESOURCE_EXHAUSTION: TOO_DEEP };

/** Says what to check, below a message of `yaml`, by its code. */
const HINTS: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: ": check the indentation, and put a text with a colon in quotes",
};

/** Loads `yaml` when a tape first needs it: that takes 20 ms, and Vitest would load it again in every test file. */
const loadYaml = (): typeof import("yaml") => {
  yaml ??= createRequire(import.meta.url)("yaml") as typeof import("yaml");
  return yaml;
};
let yaml: typeof import("yaml") | undefined;

/**
 * Reads any YAML 1.2 document that holds only mappings, lists and scalars. Offsets of the nodes are those in
 * `text` plus `base`.
 *
 * @throws YamlError if it is not YAML, or holds an anchor, an alias, a tag or a directive.
 */
export function readYaml(text: string, base = 0): TapeNode {
  const document = composeDocument(text, base);
  const problem = document.errors[0];
  if (problem !== undefined) {
    const message = MESSAGES[problem.code] ?? firstLine(problem.message);
    throw new YamlError(`${message}${HINTS[problem.code] ?? ""}`, problem.pos[0] + base);
  }
  const { isScalar, isMap, isSeq, isAlias } = loadYaml();

  const convert = (node: YamlNode | null): TapeNode => {
    if (node === null) return { kind: "scalar", at: base, end: base, text: "", plain: true };
    const at = (node.range?.[0] ?? 0) + base;
    const end = (node.range?.[1] ?? 0) + base;
    if (isAlias(node))
      throw new YamlError(`a cassette has no aliases (*${node.source}): write the value itself`, at);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      throw new YamlError(
        `a cassette has no anchors (&${node.anchor}): write the value where it is used`,
        at,
      );
    }
    if (node.tag !== undefined && node.tag !== null) {
      throw new YamlError(`a cassette has no tags (${node.tag.replace("tag:yaml.org,2002:", "!!")})`, at);
    }
    if (isScalar(node)) {
      const plain = node.type === "PLAIN" || node.type === undefined;
      const value = typeof node.value === "string" ? node.value : (node.source ?? "");
      return { kind: "scalar", at, end, text: value, plain };
    }
    if (isSeq(node)) {
      return { kind: "list", at, end, items: node.items.map((item) => convert(item as YamlNode | null)) };
    }
    if (isMap(node)) {
      const entries = node.items.map((pair): MapEntry => {
        const key = convert(pair.key as YamlNode | null);
        if (key.kind !== "scalar") throw new YamlError("a key has to be text", key.at);
        return { key: key.text, at: key.at, value: convert(pair.value as YamlNode | null) };
      });
      return { kind: "map", at, end, entries };
    }
    throw new YamlError("a cassette holds mappings, lists and scalars only", at);
  };
  return convert(document.contents as YamlNode | null);
}

/** Returns `undefined` for what `readYaml` refuses. */
export function tryYaml(text: string, base = 0): TapeNode | undefined {
  try {
    return readYaml(text, base);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** Whether somebody wrote a comment in a piece of valid YAML. A number sign in a text is none. */
export function hasComments(text: string): boolean {
  const { Lexer, CST } = loadYaml();
  for (const lexeme of new Lexer().lex(text)) if (CST.tokenType(lexeme) === "comment") return true;
  return false;
}

/** Does what `parseDocument` of `yaml` does, with a guard between its lexer and its parser. */
function composeDocument(text: string, base: number): Document {
  const { Composer, Lexer, Parser } = loadYaml();
  const composer = new Composer({
    // Keeps every scalar as text: one place decides what is a number, for both readers.
    schema: "failsafe",
    prettyErrors: false,
    logLevel: "error",
    // Quadratic in `yaml`; the readers of fields check it.
    uniqueKeys: false,
  });
  const parser = new Parser();
  const guard = new BombGuard(text, base);
  const tokens = function* () {
    for (const lexeme of new Lexer().lex(text)) {
      guard.check(lexeme);
      yield* parser.next(lexeme);
    }
    yield* parser.end();
  };
  let first: Document | undefined;
  for (const document of composer.compose(tokens(), true, text.length)) {
    if (first !== undefined) {
      if (first.errors.length > 0) break;
      throw new YamlError(SECOND_DOCUMENT, document.range[0] + base);
    }
    first = document as Document;
  }
  return first as Document;
}

/** Far beyond any tape, and half a second of work. */
const MAX_LEXEMES = 500_000;
/** Of texts in quotes, which `yaml` puts together letter by letter. */
const MAX_QUOTED = 8 * 1024 * 1024;
const MAX_NESTING = 200;

/**
 * Refuses what would take gigabytes of memory or overflow the stack, before anything is built from it: a few
 * megabytes of brackets can do either.
 */
class BombGuard {
  readonly #text: string;
  readonly #base: number;
  #offset = 0;
  #count = 0;
  #quoted = 0;
  #depth = 0;
  /** Collections that began on the current line: `- - - a`. */
  #begun = 0;

  constructor(text: string, base: number) {
    this.#text = text;
    this.#base = base;
  }

  check(lexeme: string): void {
    this.#count += 1;
    if (this.#count > MAX_LEXEMES) {
      throw this.#error(`it has more than ${MAX_LEXEMES} brackets, words and marks`, true);
    }
    if (lexeme.startsWith('"')) this.#quoted += lexeme.length;
    if (this.#quoted > MAX_QUOTED) {
      throw this.#error(`it has more than ${MAX_QUOTED} characters in double quotes`, true);
    }
    switch (lexeme) {
      case "[":
      case "{":
        this.#depth += 1;
        break;
      case "]":
      case "}":
        this.#depth -= 1;
        break;
      case "-":
      case "?":
      case ":":
        this.#begun += 1;
        break;
      case "\n":
      case "\r\n":
        this.#begun = 0;
        break;
    }
    if (this.#depth > MAX_NESTING || (this.#begun > MAX_NESTING && this.#depth === 0)) {
      throw this.#error(TOO_DEEP);
    }
    if (lexeme.startsWith("%") && (this.#offset === 0 || this.#text[this.#offset - 1] === "\n")) {
      throw this.#error("a cassette has no directives (lines that begin with %)");
    }
    if (!MARKERS.has(lexeme)) this.#offset += lexeme.length;
  }

  #error(message: string, tooLarge = false): YamlError {
    return new YamlError(message, this.#offset + this.#base, { tooLarge });
  }
}

/** Lexemes of `yaml` that are no characters of the text. */
const MARKERS: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);

/** Messages of `yaml` quote the text, which may be megabytes. */
function firstLine(message: string): string {
  const line = message.split("\n", 1)[0] ?? "";
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
