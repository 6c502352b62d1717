/**
 * Shows where the time of a test file with a cassette goes: its phases, or CPU profiles of some files.
 *
 *     npm run build
 *     node bench/phases.ts
 *     node bench/phases.ts --cpu-profile /tmp/profiles
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { median } from "./support/statistics.ts";
import { createProject, runVitest } from "./support/vitest-project.ts";

const { values: options } = parseArgs({ options: { "cpu-profile": { type: "string" } } });
const folder = mkdtempSync(join(tmpdir(), "vitest-cassette-phases-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

if (options["cpu-profile"] !== undefined) {
  const profiles = resolve(options["cpu-profile"]);
  mkdirSync(profiles, { recursive: true });
  createProject({ folder, test: "cassette", plugin: true, files: 3 });
  runVitest(folder, { EXEC_ARGV: `--cpu-prof --cpu-prof-interval=200 --cpu-prof-dir=${profiles}` });
  for (const name of readdirSync(profiles)) console.log(join(profiles, name));
} else {
  const file = join(folder, "phases.ndjson");
  createProject({ folder, test: "phases", plugin: true, files: 12 });
  runVitest(folder, { PHASES_FILE: file });
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const measured = lines.map((line) => JSON.parse(line) as Record<string, number>);
  for (const name of Object.keys(measured[0] ?? {})) {
    const time = median(measured.map((times) => times[name] ?? 0));
    console.log(`${time.toFixed(1).padStart(7)} ms  ${name}`);
  }
}
