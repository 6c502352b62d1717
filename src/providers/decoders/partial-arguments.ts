import { isObject, type JsonObject } from "./values.ts";

type Container = Record<string, unknown> | unknown[];

/**
 * Collects function-call arguments that Vertex AI streams as values at JSON paths:
 * `{ jsonPath: "$.a.b[0]", stringValue: "..." }`. A string comes in several pieces at one path.
 */
export class PartialArguments {
  readonly value: Record<string, unknown>;

  constructor(initial?: unknown) {
    this.value = isObject(initial) ? structuredClone({ ...initial }) : {};
  }

  /** Adds one piece. Returns the text that it added. */
  add(piece: JsonObject): string {
    if (typeof piece.jsonPath !== "string") return "";
    // `$.list[]` closes an array. For an empty array, nothing else is sent.
    const closesArray = piece.jsonPath.endsWith("[]");
    const path = parsePath(closesArray ? piece.jsonPath.slice(0, -2) : piece.jsonPath);
    const last = path.pop();
    if (last === undefined) return "";
    let holder: Container = this.value;
    for (const [index, segment] of path.entries()) {
      const next = path[index + 1] ?? last;
      const inner = get(holder, segment);
      if (isContainer(inner)) holder = inner;
      else {
        const made: Container = typeof next === "number" ? [] : {};
        set(holder, segment, made);
        holder = made;
      }
    }
    return put(holder, last, piece, closesArray);
  }
}

function put(holder: Container, segment: string | number, piece: JsonObject, closesArray: boolean): string {
  const before = get(holder, segment);
  if (typeof piece.stringValue === "string") {
    set(holder, segment, typeof before === "string" ? before + piece.stringValue : piece.stringValue);
    return piece.stringValue;
  }
  const value = "nullValue" in piece ? null : (piece.numberValue ?? piece.boolValue);
  if (value !== undefined) {
    set(holder, segment, value);
    return JSON.stringify(value);
  }
  if (before === undefined && piece.willContinue !== true) set(holder, segment, closesArray ? [] : {});
  return "";
}

/** `$.a.b[0]['c d']` as its segments. */
function parsePath(path: string): (string | number)[] {
  const segments: (string | number)[] = [];
  for (const [, name, index, quoted] of path.matchAll(/\.?([^.[\]$'"]+)|\[(\d+)\]|\[['"]([^'"]*)['"]\]/g)) {
    if (index !== undefined) segments.push(Number(index));
    else if (quoted !== undefined) segments.push(quoted);
    else if (name !== undefined) segments.push(name);
  }
  // A model's output must not reach a prototype or fill the memory.
  const unsafe = segments.some(
    (each) => each === "__proto__" || (typeof each === "number" && each > 100_000),
  );
  return unsafe ? [] : segments;
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function get(holder: Container, segment: string | number): unknown {
  return Object.hasOwn(holder, segment) ? (holder as Record<string | number, unknown>)[segment] : undefined;
}

function set(holder: Container, segment: string | number, value: unknown): void {
  (holder as Record<string | number, unknown>)[segment] = value;
}
