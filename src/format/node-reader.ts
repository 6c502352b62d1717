import { didYouMean } from "../options/did-you-mean.ts";
import { excerptOf, positionOf } from "./excerpt.ts";
import {
  describeNode,
  isNull,
  type ListNode,
  type MapEntry,
  type MapNode,
  partsOf,
  plainNumber,
  plainType,
  type ScalarNode,
  type TapeNode,
} from "./node.ts";
import type { OpenBody } from "./open-body.ts";
import { type NodePath, showPath } from "./path.ts";
import { FIX_OR_RECORD, TapeError, type TapeErrorCode } from "./tape-error.ts";

/** Reads a value from a node. */
export type ReadNode<T> = (reader: NodeReader, node: TapeNode) => T;

/** The nodes of a mapping with known keys. */
export type Nodes<Key extends string> = { readonly [K in Key]?: TapeNode };

/** What the readers of fields return. */
type Values<Readers> = { [Key in keyof Readers]?: Readers[Key] extends ReadNode<infer T> ? T : never };

/** Fields in which `null` is a value. */
const KEPT_IF_NULL = new Set(["body", "input", "output", "value", "metadata", "send", "receive", "thrown"]);

export interface NodeReaderOptions {
  readonly file: string;
  readonly maxChunks: number;
  readonly openBody: OpenBody;
  /** Removes secrets from text in messages. */
  readonly redact: ((text: string) => string) | undefined;
}

/** Reads typed values from the nodes of one tape. Its errors name the place of a value that does not fit. */
export class NodeReader {
  readonly source: string;
  readonly file: string;
  /** The tree, once it is read. Errors search it for the path of their node. */
  root: TapeNode | undefined;

  readonly openBody: OpenBody;
  readonly #maxChunks: number;
  readonly #redact: (text: string) => string;
  #chunks = 0;

  constructor(source: string, { file, maxChunks, openBody, redact }: NodeReaderOptions) {
    this.source = source;
    this.file = file;
    this.openBody = openBody;
    this.#maxChunks = maxChunks;
    this.#redact = redact ?? ((text) => text);
  }

