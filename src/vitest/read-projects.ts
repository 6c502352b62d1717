import { readdirSync } from "node:fs";
import type { ConfiguredProject } from "../cli/surroundings.ts";
import { unpackOptions } from "./project-options.ts";
import { settingsOf } from "./run/project-settings.ts";

const CONFIG = /^(?:vitest|vite)\.config\.[cm]?[jt]s$/;

/**
 * Reads the options that `cassette()` has in each project of the Vitest config in a folder. Empty if the folder
 * has no config, or Vitest is not installed.
 */
export async function readProjects(folder: string): Promise<readonly ConfiguredProject[]> {
  if (!readdirSync(folder).some((name) => CONFIG.test(name))) return [];
  const api = await loadVitest();
  if (api === undefined) return [];
  // Vitest 4 needs the mode. Vitest 5 ignores it.
  const vitest = await api.createVitest("test", { root: folder, watch: false, reporters: [] });
  try {
    return vitest.projects.flatMap((project) => {
      const own = settingsOf(project);
      const { cacheDir } = vitest.vite.config;
      return own === undefined ? [] : [{ root: own.root, options: unpackOptions(own.options), cacheDir }];
    });
  } finally {
    await vitest.close();
  }
}

async function loadVitest(): Promise<typeof import("vitest/node") | undefined> {
  try {
    return await import("vitest/node");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
