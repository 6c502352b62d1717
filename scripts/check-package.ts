/** Packs dist/ as npm publishes it, and checks the package with `publint` and `attw`. Build it first. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "vitest-cassette-pack-"));

/** Runs a command that is on the PATH of npm scripts. A failure ends the process after its output. */
function run(command: string, ...args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(`${command} failed: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`);
  process.exitCode = 1;
}

try {
  // Without scripts: `prepack` would build again.
  run("npm", "pack", "--ignore-scripts", "--pack-destination", folder);
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    run("publint", "--strict", file);
    run("attw", file, "--profile", "esm-only");
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
