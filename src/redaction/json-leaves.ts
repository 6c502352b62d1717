/** An object or array that is being read. Its `marks` and `ids` grow as its fields are met. */
export interface Container {
  readonly parent: Container | undefined;
  readonly array: boolean;
  /** The field of its parent that it is, and its position where that is an array; -1 elsewhere. */
  readonly field: string;
  readonly position: number;
  /** The name under which it stands; that of the nearest named ancestor where it is in an array. */
  readonly name: string;
  readonly path: PathNode;
  /** Numbers and types among its fields that tell one stream of pieces from another: `index`, `type`. */
  marks: string;
  /** Names among its fields that do so too: `id`, `toolCallId`. */
  ids: string;
  /** `name` or `key` of a `{ name, value }` pair. */
  label: string;
  /** A `token` in here is a piece of text with its probability. */
  hasProbability: boolean;
  /** Elements met so far. */
  count: number;
  /** The field that is being read. */
  key: string;
}

/** A place in JSON values without the positions in arrays, each existing once for all events of a document. */
export interface PathNode {
  readonly id: number;
  readonly parent: PathNode | undefined;
  readonly key: string;
  readonly children: Map<string, PathNode>;
}

export interface JsonLeaf {
  readonly kind: "string" | "key" | "scalar";
  /** Where the content begins and ends, without quotes. */
  readonly start: number;
  readonly end: number;
  readonly escaped: boolean;
  readonly container: Container | undefined;
  readonly path: PathNode;
  /** The name under which the leaf stands; that of its array where it is in one. */
  readonly name: string;
  /** Position in its array, or -1. */
  readonly position: number;
}

/** Makes paths. */
export class PathTree {
  #count = 0;
  readonly root: PathNode = this.#node(undefined, "");

  child(parent: PathNode, key: string): PathNode {
    let node = parent.children.get(key);
    if (node === undefined) {
      node = this.#node(parent, key);
      // Keys that are data (ids as names) must not fill the memory.
      if (parent.children.size < 1000) parent.children.set(key, node);
    }
    return node;
  }

  #node(parent: PathNode | undefined, key: string): PathNode {
    return { id: this.#count++, parent, key, children: new Map() };
  }
}

const INDEX_NAME = /index$/i;
const TYPE_NAME = /^(?:type|event_type)$/;
const ID_NAME = /^(?:id|item_id|call_id|tool_call_id|toolCallId|toolUseId|jsonPath)$/;
const LABEL_NAME = /^(?:name|key|jsonPath|header)$/;
const MAX_DEPTH = 500;

/**
 * Every string, object key and field value of the JSON in `text`, with its place. Whatever is between JSON
 * values is passed over and nothing is required of them: what is read may be cut anywhere, several values
 * in a row, or only look like JSON. `event` is called at the end of each value of the outermost level (of an
 * outermost array: each element), with its leaves.
 */
