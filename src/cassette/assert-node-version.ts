import { CassetteError } from "./errors.ts";
import { process } from "./node-process.ts";

/**
 * Fails in a Node that lacks what this package uses. `bin.ts` checks the same before it loads anything.
 *
 * @throws CassetteError `CASSETTE_NODE_VERSION`
 */
export function assertNodeVersion(version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return;
  throw new CassetteError(
    "CASSETTE_NODE_VERSION",
    `Failed to load vitest-cassette: it needs Node 22.12 or newer, and this is Node ${version}.`,
  );
}
