import { existsSync } from "node:fs";
import { posix, resolve } from "node:path";

/** A pattern of Vitest's `watchTriggerPatterns`. */
export interface WatchTrigger {
  readonly pattern: RegExp;
  testsToRun(file: string, match: RegExpMatchArray): string[] | undefined;
}

const ENDINGS = ["test", "spec"].flatMap((kind) =>
  ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"].map((extension) => `.${kind}.${extension}`),
);

/**
 * Has Vitest's watch mode run a test again when its tape is edited. Which test that is can be told of tapes that
 * are named after their test, and not of others. None while recording: the run itself writes tapes then.
 */
export function watchTriggers(root: string, dir: string, record: string | undefined): WatchTrigger[] {
  if (record !== undefined && !/^(?:|0|false)$/.test(record)) return [];
  const folder = resolve(root, dir).replaceAll("\\", "/");
  return [
    {
      pattern: new RegExp(`^${escapeRegExp(folder)}/(.+)(?<!\\.failed)\\.yaml$`),
      testsToRun(_file, match) {
        const tape = match[1] as string;
        // One tape a test lies in a folder named after the file; one tape a file has the file's own name.
        const stems = [posix.dirname(tape), tape].filter((stem) => stem !== ".");
        const tests = stems
          .flatMap((stem) => ENDINGS.map((ending) => resolve(root, stem + ending)))
          .filter((file) => existsSync(file));
        return tests.length === 0 ? undefined : tests;
      },
    },
  ];
}

/** A text as the source of a regular expression that matches just it. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
