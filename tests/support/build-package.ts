import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildModules } from "../../scripts/build.ts";

const repository = join(import.meta.dirname, "../..");
const modules = join(repository, "tests/.projects/node_modules");

/**
 * Builds this package once per test run into a folder in which the small projects of the tests find it by its name,
 * as a user's project does. Vitest loads an installed package much faster than its source.
 */
export default async function buildPackage(): Promise<void> {
  const fresh = join(modules, `.fresh-${process.pid}`);
  await buildModules(join(fresh, "dist"));
  const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as object;
  writeFileSync(join(fresh, "package.json"), JSON.stringify(manifest));
  const installed = join(modules, "vitest-cassette");
  mkdirSync(modules, { recursive: true });
  rmSync(installed, { recursive: true, force: true });
  renameSync(fresh, installed);
}
