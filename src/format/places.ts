import { positionOf } from "./excerpt.ts";
import { type NodePart, partsOf, type TapeNode } from "./node.ts";
import type { NodePath } from "./path.ts";
import { tryYaml } from "./yaml-reader.ts";

/** A part of a tape's text. */
export interface TapeRange {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Offset of its first character. */
  readonly start: number;
  /** Offset after its last character. */
  readonly end: number;
}

/** Translates between paths and offsets of one text. */
export interface TapePlaces {
  /** The path to the field that holds the character at `offset`; of a comment, the path to what surrounds it. */
  pathAt(offset: number): NodePath;
  /** The value at a path, or its key. `undefined` if the path leads nowhere. */
  locate(path: NodePath, part?: "key" | "value"): TapeRange | undefined;
}

/** Reads the text once for any number of questions. `undefined` if the text is not YAML. */
export function placesIn(text: string): TapePlaces | undefined {
  const root = tryYaml(text);
  if (root === undefined) return undefined;
  return {
    pathAt: (offset) => pathTo(root, offset),
    locate(path, part = "value") {
      const found = follow(root, path);
      if (found === undefined) return undefined;
      const { at, node } = found;
      const start = part === "key" ? at : node.at;
      const end = part === "key" ? node.at : (node.end ?? node.at);
      return { ...positionOf(text, start), start, end };
    },
  };
}

function pathTo(root: TapeNode, offset: number): NodePath {
  const path: (string | number)[] = [];
  for (let node: TapeNode | undefined = root; node !== undefined; ) {
    const part: NodePart | undefined = partsOf(node).find(
      ({ at, node: { end = at } }) => at <= offset && offset < end,
    );
    if (part !== undefined) path.push(part.step);
    node = part?.node;
  }
  return path;
}

function follow(root: TapeNode, path: NodePath): Pick<NodePart, "at" | "node"> | undefined {
  let found: Pick<NodePart, "at" | "node"> | undefined = { at: root.at, node: root };
  for (const wanted of path) {
    found = found && partsOf(found.node).find(({ step }) => step === wanted);
  }
  return found;
}
