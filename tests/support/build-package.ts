import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildModules } from "../../scripts/build.ts";
import { BUILT_PACKAGE } from "./built-package.ts";

const repository = join(import.meta.dirname, "../..");

/**
 * Builds this package once per test run into a folder in which the small projects of the tests find it by its name,
 * as a user's project does. Vitest loads an installed package much faster than its source.
 */
export default async function buildPackage(): Promise<void> {
  const modules = dirname(BUILT_PACKAGE);
  const fresh = join(modules, `.fresh-${process.pid}`);
  await buildModules(join(fresh, "dist"));
  const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as object;
  writeFileSync(join(fresh, "package.json"), JSON.stringify(manifest));
  mkdirSync(modules, { recursive: true });
  rmSync(BUILT_PACKAGE, { recursive: true, force: true });
  renameSync(fresh, BUILT_PACKAGE);
}
