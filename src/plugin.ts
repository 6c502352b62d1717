export type { CassetteOptions, ProjectOptions } from "./modes/options.ts";
export { cassette } from "./vitest/plugin.ts";
