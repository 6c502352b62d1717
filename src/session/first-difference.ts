import { inspect, isDeepStrictEqual } from "node:util";

/** Where two values begin to differ, for a message. */
export interface FirstDifference {
  /** `[2].text`; empty where the values differ as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** How much is shown of a text before and after the place at which it differs. */
const BEFORE = 24;
const AFTER = 40;

/** The first place at which two values differ that are not deeply equal. */
export function firstDifference(expected: unknown, actual: unknown, path = ""): FirstDifference {
  if (typeof expected === "string" && typeof actual === "string") return inText(expected, actual, path);
  if (!isContainer(expected) || !isContainer(actual) || !alike(expected, actual)) {
    return { path, expected: show(expected), actual: show(actual) };
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  const missing = keys.find((key) => Object.hasOwn(expected, key) !== Object.hasOwn(actual, key));
  const different = keys.find((key) => key === missing || !isDeepStrictEqual(expected[key], actual[key]));
  if (different === undefined) return { path, expected: show(expected), actual: show(actual) };
  const inner = path + step(different, Array.isArray(expected));
  if (different !== missing) return firstDifference(expected[different], actual[different], inner);
  return {
    path: inner,
    expected: Object.hasOwn(expected, different) ? show(expected[different]) : "nothing",
    actual: Object.hasOwn(actual, different) ? show(actual[different]) : "nothing",
  };
}

type Container = Readonly<Record<string, unknown>>;

/** Whether a value is no more than its own fields or elements. */
function isContainer(value: unknown): value is Container {
  if (typeof value !== "object" || value === null) return false;
  return !(
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Date ||
    ArrayBuffer.isView(value)
  );
}

function alike(expected: Container, actual: Container): boolean {
  return Object.getPrototypeOf(expected) === Object.getPrototypeOf(actual);
}

function step(key: string, isElement: boolean): string {
  if (isElement) return `[${key}]`;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function inText(expected: string, actual: string, path: string): FirstDifference {
  let at = 0;
  while (at < expected.length && expected[at] === actual[at]) at++;
  const excerpt = (text: string): string => {
    const from = Math.max(0, at - BEFORE);
    const to = at + AFTER;
    return (from > 0 ? "…" : "") + JSON.stringify(text.slice(from, to)) + (to < text.length ? "…" : "");
  };
  return { path, expected: excerpt(expected), actual: excerpt(actual) };
}

function show(value: unknown): string {
  return inspect(value, {
    depth: 2,
    breakLength: Number.POSITIVE_INFINITY,
    maxStringLength: 80,
    maxArrayLength: 8,
  });
}
