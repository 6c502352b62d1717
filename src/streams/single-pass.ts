import { CassetteError } from "../cassette/errors.ts";
import { Response } from "../http/web-api.ts";

/** A stream was iterated twice. The second time yields only the rest, or nothing. */
export class StreamReusedError extends CassetteError {
  override readonly name = "StreamReusedError";
  /** Where it was iterated first: a stack line, and if both are equal, the first one that differs. */
  readonly first: string;
  readonly second: string;

  constructor(first: string, second: string) {
    super(
      "CASSETTE_STREAM_REUSED",
      [
        "Failed to iterate a stream: it has been iterated before.",
        `  first  ${first}`,
        `  again  ${second}`,
        "A stream can be read once. Read it in one place and pass the result on, or split it with tee().",
      ].join("\n"),
    );
    this.first = first;
    this.second = second;
  }
}

/** The methods that read a stream from its beginning. */
const ENTRIES = [
  Symbol.asyncIterator,
  Symbol.iterator,
  "getReader",
  "pipeTo",
  "pipeThrough",
  "tee",
  "values",
] as const;

/**
 * Guards `stream` against being iterated twice: the second time throws a {@link StreamReusedError} with both
 * places, instead of silently yielding nothing or the rest. Returns the same stream.
 *
 * @throws CassetteError `CASSETTE_NO_STREAM` if `stream` cannot be iterated
 * @example
 * ```ts
 * const stream = singlePass(await client.chat.completions.create({ stream: true, ... }))
 * ```
 */
export function singlePass<T extends object>(stream: T): T {
  if (!isIterable(stream)) throw noStream(stream);
  let first: readonly string[] | undefined;
  let inside = false;
  for (const name of ENTRIES) {
    const original: unknown = Reflect.get(stream, name);
    if (typeof original !== "function") continue;
    const guarded = (...args: unknown[]): unknown => {
      // One method can call another: `values` calls `getReader`.
      if (inside) return Reflect.apply(original, stream, args);
      const here = callers(guarded);
      if (first !== undefined) throw new StreamReusedError(...places(first, here));
      first = here;
      inside = true;
      try {
        return Reflect.apply(original, stream, args);
      } finally {
        inside = false;
      }
    };
    Object.defineProperty(stream, name, { value: guarded, configurable: true, writable: true });
  }
  return stream;
}

function isIterable(stream: unknown): boolean {
  if (typeof stream !== "object" || stream === null) return false;
  return ENTRIES.some((name) => typeof Reflect.get(stream, name) === "function");
}

function noStream(given: unknown): CassetteError {
  const [what, hint] =
    given instanceof Promise
      ? ["a promise", " Await it first."]
      : given instanceof Response
        ? ["a Response", " Guard its body: singlePass(response.body)."]
        : [given === null ? "null" : `a value of type ${typeof given}`, ""];
  return new CassetteError(
    "CASSETTE_NO_STREAM",
    `Failed to guard a stream: the argument is ${what}, which cannot be iterated.${hint}`,
  );
}

/** Lists the callers of `called`, innermost first: stack lines outside of Node. */
function callers(called: (...args: never) => unknown): readonly string[] {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, called);
  const lines = (holder.stack ?? "")
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
  const own = lines.filter((each) => !/\(?node:/.test(each));
  return own.length > 0 ? own : lines;
}

/** Formats both places as one line each. If the same function read both times, adds the first caller that differs. */
function places(first: readonly string[], second: readonly string[]): [first: string, second: string] {
  const parts = first.findIndex((line, index) => line !== second[index]);
  const line = (own: readonly string[]): string => {
    const [inner = "at an unknown place"] = own;
    const outer = parts > 0 ? own[parts] : undefined;
    return outer === undefined ? inner : `${inner}, ${outer.replace(/^at (?:async )?/, "called at ")}`;
  };
  return [line(first), line(second)];
}
