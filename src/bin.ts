#!/usr/bin/env node
import { process } from "./cassette/node-process.ts";
import { main } from "./cli/main.ts";
import { readProjects } from "./vitest/read-projects.ts";

// `vitest-cassette ls | head`: whoever reads has read enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  directory: process.cwd(),
  isTerminal: process.stdout.isTTY === true,
  readProjects,
  writeOut: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
