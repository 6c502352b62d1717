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
 * Makes Vitest's watch mode rerun a test when its cassette is edited. Works for cassettes that are named after their
 * test. Off while recording, because the run itself writes cassettes.
 */
export function watchTriggers(root: string, dir: string, record: string | undefined): WatchTrigger[] {
  if (record !== undefined && !/^(?:|0|false)$/.test(record)) return [];
  const folder = resolve(root, dir).replaceAll("\\", "/");
  return [
    {
      pattern: new RegExp(`^${escapeRegExp(folder)}/(.+)(?<!\\.failed)\\.yaml$`),
      testsToRun(_file, match) {
        const tape = match[1] as string;
        // The cassette of a test is in a folder named after the file; the cassette of a file has the file's name.
        const stems = [posix.dirname(tape), tape].filter((stem) => stem !== ".");
        const tests = stems
          .flatMap((stem) => ENDINGS.map((ending) => resolve(root, stem + ending)))
          .filter((file) => existsSync(file));
        return tests.length === 0 ? undefined : tests;
      },
    },
  ];
}

/** Escapes a text for use in a regular expression. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
