/** Loads the built package, as its users have it. */
export function loadPackage(): Promise<typeof import("../../src/core.ts")> {
  return import(new URL("../../dist/core.js", import.meta.url).href) as Promise<
    typeof import("../../src/core.ts")
  >;
}
