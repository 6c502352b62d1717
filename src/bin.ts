#!/usr/bin/env node
import { process } from "./cassette/node-process.ts";
import { main } from "./cli/main.ts";

const { stdin, stdout, stderr } = process;

// `vitest-cassette ls | head`: whoever reads has read enough.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  directory: process.cwd(),
  isTerminal: stdout.isTTY === true,
  columns: stdout.isTTY === true ? stdout.columns : undefined,
  readProjects: async (folder) => (await import("./vitest/read-projects.ts")).readProjects(folder),
  ask: stdin.isTTY === true && stdout.isTTY === true ? ask : undefined,
  writeProgress: stderr.isTTY === true ? (line) => stderr.write(`\r\u001b[K${line}`) : undefined,
  writeOut: (text) => stdout.write(text),
  writeError: (text) => stderr.write(text),
});

async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const asked = createInterface({ input: stdin, output: stdout });
  // Ctrl+C and Ctrl+D are a no.
  const closed = new Promise<string>((resolve) => asked.once("close", () => resolve("")));
  const answer = await Promise.race([asked.question(question), closed]);
  asked.close();
  return answer;
}
