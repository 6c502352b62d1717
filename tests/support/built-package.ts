import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where `build-package.ts` builds this package, once a run. The small projects of the tests find it by its name. */
export const BUILT_PACKAGE = join(import.meta.dirname, "../.projects/node_modules/vitest-cassette");

/** Imports an entry of the built package. */
export async function importBuilt<T>(entry: string): Promise<T> {
  return (await import(pathToFileURL(join(BUILT_PACKAGE, `dist/${entry}.js`)).href)) as T;
}
