import { positionOf } from "./excerpt.ts";
import type { TapeNode } from "./node.ts";
import type { NodePath } from "./path.ts";
import { readYaml, YamlError } from "./yaml-reader.ts";

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
  const root = tryRead(text);
  if (root === undefined) return undefined;
  return {
    pathAt: (offset) => pathTo(root, offset),
    locate(path, part = "value") {
      const found = follow(root, path);
      if (found === undefined) return undefined;
      const start = part === "key" ? found.keyAt : found.node.at;
      const end = part === "key" ? found.node.at : (found.node.end ?? found.node.at);
      return { ...positionOf(text, start), start, end };
    },
  };
}

function tryRead(text: string): TapeNode | undefined {
  try {
    return readYaml(text);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function pathTo(root: TapeNode, offset: number): NodePath {
  const path: (string | number)[] = [];
  for (let node: TapeNode | undefined = root; node !== undefined; ) {
    const part = partAt(node, offset);
    if (part !== undefined) path.push(part.step);
    node = part?.node;
  }
  return path;
}

function partAt(node: TapeNode, offset: number): { step: string | number; node: TapeNode } | undefined {
  const holds = (start: number, { end = start }: TapeNode): boolean => start <= offset && offset < end;
  switch (node.kind) {
    case "scalar":
      return undefined;
    case "list": {
      const step = node.items.findIndex((item) => holds(item.at, item));
      const item = node.items[step];
      return item && { step, node: item };
    }
    case "map": {
      const entry = node.entries.find(({ at, value }) => holds(at, value));
      return entry && { step: entry.key, node: entry.value };
    }
  }
}

function follow(root: TapeNode, path: NodePath): { node: TapeNode; keyAt: number } | undefined {
  let found = { node: root, keyAt: root.at };
  for (const step of path) {
    const { node } = found;
    switch (node.kind) {
      case "scalar":
        return undefined;
      case "list": {
        const item = node.items[step as number];
        if (item === undefined) return undefined;
        found = { node: item, keyAt: item.at };
        break;
      }
      case "map": {
        const entry = node.entries.find(({ key }) => key === step);
        if (entry === undefined) return undefined;
        found = { node: entry.value, keyAt: entry.at };
      }
    }
  }
  return found;
}
