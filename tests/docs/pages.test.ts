import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { cassette } from "../../src/plugin.ts";
import { createProject, messagesOf, ONE_WORKER } from "../support/run-vitest.ts";
import { type Block, blocksOf, readPage, repository } from "./pages.ts";

const recording = readPage("docs/recording.md") + readPage("docs/modes.md");
const core = readPage("docs/without-vitest.md");
const ci = readPage("docs/ci.md");
const runs = readPage("docs/runs.md");
const readme = readPage("README.md");
const security = readPage("SECURITY.md");

const fileOf = ({ info }: Block): string | undefined => /file=(\S+)/.exec(info)?.[1];
const isConfig = ({ code }: Block): boolean => code.includes("defineConfig") && code.includes("cassette(");

/** Files by name, from the blocks of a page that say which file they are. */
function filesOf(page: string): Readonly<Record<string, string>> {
  const files = blocksOf(page, "ts").flatMap((block): [string, string][] => {
    const file = fileOf(block);
    return file === undefined ? [] : [[file, block.code]];
  });
  return Object.fromEntries(files);
}

const models = `cassette: 1
interactions:
  - request: { method: GET, url: https://api.openai.com/v1/models }
    response: { headers: { content-type: application/json }, body: { data: [] } }
`;

/** The program that an example starts. */
const agent = `
const response = await fetch(process.env.OPENAI_BASE_URL + "/models");
console.log(await response.text());
`;
const agentTape = models.replace("data: []", "data: [dark mode]");

/** A test file made of an example of docs/without-vitest.md. */
function asTest({ code, line }: Block): string {
  if (code.includes("node:test")) return code.replace("'node:test'", "'vitest'");
  const body = code.replace(
    /^(?!import)/m,
    `import { test } from 'vitest'\ntest('line ${line}', async () => {\n`,
  );
  return `${body}})`;
}

test("the examples run, and a miss reads as docs/modes.md shows it", async () => {
  const { "setup.test.ts": setup = "", ...files } = filesOf(recording);
  const coreExamples = blocksOf(core, "ts");
  expect([Object.keys(files).length, coreExamples.length]).toEqual([7, 3]);
  const blocks = blocksOf(readme);
  const joke = blocks.find(({ code }) => code.startsWith("// joke.test.ts"))?.code ?? "";
  const tape = blocks.find(({ language }) => language === "yaml")?.code ?? "";
  using project = createProject({
    files: {
      ...files,
      "setup.ts": setup,
      ...Object.fromEntries(coreExamples.map((block) => [`core-${block.line}.test.ts`, asTest(block)])),
      ...Object.fromEntries(["joke", "models", "script"].map((name) => [`cassettes/${name}.yaml`, models])),
      "joke.test.ts": joke.replace("'gpt-5-mini'", "'gpt-5'"),
      "cassettes/joke/tells-a-joke.yaml": tape,
      "agent.mjs": agent,
      "cassettes/other-processes/an-agent-that-is-a-program-of-its-own.yaml": agentTape,
    },
    test: 'setupFiles: ["./setup.ts"]',
  });
  const { tests, failures, output } = await project.run({ args: ONE_WORKER });
  expect(Object.keys(failures), output).toEqual(["tells a joke"]);
  expect(Object.keys(tests)).toHaveLength(15);
  // The client's own error comes first, then what the cassette says about it.
  const [, miss] = messagesOf(failures)["tells a joke"] ?? [];
  const shown = blocksOf(recording, "text").find(({ info }) => info.includes("miss"));
  expect(miss).toContain(shown?.code.trim());
});

test("every config on the pages is valid", async () => {
  const configs = [
    recording,
    ci,
    runs,
    security,
    readPage("docs/monorepos.md"),
    readPage("docs/live.md"),
  ].flatMap((page) => blocksOf(page, "ts").filter(isConfig));
  expect(configs.length).toBeGreaterThan(1);
  for (const { code } of configs) {
    const options = /cassette\((.*)\),?\s*\]/s.exec(code)?.[1];
    expect(options).toBeDefined();
    expect(() => cassette(new Function(`return ${options}`)() as object)).not.toThrow();
  }
});

test("the workflows of docs/ci.md and docs/cli.md are YAML", () => {
  const workflows = [ci, readPage("docs/cli.md")].flatMap((page) => blocksOf(page, "yaml"));
  expect(workflows).toHaveLength(3);
  for (const { code } of workflows) expect(parse(code)).toHaveProperty("jobs");
});

const pages = [
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** The id that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

test.for(pages)("every link of %s leads somewhere", (file) => {
  for (const [, target = ""] of readPage(file).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(target)) continue;
    const [path = "", anchor] = target.split("#");
    const linked = path === "" ? file : join(dirname(file), path);
    expect(existsSync(join(repository, linked)), target).toBe(true);
    if (anchor === undefined) continue;
    const headings = [...readPage(linked).matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) => anchorOf(text));
    expect(headings, target).toContain(anchor);
  }
});

test("docs/architecture.md lists the layers that check:layers enforces, in their order", () => {
  const [, list = ""] = /const LAYERS = \[([^\]]+)\]/.exec(readPage("scripts/check-layers.ts")) ?? [];
  const layers = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  const shown = [...readPage("docs/architecture.md").matchAll(/^\| `src\/(\w+)`/gm)].map(([, name]) => name);
  expect(layers.length).toBeGreaterThan(10);
  expect(shown).toEqual(layers);
});
