import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { renderTape } from "../../src/format/index.ts";
import { chatAnswer, chatRequest } from "./chat.ts";
import { recordingOf } from "./session-parts.ts";

const repository = resolve(import.meta.dirname, "../..");
const REQUESTS = 3;
/** A tape of some 20 KB. */
const CHUNKS = 25;
const requests = Array.from({ length: REQUESTS }, (_, index) => chatRequest(index, CHUNKS));
const URL = "https://api.openai.com/v1/chat/completions";

const send = `
const bodies = ${JSON.stringify(requests)};
async function send(index) {
  const response = await fetch("${URL}", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer none" },
    body: JSON.stringify(bodies[index]),
  });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body) text += decoder.decode(chunk, { stream: true });
  return text;
}
`;

/** Test files that do the same with and without the package. */
export const TEST_FILES = {
  empty: `import { test } from "vitest";\ntest("empty", () => {});\n`,

  stub: `import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
${send}
test("reads three streams", async () => {
  const answers = JSON.parse(readFileSync(new URL("./answers.json", import.meta.url), "utf8"));
  const encoder = new TextEncoder();
  const real = globalThis.fetch;
  globalThis.fetch = async (url, { body }) => {
    const answer = answers[bodies.findIndex((each) => JSON.stringify(each) === body)];
    const stream = new ReadableStream({
      start(controller) {
        for (const chunk of answer) controller.enqueue(encoder.encode(chunk));
        controller.close();
      },
    });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  };
  for (let index = 0; index < ${REQUESTS}; index++) expect(await send(index)).toContain("[DONE]");
  globalThis.fetch = real;
});
`,

  first: `import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
${send}
test("reads one stream", async () => {
  useCassette("NAME", { unplayed: "ignore" });
  expect(await send(0)).toContain("[DONE]");
});
`,

  cassette: `import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
${send}
test("reads three streams", async () => {
  useCassette("NAME");
  for (let index = 0; index < ${REQUESTS}; index++) expect(await send(index)).toContain("[DONE]");
});
`,
  phases: `import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
${send}
test("reads three streams", async () => {
  const times = { "until the test": performance.now() };
  let last = performance.now();
  const mark = (name) => {
    times[name] = performance.now() - last;
    last = performance.now();
  };
  const { useCassette } = await import("vitest-cassette");
  mark("import vitest-cassette");
  const cassette = useCassette("NAME");
  mark("useCassette()");
  for (let index = 0; index < ${REQUESTS}; index++) {
    expect(await send(index)).toContain("[DONE]");
    mark("request " + (index + 1));
  }
  await cassette.eject();
  mark("close");
  appendFileSync(process.env.PHASES_FILE, JSON.stringify(times) + "\\n");
});
`,
} as const;

export interface VitestProject {
  readonly folder: string;
  readonly test: keyof typeof TEST_FILES;
  readonly files: number;
  readonly plugin: boolean;
  readonly pool?: string;
}

/** Creates a project as a user has it: outside the repository, with the built package in its `node_modules`. */
export function createProject({ folder, test, files, plugin, pool = "forks" }: VitestProject): void {
  const modules = join(folder, "node_modules");
  const installed = join(modules, "vitest-cassette");
  mkdirSync(installed, { recursive: true });
  for (const each of readdirSync(join(repository, "node_modules"))) {
    if (each.startsWith(".")) continue;
    symlinkSync(join(repository, "node_modules", each), join(modules, each));
  }
  cpSync(join(repository, "dist"), join(installed, "dist"), { recursive: true });
  cpSync(join(repository, "package.json"), join(installed, "package.json"));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  writeFileSync(
    join(folder, "vitest.config.js"),
    `${plugin ? `import { cassette } from "vitest-cassette/plugin";\n` : ""}export default {
  plugins: [${plugin ? "cassette()" : ""}],
  test: { pool: "${pool}", maxWorkers: 2, execArgv: (process.env.EXEC_ARGV ?? "").split(" ").filter(Boolean) },
};\n`,
  );
  writeFileSync(join(folder, "answers.json"), JSON.stringify(requests.map(chatAnswer)));
  mkdirSync(join(folder, "cassettes"));
  for (let index = 0; index < files; index++) {
    writeFileSync(join(folder, `file-${index}.test.js`), TEST_FILES[test].replace("NAME", `chat-${index}`));
    if (plugin && test !== "empty") writeFileSync(join(folder, "cassettes", `chat-${index}.yaml`), tape);
  }
}

const tape = tapeText();

function tapeText(): string {
  const encoder = new TextEncoder();
  const interactions = requests.map((request, at) => {
    const body = encoder.encode(JSON.stringify(request));
    const headers = [["content-type", "application/json"]] as const;
    const recording = recordingOf({ method: "POST", url: URL, headers, body }, at);
    const chunks = chatAnswer(request).map((chunk) => encoder.encode(chunk));
    const response = {
      ...recording.response,
      headers: [["content-type", "text/event-stream; charset=utf-8"]] as const,
      chunks,
      timing: { headers: 310.2, chunks: chunks.map((_, index) => 400 + index * 12.3) },
    };
    return { ...recording, response };
  });
  return renderTape({ version: 1, interactions });
}

/** Removes what earlier runs have left: the next run is that of a fresh clone. */
export function clearCaches(folder: string): void {
  const modules = join(folder, "node_modules");
  for (const each of readdirSync(modules)) {
    if (each.startsWith(".")) rmSync(join(modules, each), { recursive: true });
  }
  for (const each of [".vitest", ".vitest-cassette"]) {
    if (existsSync(join(folder, each))) rmSync(join(folder, each), { recursive: true });
  }
}

/** Runs Vitest in a project. Returns the milliseconds of processor time that all its processes took. */
export function runVitest(folder: string, env: Readonly<Record<string, string>> = {}): number {
  const vitest = join(repository, "node_modules/vitest/vitest.mjs");
  const command = `TIMEFORMAT="cpu %U %S"; time "${process.execPath}" "${vitest}" run`;
  const options = { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], options);
  const times = /^cpu (\S+) (\S+)$/m.exec(stderr);
  if (status !== 0 || times === null)
    throw new Error(`${folder} failed:\n${stdout}\n${stderr}`.slice(0, 3000));
  return (Number(times[1]) + Number(times[2])) * 1000;
}
