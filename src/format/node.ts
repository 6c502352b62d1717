/**
 * A tape between its text and its model: a small tree that both readers make, so that what a field may
 * hold is checked in one place and every complaint knows where in the text it belongs.
 */

export interface ScalarNode {
  readonly kind: "scalar";
  /** Offset in the text of the file. */
  readonly at: number;
  /** Offset after it, if `readYaml` read it. */
  readonly end?: number;
  readonly text: string;
  /** `true` where it stood without quotes: then `12` is a number and `true` is not a word. */
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
}

export type TapeNode = ScalarNode | MapNode | ListNode;

/** What a scalar without quotes stands for, by the core schema of YAML 1.2. */
export type PlainType = "null" | "boolean" | "number" | "string";

const INTEGER = /^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;

export function plainType(text: string): PlainType {
  switch (text) {
    case "":
    case "~":
    case "null":
    case "Null":
    case "NULL":
      return "null";
    case "true":
    case "True":
    case "TRUE":
    case "false":
    case "False":
    case "FALSE":
      return "boolean";
  }
  if (INTEGER.test(text) || FLOAT.test(text) || NOT_FINITE.test(text)) return "number";
  return "string";
}

export function isInteger(text: string): boolean {
  return INTEGER.test(text);
}

/** The value of a plain scalar of type `number`; infinite or `NaN` where it was written so or is too large. */
export function plainNumber(text: string): number {
  if (NOT_FINITE.test(text)) {
    return text.toLowerCase() === ".nan" ? Number.NaN : text.startsWith("-") ? -Infinity : Infinity;
  }
  return Number(text);
}

/** `true` for a value that was left out: `key:` with nothing behind it, `~` or `null`. */
export function isNull(node: TapeNode): boolean {
  return node.kind === "scalar" && node.plain && plainType(node.text) === "null";
}

/** What was found, in the words of a message. */
export function describeNode(node: TapeNode): string {
  switch (node.kind) {
    case "map":
      return "a mapping";
    case "list":
      return "a list";
    case "scalar": {
      if (isNull(node)) return "nothing";
      const text = node.text.length > 40 ? `${node.text.slice(0, 37)}...` : node.text;
      const type = node.plain ? plainType(node.text) : "string";
      return type === "string" ? `the text ${JSON.stringify(text)}` : `the ${type} ${text}`;
    }
  }
}
