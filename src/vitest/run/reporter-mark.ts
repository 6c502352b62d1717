import type { Vitest } from "vitest/node";

/** Marks our reporter, also one of another copy of this package. */
export const REPORTER_MARK = Symbol.for("vitest-cassette/reporter");

/** Returns whether an entry of Vitest's `reporters` is our reporter. */
export function isCassetteReporter(entry: unknown): boolean {
  if (Array.isArray(entry)) return entry[0] === "vitest-cassette/reporter";
  return typeof entry === "object" && entry !== null && REPORTER_MARK in entry;
}

/** Whether something shows the images of annotations: the UI, an HTML report, or a blob that may become one. */
export function showsPictures({ config }: Vitest): boolean {
  return config.ui || config.reporters.some((each) => Array.isArray(each) && /^(?:html|blob)$/.test(each[0]));
}
