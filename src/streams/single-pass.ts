import { CassetteError } from "../cassette/errors.ts";

/** A stream was iterated a second time, where there is nothing left of it, or half of it. */
export class StreamReusedError extends CassetteError {
  override readonly name = "StreamReusedError";
  /** Where it was iterated first: a stack line. */
  readonly first: string;
  readonly second: string;

  constructor(first: string, second: string) {
    super(
      "CASSETTE_STREAM_REUSED",
      [
        "Failed to iterate a stream: it has been iterated before.",
        `  first  ${first}`,
        `  again  ${second}`,
        "A stream can be read once. Read it in one place and pass on what was read, or split it with tee().",
      ].join("\n"),
    );
    this.first = first;
    this.second = second;
  }
}

/** Every way in which a stream is read from its beginning. */
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
 * Guards `stream` against being iterated twice, which yields nothing, or the rest, without a word. The second
 * time throws a {@link StreamReusedError} with both places. Gives the same stream back.
 *
 * @example
 * ```ts
 * const stream = singlePass(await client.chat.completions.create({ stream: true, ... }))
 * ```
 */
export function singlePass<T extends object>(stream: T): T {
  let first: string | undefined;
  let inside = false;
  for (const name of ENTRIES) {
    const original: unknown = Reflect.get(stream, name);
    if (typeof original !== "function") continue;
    const guarded = (...args: unknown[]): unknown => {
      // One way in may call another: `values` calls `getReader`.
      if (inside) return Reflect.apply(original, stream, args);
      const here = caller(guarded);
      if (first !== undefined) throw new StreamReusedError(first, here);
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

/** Where `called` was called from: the first stack line that is not Node's own. */
function caller(called: (...args: never) => unknown): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, called);
  const lines = (holder.stack ?? "")
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
  const line = lines.find((each) => !/\(?node:/.test(each)) ?? lines[0];
  return line ?? "at an unknown place";
}
