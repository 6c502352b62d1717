/**
 * The tree between the text of a tape and its model. All fields are checked on it in one place, and every
 * error knows its place in the text.
 */

export interface ScalarNode {
  readonly kind: "scalar";
  /** Offset in the text of the file. */
  readonly at: number;
  /** Offset after it, if `readYaml` read it. */
  readonly end?: number;
  readonly text: string;
  /** `true` if it has no quotes: then `12` is a number and `true` is a boolean. */
  readonly plain: boolean;
}

export interface MapEntry {
  readonly key: string;
  /** Offset of the key. */
  readonly at: number;
  readonly value: TapeNode;
}

export interface MapNode {
  readonly kind: "map";
  readonly at: number;
  readonly end?: number;
  readonly entries: readonly MapEntry[];
}

export interface ListNode {
  readonly kind: "list";
  readonly at: number;
  readonly end?: number;
  readonly items: readonly TapeNode[];
  /** The same as `items`, if these are numbers and the reader knows. */
  readonly numbers?: readonly number[];
}

export type TapeNode = ScalarNode | MapNode | ListNode;

/** A value of a list or mapping, and the step that leads to it. */
export interface NodePart {
  readonly step: string | number;
  /** Offset of its key, or else its own. */
  readonly at: number;
  readonly node: TapeNode;
}

export function partsOf(node: TapeNode): readonly NodePart[] {
  switch (node.kind) {
    case "scalar":
      return [];
    case "list":
      return node.items.map((item, step) => ({ step, at: item.at, node: item }));
    case "map":
      return node.entries.map(({ key, at, value }) => ({ step: key, at, node: value }));
  }
}

/** The type of a scalar without quotes, by the core schema of YAML 1.2. */
export type PlainType = "null" | "boolean" | "number" | "string";

const NULLS: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);
const BOOLEANS: ReadonlySet<string> = new Set(["true", "True", "TRUE", "false", "False", "FALSE"]);
const INTEGER = /^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;

export function plainType(text: string): PlainType {
  if (NULLS.has(text)) return "null";
  if (BOOLEANS.has(text)) return "boolean";
  if (INTEGER.test(text) || FLOAT.test(text) || NOT_FINITE.test(text)) return "number";
  return "string";
}

export function isInteger(text: string): boolean {
  return INTEGER.test(text);
}

/** Returns the value of a plain scalar of type `number`; infinite or `NaN` if it is written so or is too large. */
export function plainNumber(text: string): number {
  if (NOT_FINITE.test(text)) {
    return text.toLowerCase() === ".nan" ? Number.NaN : text.startsWith("-") ? -Infinity : Infinity;
  }
  return Number(text);
}

/** Whether a value is missing: `key:` with nothing after it, `~` or `null`. */
export function isNull(node: TapeNode): boolean {
  return node.kind === "scalar" && node.plain && NULLS.has(node.text);
}

/** Describes what was found, for a message. */
export function describeNode(node: TapeNode): string {
  switch (node.kind) {
    case "map":
      return "a mapping";
    case "list":
      return "a list";
    case "scalar": {
      if (isNull(node)) return "no value";
      const text = node.text.length > 40 ? `${node.text.slice(0, 37)}...` : node.text;
      const type = node.plain ? plainType(node.text) : "string";
      return type === "string" ? `the text ${JSON.stringify(text)}` : `the ${type} ${text}`;
    }
  }
}
