import { resolve } from "node:path";
import type { TestProject, Vitest } from "vitest/node";
import type { ProjectSettings } from "../../session/worker-state.ts";

/** Returns the settings that the plugin gave a project; `undefined` without the plugin. */
export function settingsOf(project: TestProject): ProjectSettings | undefined {
  const provided = project.getProvidedContext() as unknown as Readonly<Record<string, unknown>>;
  return provided["vitest-cassette"] as ProjectSettings | undefined;
}

/** Lists the folders of cassettes of all projects that use the plugin, by their absolute paths. */
export function cassetteFolders(vitest: Vitest): readonly string[] {
  const folders = vitest.projects.flatMap((project) => {
    const settings = settingsOf(project);
    return settings === undefined ? [] : [resolve(settings.root, settings.options.dir ?? "cassettes")];
  });
  return [...new Set(folders)];
}
