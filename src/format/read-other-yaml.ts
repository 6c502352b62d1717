import { createRequire } from "node:module";

/**
 * Reads YAML that other tools wrote, with their tags: `!!binary` becomes bytes, unknown tags are left out.
 *
 * @throws Error if it is not YAML
 */
export function readOtherYaml(text: string): unknown {
  const { parse } = createRequire(import.meta.url)("yaml") as typeof import("yaml");
  return parse(text, { version: "1.1", logLevel: "silent", maxAliasCount: 1_000 });
}
