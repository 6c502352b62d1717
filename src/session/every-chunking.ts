import { isDeepStrictEqual } from "node:util";
import { CassetteError } from "../cassette/errors.ts";
import type { Chunks } from "../options/options.ts";
import type { Cassette } from "./cassette.ts";
import { EveryChunkingError } from "./every-chunking-error.ts";
import { type Rerun, type RerunMark, rerunOf } from "./rerun.ts";
import { type CoreCassetteOptions, withCassette } from "./with-cassette.ts";

/** After the chunks as they were recorded. */
const CUTS: readonly Exclude<Chunks, "recorded">[] = [
  "whole",
  "bytes",
  ...[2, 3, 7, 64].map((size) => ({ size })),
  ...[1, 2, 3, 4].map((seed) => ({ seed })),
];

/**
 * Runs `consume` once for each of a fixed set of ways in which a network may cut the recorded answers into
 * reads: as recorded, whole, one byte at a time, every 2, 3, 7 and 64 bytes, and at places that follow from four
 * seeds. Its results have to be deeply equal. Each run plays the tape from where it stood when this was called;
 * the requests of all runs count. While recording `consume` is run once only, with the chunks as they come, and a
 * warning says so.
 *
 * @param consume awaits what it sends, and returns what it made of it
 * @returns what `consume` returned for the chunks as they were recorded
 * @throws EveryChunkingError where a run comes to another result than that
 * @example
 * const cassette = useCassette();
 * await everyChunking(cassette, async () => parseStream(await askModel()));
 */
export async function everyChunking<T>(
  cassette: Cassette,
  consume: (cassette: Cassette) => T | Promise<T>,
): Promise<T>;
/** The same with a cassette of its own, which is opened as `withCassette` opens it. */
export async function everyChunking<T>(
  name: string,
  consume: (cassette: Cassette) => T | Promise<T>,
): Promise<T>;
export async function everyChunking<T>(
  name: string,
  options: CoreCassetteOptions,
  consume: (cassette: Cassette) => T | Promise<T>,
): Promise<T>;
export async function everyChunking<T>(target: Cassette | string, ...rest: readonly unknown[]): Promise<T> {
  const consume = rest.at(-1) as Consume<T>;
  if (typeof target !== "string") return runAll(target, consume);
  const options = (rest.length > 1 ? rest[0] : {}) as CoreCassetteOptions;
  return withCassette(target, options, (cassette) => runAll(cassette, consume));
}

type Consume<T> = (cassette: Cassette) => T | Promise<T>;

async function runAll<T>(cassette: Cassette, consume: Consume<T>): Promise<T> {
  const rerun = typeof consume === "function" ? rerunOf(cassette) : undefined;
  if (rerun === undefined) throw wrongArguments();
  const mark = rerun.mark();
  const before = cassette.stats;
  try {
    rerun.from(mark, "recorded");
    const expected = await consume(cassette);
    const { requests, recorded, missed } = cassette.stats;
    if (requests === before.requests) throw nothingSent(cassette);
    if (recorded > before.recorded) {
      rerun.warn(
        `everyChunking ran once, with the chunks as they came: cassette "${cassette.name}" was being recorded.`,
      );
      return expected;
    }
    // What the client got then is no recording, and the test fails for it anyway.
    if (missed > before.missed) return expected;
    refuseUnread(expected, "");
    for (const cut of CUTS) await compare(cassette, consume, { rerun, mark, cut, expected });
    return expected;
  } finally {
    rerun.from(rerun.mark(), undefined);
  }
}

interface Comparison<T> {
  readonly rerun: Rerun;
  readonly mark: RerunMark;
  readonly cut: Exclude<Chunks, "recorded">;
  readonly expected: T;
}

type Outcome<T> = { readonly value: T } | { readonly thrown: unknown };

async function compare<T>(
  cassette: Cassette,
  consume: Consume<T>,
  { rerun, mark, cut, expected }: Comparison<T>,
): Promise<void> {
  const run = async (chunks: Chunks): Promise<Outcome<T>> => {
    rerun.from(mark, chunks);
    try {
      return { value: await consume(cassette) };
    } catch (thrown) {
      return { thrown };
    }
  };
  const outcome = await run(cut);
  if ("value" in outcome && isDeepStrictEqual(outcome.value, expected)) return;
  const again = await run("recorded");
  const varies = !("value" in again && isDeepStrictEqual(again.value, expected));
  throw new EveryChunkingError({ cassette: cassette.name, cut, expected, outcome, varies });
}

function wrongArguments(): CassetteError {
  return new CassetteError(
    "CASSETTE_CHUNKING_ARGUMENTS",
    "Failed to run everyChunking: it takes a cassette, or the name of one, and the function that is to be run: everyChunking(cassette, async () => ...).",
  );
}

function nothingSent({ name }: Cassette): CassetteError {
  return new CassetteError(
    "CASSETTE_NOTHING_SENT",
    `Failed to run everyChunking: the function sent no request that cassette "${name}" takes, so there is nothing to cut. Send the request inside of it.`,
  );
}

/**
 * Promises, streams and functions have no content to compare: any two of the same making are deeply equal.
 *
 * @throws CassetteError `CASSETTE_UNREAD`
 */
function refuseUnread(value: unknown, path: string, seen = new Set<unknown>()): void {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  if (isUnread(value)) {
    throw new CassetteError(
      "CASSETTE_UNREAD",
      `Failed to compare the results of everyChunking: ${path === "" ? "what the function returned" : `result${path}`} is ${nameOf(value)}, which was not read yet. Await it, read it or call it, and return what came of it.`,
    );
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return;
  for (const [key, each] of Object.entries(value)) {
    refuseUnread(each, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, seen);
  }
}

function isUnread(value: object): boolean {
  if (typeof value === "function" || value instanceof Promise || value instanceof Response) return true;
  return Symbol.asyncIterator in value;
}

function nameOf(value: object): string {
  const name = value.constructor?.name;
  return name === undefined || name === "Object" ? "a stream" : `a ${name}`;
}
