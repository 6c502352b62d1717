/**
 * Builds the package and runs every check but the tests: two at a time, and the others even if one fails. Prints the
 * output of those that fail.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

const repository = join(import.meta.dirname, "..");

/** Runs a script of package.json. */
function runScript(name: string): Promise<boolean> {
  const start = performance.now();
  const child = spawn(process.execPath, ["--run", name], {
    cwd: repository,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${status === 0 ? "passed" : "FAILED"}  ${name}  ${seconds} s`);
      if (status !== 0) console.log(output);
      resolve(status === 0);
    });
  });
}

/** Runs scripts one after another. */
async function runScripts(...names: readonly string[]): Promise<boolean> {
  let passed = true;
  for (const name of names) passed = (await runScript(name)) && passed;
  return passed;
}

const passed = await Promise.all([
  runScripts("build", "check:package"),
  runScripts("lint", "typecheck", "check:layers", "check:unused"),
]);
if (passed.includes(false)) process.exitCode = 1;
