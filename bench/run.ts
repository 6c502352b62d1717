/** Runs every benchmark in this folder. Compare ratios within one run, not absolute times. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";

for (const file of readdirSync(import.meta.dirname).toSorted()) {
  if (!/^[\w-]+\.ts$/.test(file) || file === basename(import.meta.filename)) continue;
  process.stdout.write(`\n# ${file}\n`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, file)], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
