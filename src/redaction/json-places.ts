/** A place in JSON values without the positions in arrays, each existing once for all events of a document. */
export interface PathNode {
  readonly id: number;
  children: Map<string, PathNode> | undefined;
}

/** Keys that are data (ids as names) must not fill the memory. */
const MAX_REMEMBERED = 1000;

/** The places in the JSON values of one document, and what their names say. */
export class JsonPlaces {
  #count = 0;
  readonly root: PathNode = this.#node();
  readonly #roles = new Map<string, FieldRole>();

  child(parent: PathNode, key: string): PathNode {
    const known = parent.children?.get(key);
    if (known !== undefined) return known;
    const node = this.#node();
    parent.children ??= new Map();
    if (parent.children.size < MAX_REMEMBERED) parent.children.set(key, node);
    return node;
  }

  roleOf(name: string): FieldRole {
    const known = this.#roles.get(name);
    if (known !== undefined) return known;
    const role = roleOf(name);
    if (this.#roles.size < MAX_REMEMBERED) this.#roles.set(name, role);
    return role;
  }

  #node(): PathNode {
    return { id: this.#count++, children: undefined };
  }
}

/**
 * What a field tells of its neighbours:
 * - `mark`: a number or type that tells one stream of pieces from another
 * - `id`: a name that does so
 * - `label`: it is the name in a pair of name and value
 * - `probability`: what stands beside it is a piece of text with its probability
 */
export type FieldRole = "mark" | "id" | "id and label" | "label" | "probability" | "none";

function roleOf(name: string): FieldRole {
  if (/index$/i.test(name) || name === "type" || name === "event_type") return "mark";
  if (/^(?:id|item_id|call_id|tool_call_id|toolCallId|toolUseId)$/.test(name)) return "id";
  if (name === "jsonPath") return "id and label";
  if (/^(?:name|key|header)$/.test(name)) return "label";
  return /^(?:logprob|logit|probability)$/.test(name) ? "probability" : "none";
}
