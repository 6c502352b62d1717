import { profiles } from "../providers/registry.ts";
import type { RedactOptions } from "../redaction/options.ts";
import { createRedactor, type Redactor } from "../redaction/redactor.ts";
import { type ProjectSettings, projectsOf } from "./project-settings.ts";

/**
 * Creates the redactor for one cassette, by the rules of its projects and those of the command line. Each cassette needs
 * one of its own, since it numbers secrets.
 *
 * @param path of the cassette
 */
export function redactorFor(
  path: string,
  projects: readonly ProjectSettings[],
  env: Readonly<Record<string, string | undefined>>,
  given: RedactOptions = {},
): Redactor {
  const redact = mergeRedactOptions([given, ...projectsOf(path, projects).map((each) => each.redact)]);
  // Keeps headers that recordings leave out by default: the tape may hold them to be compared.
  return createRedactor(redact, { env, profiles, keepHeaders: ["*"] });
}

const LISTS = ["headers", "fields", "query", "values", "patterns", "allow"] as const;

/** All rules together. */
function mergeRedactOptions(options: readonly RedactOptions[]): RedactOptions {
  const lists = LISTS.map((name) => [name, options.flatMap((each): readonly unknown[] => each[name] ?? [])]);
  return Object.fromEntries(lists) as RedactOptions;
}
