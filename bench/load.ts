/**
 * Measures what a test file pays: whole runs of many isolated files, each with a cassette of 20 KB and three requests,
 * beside the same files with a hand-written stub of `fetch` and beside files with one empty test. The runs take turns.
 *
 *     npm run build
 *     node bench/load.ts [--files 40] [--rounds 5] [--pool forks] [--workers 2] [--only package,stub]
 *     node bench/load.ts --package /path/to/another/checkout    # compares another build, too
 *     node bench/load.ts --cpu-profile /tmp/profiles            # profiles of the package's files
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { renderTape } from "../src/format/index.ts";
import { chatInteraction, chatRequest } from "./support/chat.ts";
import { median } from "./support/figures.ts";

const { values: settings } = parseArgs({
  options: {
    files: { type: "string", default: "40" },
    rounds: { type: "string", default: "5" },
    pool: { type: "string", default: "forks" },
    workers: { type: "string", default: "2" },
    only: { type: "string" },
    package: { type: "string", multiple: true, default: [] },
    "cpu-profile": { type: "string" },
  },
});
const files = Number(settings.files);
const rounds = Number(settings.rounds);
const repository = resolve(import.meta.dirname, "..");

const REQUESTS = 3;
const CHUNKS = 21;

const send = `
async function send(index) {
  const response = await fetch("${chatRequest(0).url}", {
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
const bodies = `const bodies = ${JSON.stringify(Array.from({ length: REQUESTS }, (_, index) => chatRequest(index).json))};`;

const EMPTY = `import { test } from "vitest";\ntest("empty", () => {});\n`;

const STUB = `import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
${bodies}
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
`;

const PACKAGE = `import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
${bodies}
${send}
test("reads three streams", async () => {
  useCassette("chat");
  for (let index = 0; index < ${REQUESTS}; index++) expect(await send(index)).toContain("[DONE]");
});
`;

/** The same with times, and the package imported where it can be timed. */
const PHASES = `import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
${bodies}
${send}
test("reads three streams", async () => {
  const times = {};
  let last = performance.now();
  const mark = (name) => {
    const now = performance.now();
    times[name] = now - last;
    last = performance.now();
  };
  const { useCassette } = await import("vitest-cassette");
  mark("import vitest-cassette");
  const cassette = useCassette("chat");
  mark("useCassette()");
  for (let index = 0; index < ${REQUESTS}; index++) {
    expect(await send(index)).toContain("[DONE]");
    mark(index === 0 ? "first request" : "request " + (index + 1));
  }
  await cassette.eject();
  mark("close");
  appendFileSync(process.env.PHASES_FILE, JSON.stringify(times) + "\\n");
});
`;

interface Variant {
  readonly name: string;
  readonly test: string;
  readonly plugin: boolean;
  /** The checkout whose package the files use. */
  readonly from: string;
}

const builds = [repository, ...settings.package.map((folder) => resolve(folder))];
const labelOf = (index: number): string => (index === 0 ? "" : ` (${builds[index]})`);
const all: readonly Variant[] = [
  { name: "empty", test: EMPTY, plugin: false, from: repository },
  { name: "stub", test: STUB, plugin: false, from: repository },
  ...builds.flatMap((from, index): readonly Variant[] => [
    { name: `plugin${labelOf(index)}`, test: EMPTY, plugin: true, from },
    { name: `package${labelOf(index)}`, test: PACKAGE, plugin: true, from },
  ]),
];
const only = settings.only?.split(",");
const variants = all.filter(({ name }) => only === undefined || only.includes(name.split(" ")[0] ?? ""));

const root = mkdtempSync(join(tmpdir(), "vitest-cassette-load-"));
process.on("exit", () => rmSync(root, { recursive: true, force: true }));

/** Creates a project as a user has it: outside the repository, with the built package in its `node_modules`. */
function createProject({ name, test, plugin, from }: Variant, count: number): string {
  const folder = join(root, name.replaceAll(/\W+/g, "-"));
  const modules = join(folder, "node_modules");
  const installed = join(modules, "vitest-cassette");
  mkdirSync(installed, { recursive: true });
  for (const each of readdirSync(join(repository, "node_modules"))) {
    if (!each.startsWith(".")) symlinkSync(join(repository, "node_modules", each), join(modules, each));
  }
  cpSync(join(from, "dist"), join(installed, "dist"), { recursive: true });
  cpSync(join(from, "package.json"), join(installed, "package.json"));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const cassette = plugin ? `import { cassette } from "vitest-cassette/plugin";\n` : "";
  writeFileSync(
    join(folder, "vitest.config.js"),
    `${cassette}export default {
  plugins: [${plugin ? "cassette()" : ""}],
  test: { pool: "${settings.pool}", maxWorkers: ${settings.workers}, execArgv: (process.env.EXEC_ARGV ?? "").split(" ").filter(Boolean), reporters: ["dot", "./durations.js"] },
};\n`,
  );
  writeFileSync(
    join(folder, "durations.js"),
    `import { writeFileSync } from "node:fs";
const all = [];
export default class {
  onTestModuleEnd(module) { all.push(module.diagnostic()); }
  onTestRunEnd() { if (process.env.DURATIONS_FILE) writeFileSync(process.env.DURATIONS_FILE, JSON.stringify(all)); }
}\n`,
  );
  const tape = renderTape({
    version: 1,
    interactions: Array.from({ length: REQUESTS }, (_, index) => chatInteraction(index, CHUNKS)),
  });
  const decoder = new TextDecoder();
  const answers = Array.from({ length: REQUESTS }, (_, index) =>
    chatInteraction(index, CHUNKS).response.chunks.map((chunk) => decoder.decode(chunk)),
  );
  for (let index = 0; index < count; index++) {
    writeFileSync(join(folder, `file-${index}.test.js`), test.replace(`"chat"`, `"chat-${index}"`));
    if (test === EMPTY) continue;
    if (test === STUB) {
      writeFileSync(join(folder, "answers.json"), JSON.stringify(answers));
    } else {
      mkdirSync(join(folder, "cassettes"), { recursive: true });
      writeFileSync(join(folder, "cassettes", `chat-${index}.yaml`), tape);
    }
  }
  return folder;
}

