import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import tsup from "../../tsup.config.ts";

const repository = join(import.meta.dirname, "../..");
const modules = join(repository, "tests/.projects/node_modules");

/**
 * Builds this package once per test run into a folder in which the small projects of the tests find it by its name,
 * as a user's project does. Vitest loads an installed package much faster than its source.
 */
export default async function buildPackage(): Promise<void> {
  const fresh = join(modules, `.fresh-${process.pid}`);
  const { entry, target } = tsup as { entry: Record<string, string>; target: string };
  await build({
    absWorkingDir: repository,
    entryPoints: entry,
    outdir: join(fresh, "dist"),
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target,
    logLevel: "warning",
  });
  const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as object;
  writeFileSync(join(fresh, "package.json"), JSON.stringify(manifest));
  const installed = join(modules, "vitest-cassette");
  mkdirSync(modules, { recursive: true });
  rmSync(installed, { recursive: true, force: true });
  renameSync(fresh, installed);
}