export function readJson(
  text: string,
  tree: PathTree,
  base: PathNode,
  event: (leaves: readonly JsonLeaf[]) => void,
): void {
  let leaves: JsonLeaf[] = [];
  let container: Container | undefined;
  let depth = 0;
  let at = 0;
  let expectsKey = false;
  let backslash = text.indexOf("\\");

  /** Where the string whose content begins at `start` ends, and whether it holds escapes. */
  const endOfString = (start: number): readonly [end: number, escaped: boolean] => {
    const quote = text.indexOf('"', start);
    if (backslash !== -1 && backslash < start) backslash = text.indexOf("\\", start);
    if (backslash === -1 || (quote !== -1 && quote < backslash)) {
      return [quote === -1 ? text.length : quote, false];
    }
    for (let index = backslash; index < text.length; index++) {
      const char = text.charCodeAt(index);
      if (char === 0x5c) index++;
      else if (char === 0x22) return [index, true];
    }
    return [text.length, true];
  };
  const isOutermost = (array: Container): boolean => array.parent === undefined && array.path === base;
  const flush = (): void => {
    if (leaves.length > 0) event(leaves);
    leaves = [];
  };
  const place = (): { path: PathNode; name: string; position: number } => {
    if (container === undefined) return { path: base, name: base.key, position: -1 };
    if (!container.array) {
      return { path: tree.child(container.path, container.key), name: container.key, position: -1 };
    }
    if (isOutermost(container)) return { path: base, name: container.name, position: -1 };
    return { path: tree.child(container.path, "[]"), name: container.name, position: container.count };
  };
  const open = (array: boolean): void => {
    const { path, name, position } = place();
    const parent = container;
    container = {
      parent,
      array,
      field: parent?.key ?? "",
      position,
      name,
      path,
      marks: "",
      ids: "",
      label: "",
      hasProbability: false,
      count: 0,
      key: "",
    };
    if (parent?.array && !isOutermost(parent)) container.marks = `[${parent.count}]`;
    depth++;
    expectsKey = !array;
  };
  const close = (): void => {
    if (container === undefined) return;
    container = container.parent;
    depth--;
    expectsKey = false;
    if (depth === 0 || (container?.array === true && isOutermost(container))) flush();
  };
  const add = (kind: JsonLeaf["kind"], start: number, end: number, escaped: boolean): void => {
    leaves.push({ kind, start, end, escaped, container, ...place() });
  };
  const note = (value: string): void => {
    if (container === undefined || container.array) return;
    const { key } = container;
    if (INDEX_NAME.test(key) || TYPE_NAME.test(key)) container.marks += `${key}=${value};`;
    else if (ID_NAME.test(key)) container.ids += `${key}=${value};`;
    if (LABEL_NAME.test(key)) container.label = value;
    if (key === "logprob" || key === "logit" || key === "probability") container.hasProbability = true;
  };

  while (at < text.length) {
    const char = text.charCodeAt(at);
    switch (char) {
      case 0x7b: // {
      case 0x5b: // [
        if (depth < MAX_DEPTH) open(char === 0x5b);
        at++;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        close();
        at++;
        break;
      case 0x2c: // ,
        if (container !== undefined) {
          if (container.array) container.count++;
          else expectsKey = true;
        }
        at++;
        break;
      case 0x22: {
        const [end, escaped] = endOfString(at + 1);
        if (container !== undefined && !container.array && expectsKey) {
          container.key = plainKey(text.slice(at + 1, end), escaped);
          expectsKey = false;
          add("key", at + 1, end, escaped);
        } else {
          add("string", at + 1, end, escaped);
          if (end - at < 200) note(text.slice(at + 1, end));
        }
        at = end + 1;
        break;
      }
      default: {
        if (!isScalar(char)) {
          at++;
          break;
        }
        const end = endOfScalar(text, at);
        if (container !== undefined && !container.array && !expectsKey) {
          add("scalar", at, end, false);
          note(text.slice(at, end));
        }
        at = end;
      }
    }
  }
  flush();
}

/** Numbers, `true`, `false`, `null`. */
function isScalar(char: number): boolean {
  return (char >= 0x30 && char <= 0x39) || char === 0x2d || (char >= 0x61 && char <= 0x7a);
}

function endOfScalar(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const char = text.charCodeAt(at);
    if (!isScalar(char) && char !== 0x2e && char !== 0x2b && char !== 0x45) break;
    at++;
  }
  return at;
}

function plainKey(key: string, escaped: boolean): string {
  if (!escaped) return key;
  try {
    return String(JSON.parse(`"${key}"`));
  } catch {
    // Cut or no JSON: the name is what stands there.
    return key;
  }
}

/** Where `leaf` stands in its document, as in `choices[0].delta.content`; empty for the document itself. */
export function placeOf(leaf: JsonLeaf): string {
  let place = leaf.position < 0 ? fieldStep(leaf.container, leaf.name) : `[${leaf.position}]`;
  for (let at = leaf.container; at !== undefined; at = at.parent) {
    place = (at.position < 0 ? fieldStep(at.parent, at.field) : `[${at.position}]`) + place;
  }
  return place;
}

function fieldStep(container: Container | undefined, field: string | undefined): string {
  return container === undefined || container.array ? "" : `.${field}`;
}