  /** Counts chunks before they are created, and throws if they are too many. */
  addChunks(count: number, body: TapeNode): void {
    this.#chunks += count;
    if (this.#chunks <= this.#maxChunks) return;
    const why = `the responses have at least ${this.#chunks} chunks, and the limit is ${this.#maxChunks}`;
    const next = "Split the test, so that each cassette holds less.";
    throw this.error(body, why, next, "CASSETTE_TAPE_TOO_LARGE");
  }

  /** Creates the error of a node, for the caller to throw. */
  error(node: TapeNode, why: string, next?: string, code?: TapeErrorCode): TapeError {
    return this.errorAt(node.at, why, { path: this.#pathOf(node), next, code });
  }

  /** Creates the error of a field by its key, for the caller to throw. */
  errorOfKey(
    node: TapeNode,
    { key, at }: MapEntry,
    why: string,
    next?: string,
    code?: TapeErrorCode,
  ): TapeError {
    return this.errorAt(at, why, { path: this.#pathOf(node, key), next, code });
  }

  errorAt(
    offset: number,
    why: string,
    more?: {
      readonly path?: string | undefined;
      readonly next?: string | undefined;
      readonly code?: TapeErrorCode | undefined;
    },
  ): TapeError {
    const place = {
      file: this.file,
      ...positionOf(this.source, offset),
      path: more?.path === undefined ? undefined : this.#redact(more.path),
      excerpt: excerptOf(this.source, offset, this.#redact),
    };
    return new TapeError(
      more?.code ?? "CASSETTE_TAPE_INVALID",
      place,
      this.#redact(why),
      more?.next ?? FIX_OR_RECORD,
    );
  }

  #unfit(node: TapeNode, what: string): TapeError {
    return this.error(node, `expected ${what}, found ${describeNode(node)}`);
  }

  map(node: TapeNode, what: string): MapNode {
    if (node.kind === "map") return node;
    throw this.#unfit(node, `${what}, a mapping`);
  }

  list(node: TapeNode, what: string): ListNode {
    if (node.kind === "list") return node;
    throw this.#unfit(node, `${what}, a list`);
  }

  /** Reads the fields of a mapping, each with its reader. Leaves out those without a value. */
  fields<Readers extends object>(node: TapeNode, what: string, readers: Readers): Values<Readers> {
    const nodes = this.nodes(node, what, Object.keys(readers));
    const values: Record<string, unknown> = {};
    for (const [key, read] of Object.entries(readers) as [string, ReadNode<unknown>][]) {
      if (nodes[key] !== undefined) values[key] = read(this, nodes[key]);
    }
    return values as Values<Readers>;
  }

  /** The nodes of a mapping's fields. Throws for unknown and duplicate ones; leaves out those without a value. */
  nodes<Key extends string>(node: TapeNode, what: string, keys: readonly Key[]): Nodes<Key> {
    const nodes: { [K in Key]?: TapeNode } = {};
    const { entries } = this.map(node, what);
    for (let index = 0; index < entries.length; index += 1) {
      const { key, at, value } = entries[index] as MapEntry;
      if (!(keys as readonly string[]).includes(key)) {
        const meant = didYouMean(key, keys);
        const hint = meant === undefined ? "" : `Did you mean ${meant}? `;
        throw this.errorAt(at, `unknown field ${JSON.stringify(key)} of ${what}`, {
          path: this.#pathOf(node, key),
          next: `${hint}Fields of ${what}: ${keys.join(", ")}.\n${FIX_OR_RECORD}`,
        });
      }
      if (entries.findIndex((entry) => entry.key === key) < index) {
        throw this.errorAt(at, `duplicate field ${JSON.stringify(key)}`, {
          path: this.#pathOf(node, key),
          next: "Remove one of the two.",
        });
      }
      if (KEPT_IF_NULL.has(key) || !isNull(value)) nodes[key as Key] = value;
    }
    return nodes;
  }

  #pathOf(node: TapeNode, key?: string): string | undefined {
    const path = this.root && pathTo(this.root, node);
    return path && showPath(key === undefined ? path : [...path, key]);
  }

  scalar(node: TapeNode, what: string): ScalarNode {
    if (node.kind === "scalar") return node;
    throw this.#unfit(node, what);
  }

  /** Reads text that is text to YAML, too. */
  text(node: TapeNode, what: string): string {
    if (node.kind === "scalar" && (!node.plain || plainType(node.text) === "string")) return node.text;
    throw this.#unfit(node, what);
  }

  /** Reads a number from `min` to `max`; an integer if `whole` is set. */
  number(node: TapeNode, what: string, min: number, max: number, whole = false): number {
    const kind = whole ? "an integer" : "a number";
    if (node.kind !== "scalar" || !node.plain || plainType(node.text) !== "number") {
      throw this.#unfit(node, `${what}, ${kind}`);
    }
    const value = plainNumber(node.text);
    if (!(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
      throw this.#unfit(node, `${what}, ${kind} from ${min} to ${max}`);
    }
    return value;
  }

  /** Reads a list of numbers, as {@link number} reads each. */
  numbers(
    node: TapeNode,
    what: string,
    each: string,
    min: number,
    max: number,
    whole = false,
  ): readonly number[] {
    const list = this.list(node, what);
    const fits = (value: number): boolean =>
      value >= min && value <= max && (!whole || Number.isInteger(value));
    if (list.numbers?.every(fits) === true) return list.numbers;
    return list.items.map((item) => this.number(item, each, min, max, whole));
  }

  boolean(node: TapeNode, what: string): boolean {
    if (node.kind === "scalar" && node.plain && plainType(node.text) === "boolean") {
      return node.text.toLowerCase() === "true";
    }
    throw this.#unfit(node, `${what}, true or false`);
  }

  word<Word extends string>(node: TapeNode, what: string, words: readonly Word[]): Word {
    if (node.kind === "scalar") {
      const word = words.find((known) => known === node.text);
      if (word !== undefined) return word;
    }
    throw this.#unfit(node, `${what}, one of ${words.join(", ")}`);
  }
}

/** Only errors need the path of a node, so it is searched for and not carried along. */
function pathTo(from: TapeNode, wanted: TapeNode): NodePath | undefined {
  if (from === wanted) return [];
  for (const { step, node } of partsOf(from)) {
    const path = pathTo(node, wanted);
    if (path !== undefined) return [step, ...path];
  }
  return undefined;
}
