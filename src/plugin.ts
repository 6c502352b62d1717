export type { CassetteOptions, ProjectOptions } from "./options/options.ts";
export { cassette } from "./vitest/plugin.ts";
