import type { TestModule, Vitest } from "vitest/node";
import { listCassettes } from "../../storage/list-cassettes.ts";
import { cassetteKey } from "../../storage/names.ts";

/** Lists the cassettes in these folders that nobody opened. All paths are absolute. */
export function findUnused(folders: readonly string[], used: readonly string[]): readonly string[] {
  const keys = new Set(used.map(cassetteKey));
  return folders
    .flatMap((folder) => [...listCassettes(folder)])
    .map(({ file }) => file)
    .filter((file) => !keys.has(cassetteKey(file)));
}

/**
 * Whether every test ran and passed, so that the run knows which cassettes are in use. A test that was left out (by a
 * filter, `.only`, `--shard`, `--bail`, a rerun of some files), was skipped, or failed might have opened more.
 */
export async function ranEverything(vitest: Vitest, modules: readonly TestModule[]): Promise<boolean> {
  if (vitest.config.project.length > 0 || !modules.every(passedWhole)) return false;
  const ran = new Set(modules.map(({ project, moduleId }) => `${project.name} ${moduleId}`));
  const all = await vitest.globTestSpecifications();
  return all.every(({ project, moduleId }) => ran.has(`${project.name} ${moduleId}`));
}

function passedWhole(module: TestModule): boolean {
  if (module.state() !== "passed") return false;
  for (const { options } of module.children.allTests("skipped")) if (options.mode !== "todo") return false;
  return true;
}
