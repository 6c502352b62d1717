import { commonHead, commonTail } from "../matching/common-ends.ts";
import { isContainer } from "../matching/container.ts";
import type { NormalizedRequest } from "../matching/normalize.ts";
import { joinPath } from "../matching/path.ts";
import { stableText } from "../matching/stable-text.ts";

/** One field in which a live request and a recorded one differ. */
export interface Difference {
  /** `method`, `url`, `query.alt`, `headers.x-tenant`, `body.messages[2].content`, with the indexes of the live request. */
  readonly path: string;
  /** `added`: only the live request has it; `removed`: only the recorded one. */
  readonly kind: "changed" | "added" | "removed";
  /** `undefined` if it was `removed`. */
  readonly live: unknown;
  /** `undefined` if it was `added`. */
  readonly recorded: unknown;
  /** How much it counts when searching for the nearest recording: below 1 for texts that are almost equal. */
  readonly weight: number;
}

/** Another method or URL makes it another question: it weighs more than most differences in a body. */
const METHOD_WEIGHT = 20;
const ORIGIN_WEIGHT = 10;
const PATH_WEIGHT = 40;

/** Lists the fields in which two requests differ, in the order in which people read a request. */
export function differences(live: NormalizedRequest, recorded: NormalizedRequest): readonly Difference[] {
  const found: Difference[] = [];
  if (live.method !== recorded.method) {
    found.push(changed("method", live.method, recorded.method, METHOD_WEIGHT));
  }
  if (live.origin !== recorded.origin || live.path !== recorded.path) {
    const weight =
      (live.origin === recorded.origin ? 0 : ORIGIN_WEIGHT) + (live.path === recorded.path ? 0 : PATH_WEIGHT);
    found.push(changed("url", `${live.origin}${live.path}`, `${recorded.origin}${recorded.path}`, weight));
  }
  collect("query", live.query, recorded.query, found);
  collect("headers", live.headers, recorded.headers, found);
  if (live.kind === recorded.kind) {
    collect("body", live.body, recorded.body, found);
  } else {
    found.push(wholeBody(live, recorded));
  }
  return found;
}

/** Lists the parts in which two values differ. `path` is the place of both. */
export function valueDifferences(path: string, live: unknown, recorded: unknown): readonly Difference[] {
  const found: Difference[] = [];
  collect(path, live, recorded, found);
  return found;
}

function wholeBody(live: NormalizedRequest, recorded: NormalizedRequest): Difference {
  const kind = recorded.kind === "none" ? "added" : live.kind === "none" ? "removed" : "changed";
  return { path: "body", kind, live: live.body, recorded: recorded.body, weight: METHOD_WEIGHT };
}

function changed(path: string, live: unknown, recorded: unknown, weight: number): Difference {
  return { path, kind: "changed", live, recorded, weight };
}

function collect(path: string, live: unknown, recorded: unknown, found: Difference[]): void {
  if (isContainer(live) && isContainer(recorded) && Array.isArray(live) === Array.isArray(recorded)) {
    if (Array.isArray(live)) collectList(path, live, recorded as readonly unknown[], found);
    else collectFields(path, live as Fields, recorded as Fields, found);
  } else if (!same(live, recorded)) {
    found.push(changed(path, live, recorded, valueWeight(live, recorded)));
  }
}

type Fields = Readonly<Record<string, unknown>>;

function collectFields(path: string, live: Fields, recorded: Fields, found: Difference[]): void {
  for (const name of Object.keys(live)) {
    const at = joinPath(path, name);
    if (Object.hasOwn(recorded, name)) collect(at, live[name], recorded[name], found);
    else found.push(added(at, live[name]));
  }
  for (const name of Object.keys(recorded)) {
    if (!Object.hasOwn(live, name)) found.push(removed(joinPath(path, name), recorded[name]));
  }
}

/** Pairs the equal elements at both ends, so that an inserted message is one difference and not one for each after it. */
function collectList(
  path: string,
  live: readonly unknown[],
  recorded: readonly unknown[],
  found: Difference[],
): void {
  const shorter = Math.min(live.length, recorded.length);
  let head = 0;
  while (head < shorter && same(live[head], recorded[head])) head++;
  let tail = 0;
  if (live.length !== recorded.length) {
    while (tail < shorter - head && same(live.at(-1 - tail), recorded.at(-1 - tail))) tail++;
  }
  const paired = shorter - tail;
  for (let index = head; index < paired; index++)
    collect(joinPath(path, index), live[index], recorded[index], found);
  for (let index = paired; index < live.length - tail; index++)
    found.push(added(joinPath(path, index), live[index]));
  for (let index = paired; index < recorded.length - tail; index++)
    found.push(removed(joinPath(path, index), recorded[index]));
}

function added(path: string, live: unknown): Difference {
  return { path, kind: "added", live, recorded: undefined, weight: size(live) };
}

function removed(path: string, recorded: unknown): Difference {
  return { path, kind: "removed", live: undefined, recorded, weight: size(recorded) };
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && stableText(a) === stableText(b));
}

/** Counts the leaves of a value, up to a limit: a missing message weighs more than a flag. */
function size(value: unknown): number {
  const MOST = 10;
  let parts = 0;
  const count = (each: unknown): void => {
    if (parts >= MOST) return;
    if (isContainer(each)) Object.values(each).forEach(count);
    else parts++;
  };
  count(value);
  return Math.max(1, parts);
}

function valueWeight(live: unknown, recorded: unknown): number {
  if (typeof live !== "string" || typeof recorded !== "string") return Math.max(size(live), size(recorded));
  const head = commonHead(live, recorded);
  return 1 - (0.9 * (head + commonTail(live, recorded, head))) / Math.max(live.length, recorded.length);
}