interface Cost {
  readonly wall: number;
  /** User and system time of all processes. Other work on the machine changes it less than the wall time. */
  readonly cpu: number;
}

function runVitest(folder: string, env: Readonly<Record<string, string>> = {}): Cost {
  const started = performance.now();
  const vitest = join(repository, "node_modules/vitest/vitest.mjs");
  const command = `TIMEFORMAT="cpu %U %S"; time "${process.execPath}" "${vitest}" run`;
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|RECORD|CASSETTE|CI$|npm_|NODE_ENV)/.test(name),
  );
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], {
    cwd: folder,
    env: { ...Object.fromEntries(own), ...env },
    encoding: "utf8",
  });
  const wall = performance.now() - started;
  const times = /^cpu (\S+) (\S+)$/m.exec(stderr);
  if (status !== 0 || times === null)
    throw new Error(`${folder} failed:\n${stdout.slice(0, 3000)}\n${stderr.slice(0, 3000)}`);
  return { wall, cpu: (Number(times[1]) + Number(times[2])) * 1000 };
}

function compareRuns(): void {
  const folders = new Map(variants.map((variant) => [variant.name, createProject(variant, files)]));
  const costs = new Map<string, Cost[]>(variants.map(({ name }) => [name, []]));
  for (const folder of folders.values()) runVitest(folder);
  for (let round = 0; round < rounds; round++) {
    for (const [name, folder] of folders) costs.get(name)?.push(runVitest(folder));
  }
  const of = (name: string, what: keyof Cost): number =>
    median((costs.get(name) ?? []).map((cost) => cost[what]));
  const ratio = (name: string, other: string, what: keyof Cost): string => {
    const [mine, theirs] = [costs.get(name) ?? [], costs.get(other) ?? []];
    if (theirs.length === 0) return "";
    return `x ${median(mine.map((cost, index) => cost[what] / (theirs[index]?.[what] ?? 1))).toFixed(2)}`;
  };
  console.log(
    `${files} isolated files, pool ${settings.pool}, ${rounds} rounds, medians; milliseconds a file`,
  );
  const width = Math.max(...variants.map(({ name }) => name.length));
  console.log(`${"".padEnd(width)}     wall  of stub   over empty      cpu  of stub   over empty`);
  for (const { name } of variants) {
    const cells = (["wall", "cpu"] as const).map((what) => {
      const each = (of(name, what) / files).toFixed(1).padStart(8);
      const over = costs.has("empty") ? ((of(name, what) - of("empty", what)) / files).toFixed(1) : "";
      return `${each} ${ratio(name, "stub", what).padStart(8)} ${over.padStart(12)}`;
    });
    console.log(`${name.padEnd(width)} ${cells.join(" ")}`);
  }
}

/** Times of what happens in one file, each in a process of its own. */
function printPhases(): void {
  for (const [index, from] of builds.entries()) {
    const folder = createProject({ name: `phases${index}`, test: PHASES, plugin: true, from }, 12);
    const phases = join(folder, "phases.ndjson");
    const durations = join(folder, "durations.json");
    runVitest(folder, { PHASES_FILE: phases, DURATIONS_FILE: durations });
    const lines = readFileSync(phases, "utf8").trim().split("\n");
    const measured = lines.map((line) => JSON.parse(line) as Record<string, number>);
    const setUp = JSON.parse(readFileSync(durations, "utf8")) as { setupDuration: number }[];
    console.log(`\nin one file, median of ${measured.length}${labelOf(index)}`);
    console.log(
      `  ${median(setUp.map(({ setupDuration }) => setupDuration))
        .toFixed(1)
        .padStart(7)} ms  set-up file`,
    );
    for (const name of Object.keys(measured[0] ?? {})) {
      console.log(
        `  ${median(measured.map((times) => times[name] ?? 0))
          .toFixed(1)
          .padStart(7)} ms  ${name}`,
      );
    }
  }
}

function profile(to: string): void {
  const folder = createProject({ name: "profiled", test: PACKAGE, plugin: true, from: repository }, 3);
  mkdirSync(to, { recursive: true });
  runVitest(folder, { EXEC_ARGV: `--cpu-prof --cpu-prof-interval=200 --cpu-prof-dir=${resolve(to)}` });
  console.log(
    `\nprofiles: ${readdirSync(to)
      .map((name) => join(to, basename(name)))
      .join("\n  ")}`,
  );
}

if (settings["cpu-profile"] !== undefined) profile(settings["cpu-profile"]);
else {
  if (variants.length > 0) compareRuns();
  printPhases();
}
