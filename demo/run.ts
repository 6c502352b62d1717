/**
 * Shows the main use of the package on this machine alone: records three SDKs from a server that speaks their
 * providers' wire formats, stops the server, and runs the same tests again from the cassettes.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { interactionsOf } from "../src/cassette/model.ts";
import { parseTape } from "../src/format/index.ts";

const root = join(import.meta.dirname, "..");
/** With `--keep`, re-records the cassettes of this repository. */
const keep = process.argv.includes("--keep");
const scratch = mkdtempSync(join(tmpdir(), "vitest-cassette-demo-"));
const cassettes = keep ? join(root, "cassettes") : scratch;
const bold = (text: string): string => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
const print = (text = ""): void => {
  process.stdout.write(`${text}\n`);
};

let server: ReturnType<typeof spawn> | undefined;

try {
  print(bold("1. Record: RECORD=1 vitest run, with the provider running"));
  server = await startProvider();
  const recording = await vitest({
    RECORD: "1",
    OPENAI_API_KEY: "sk-demo",
    ANTHROPIC_API_KEY: "sk-demo",
    GEMINI_API_KEY: "demo",
  });
  const stopped = once(server, "exit");
  server.kill();
  await stopped;
  print(`   3 tests passed, ${recording.ms} ms in the tests. The provider sends a chunk every 25 ms.\n`);

  print(bold("2. The provider is stopped, the keys are gone"));
  print("   http://127.0.0.1:41414 refuses connections.\n");

  print(bold("3. Replay: vitest run"));
  const replay = await vitest({ RECORD: "", OPENAI_API_KEY: "", ANTHROPIC_API_KEY: "", GEMINI_API_KEY: "" });
  print(`   3 tests passed, ${replay.ms} ms in the tests: the same bytes in the same chunks, no network.\n`);

  print(bold("4. The cassettes"));
  const tapes = readdirSync(cassettes, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  for (const name of tapes) {
    const tape = parseTape(readFileSync(join(cassettes, name), "utf8"), { file: name });
    const chunks = interactionsOf(tape).map(({ response }) => response.chunks.length);
    const first = interactionsOf(tape)[0]?.response.timing?.chunks[0];
    print(
      `   ${name}  ${statSync(join(cassettes, name)).size} bytes, ${chunks.join(" + ")} chunks, first after ${first} ms`,
    );
  }
  const shown = tapes.find((name) => name.includes("openai")) ?? tapes[0];
  print(`\n${bold(`5. What a reviewer sees: ${shown}`)}`);
  const lines = readFileSync(join(cassettes, shown as string), "utf8").split("\n");
  for (const line of lines.slice(0, 34)) print(`   ${line.length > 108 ? `${line.slice(0, 107)}…` : line}`);
  print(`   … ${lines.length - 34} more lines\n`);
  print(
    `The tests: ${relative(process.cwd(), join(import.meta.dirname, "chat.test.ts"))}. The same cassettes are in cassettes/ of the project.`,
  );
} finally {
  server?.kill();
  rmSync(scratch, { recursive: true, force: true });
}

async function startProvider(): Promise<ReturnType<typeof spawn>> {
  const server = spawn(process.execPath, [join(import.meta.dirname, "provider.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stdout as NodeJS.ReadableStream }).once("line", () => resolve());
    server.once("exit", (code) => reject(new Error(`Failed to start the provider: exit code ${code}.`)));
  });
  return server;
}

async function vitest(env: Record<string, string>): Promise<{ ms: number }> {
  const config = join(import.meta.dirname, "vitest.config.ts");
  const report = join(scratch, "report.json");
  const result = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      "--config",
      config,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    { cwd: root, encoding: "utf8", env: { ...process.env, CI: "", DEMO_CASSETTES: cassettes, ...env } },
  );
  if (result.status !== 0) {
    print(result.stdout);
    print(result.stderr);
    throw new Error(`Failed to run the demo's tests: vitest ended with ${result.status}.`);
  }
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    testResults: { assertionResults: { duration: number }[] }[];
  };
  const durations = testResults.flatMap((file) => file.assertionResults.map((test) => test.duration));
  return { ms: Math.round(durations.reduce((sum, ms) => sum + ms, 0)) };
}
