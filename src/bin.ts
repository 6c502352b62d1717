#!/usr/bin/env node
// Without static imports: Node loads those first, and an older one fails in them.

const { stdin, stdout, stderr, versions } = process;
const [major = 0, minor = 0] = versions.node.split(".").map(Number);

if (major > 22 || (major === 22 && minor >= 12)) process.exitCode = await run();
else {
  stderr.write(
    `Failed to run vitest-cassette: it needs Node 22.12 or newer, and this is Node ${versions.node}.\n`,
  );
  process.exitCode = 1;
}

async function run(): Promise<number> {
  // `vitest-cassette ls | head`: whoever reads has read enough.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  const { main } = await import("./cli/main.ts");
  return main(process.argv.slice(2), {
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
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const asked = createInterface({ input: stdin, output: stdout });
  // Ctrl+C and Ctrl+D are a no.
  const closed = new Promise<string>((resolve) => asked.once("close", () => resolve("")));
  const answer = await Promise.race([asked.question(question), closed]);
  asked.close();
  return answer;
}
