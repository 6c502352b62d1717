import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const repository = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  version: string;
  devDependencies: Record<string, string>;
};
/** A copy of an example. It is outside the repository, so that it finds nothing of it by accident. */
const example = mkdtempSync(join(tmpdir(), "vitest-cassette-consumer-"));
/** A user's project with checks of its own, on what the example has installed. */
const consumer = join(example, "consumer");
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|RECORD|CASSETTE|CI$|npm_|NODE_ENV|INIT_CWD)/.test(name),
  ),
);

const tape = `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      body: { model: gpt-5-mini, messages: [{ role: user, content: hello }], stream: true }
    response:
      headers: { content-type: text/event-stream }
      timing: { headers: 100, chunks: [250, 300] }
      body: |+
        data: {"id":"c","model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"Hi there."}}]}

        data: [DONE]

`;

const code = `
import OpenAI from "openai";
export async function greet(): Promise<string> {
  const stream = await new OpenAI().chat.completions.create({
    model: "gpt-5-mini", messages: [{ role: "user", content: "hello" }], stream: true,
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}
`;

const testFile = `
import { expect, test as plain } from "vitest";
import { type Cassette, test, traceStream, useCassette } from "vitest-cassette";
import { greet } from "./greet.ts";

plain("by name", async () => {
  const cassette: Cassette = useCassette("greeting");
  expect(await greet()).toBe("Hi there.");
  expect(cassette).toHaveStreamedText("Hi there.");
  expect(cassette).toHaveFirstTokenWithin(300);
  expect(cassette.stream().timing.firstToken).toBe(250);
});
test("by fixture", async ({ cassette }) => {
  expect(cassette.requests).toEqual([]);
  expect(typeof traceStream).toBe("function");
});
`;

const consumerFiles: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({ type: "module", private: true }),
  "vitest.config.ts": `
import { cassette } from "vitest-cassette/plugin";
import { defineConfig } from "vitest/config";
import CassetteReporter, { type CassetteRunReport } from "vitest-cassette/reporter";
export const version: CassetteRunReport["version"] = 1;
export default defineConfig({ plugins: [cassette()], test: { include: ["*.test.ts"], reporters: ["default", new CassetteReporter({ json: "run.json" })] } });
`,
  "greet.ts": code,
  "a.test.ts": testFile,
  "b.test.ts": testFile,
  "matchers.ts": `
import { expect } from "vitest";
import * as matchers from "vitest-cassette/matchers";
expect.extend(matchers);
`,
  "core.mjs": `
import assert from "node:assert/strict";
import { test } from "node:test";
import { withCassette } from "vitest-cassette/core";
test("without Vitest", async () => {
  process.env.OPENAI_API_KEY = "none";
  const { default: OpenAI } = await import("openai");
  const answer = await withCassette("greeting", async (cassette) => {
    const stream = await new OpenAI().chat.completions.create({ model: "gpt-5-mini", messages: [{ role: "user", content: "hello" }], stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    assert.equal(cassette.stream().text, text);
    return text;
  });
  assert.equal(answer, "Hi there.");
});
`,
  "cassettes/greeting.yaml": tape,
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      target: "es2023",
      module: "nodenext",
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: false,
      types: ["node"],
      lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
    },
    include: ["*.ts"],
  }),
};

beforeAll(async () => {
  if (!existsSync(join(repository, "dist/index.js"))) await run("npm", ["run", "build"], { cwd: repository });
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--pack-destination", example], {
    cwd: repository,
  });
  cpSync(join(repository, "examples/agent-with-tools"), example, { recursive: true });
  writeFileSync(join(example, "package.json"), withVersionsOfThisRepository(join(example, "package.json")));
  const packed = join(example, stdout.trim().split("\n").at(-1) as string);
  const tools = ["typescript", "@types/node", "vite"].map(
    (name) => `${name}@${manifest.devDependencies[name]}`,
  );
  await run(
    "npm",
    ["install", "--save-dev", "--prefer-offline", "--no-audit", "--no-fund", packed, ...tools],
    { cwd: example, env },
  );
}, 240_000);

afterAll(() => rmSync(example, { recursive: true, force: true }));

/** What a package.json asks for, in the versions that this repository is tested with. */
function withVersionsOfThisRepository(file: string): string {
  const versions = new Map(Object.entries(manifest.devDependencies));
  const example = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, string>>;
  for (const field of ["dependencies", "devDependencies"])
    for (const name of Object.keys(example[field] ?? {}))
      if (versions.has(name)) (example[field] as Record<string, string>)[name] = versions.get(name) as string;
  return JSON.stringify(example);
}

async function vitest(...args: string[]): Promise<string> {
  const script = join(example, "node_modules/vitest/vitest.mjs");
  const { stdout, stderr } = await run(process.execPath, [script, "run", ...args], {
    cwd: consumer,
    env: { ...env, NO_COLOR: "1" },
  }).catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

test("an example runs on its own installed dependencies, without a key", async () => {
  const { OPENAI_API_KEY: _, ...keyless } = env;
  const { stdout } = await run("npm", ["test"], {
    cwd: example,
    env: { ...keyless, NO_COLOR: "1", CI: "1" },
  });
  expect(stdout).toContain("Tests  1 passed (1)");
  expect(stdout).toContain("Cassettes  1 played · 2 requests");
});

// Written after the test of the example, whose run would find it.
function writeConsumer(): void {
  for (const [file, text] of Object.entries(consumerFiles)) {
    mkdirSync(dirname(join(consumer, file)), { recursive: true });
    writeFileSync(join(consumer, file), text);
  }
}

describe("a user's project", () => {
  beforeAll(writeConsumer);

  test("replays with the packed package", async () => {
    const output = await vitest();
    expect(output).toContain("Tests  4 passed (4)");
    expect(output).not.toMatch(/source map|warn/i);
  });

  /** Each is a project of one run. */
  const WAYS = `
import { cassette } from "vitest-cassette/plugin";
import { defineConfig } from "vitest/config";
const plugins = [cassette()];
const include = ["*.test.ts"];
const env = { OPENAI_API_KEY: "none" };
export default defineConfig({
  test: {
    maxWorkers: 1,
    projects: [
      { plugins, test: { name: "no isolation", include, isolate: false } },
      { plugins, test: { name: "no isolation in threads", include, isolate: false, pool: "threads" } },
      { test: { name: "without the plugin", include, env } },
      { test: { name: "without the plugin or isolation", include, env, isolate: false } },
    ],
  },
});
`;

  test("it works without isolation and without the plugin", async () => {
    writeFileSync(join(consumer, "ways.config.ts"), WAYS);
    const output = await vitest("--config", "ways.config.ts");
    expect(output).toContain("Tests  16 passed (16)");
    expect(output).not.toMatch(/source map|warn/i);
  });

  test("its declarations are valid in a project that checks libraries", async () => {
    const tsc = join(example, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", consumer]).catch(
      (error: { stdout: string }) => error,
    );
    // Errors in the declarations of other packages are not ours.
    const ours = stdout
      .split("\n")
      .filter((line) => line !== "" && !/^\s|node_modules\/(?!vitest-cassette\/)/.test(line));
    expect(ours).toEqual([]);
  });

  test("the core runs without Vitest", async () => {
    const { stdout } = await run(process.execPath, ["--test", "core.mjs"], { cwd: consumer, env });
    expect(stdout).toContain("pass 1");
  });

  test("nothing that a user does not need is packed", () => {
    const root = join(example, "node_modules/vitest-cassette");
    expect(readdirSync(root).toSorted()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "dist",
      "docs",
      "package.json",
      "schema",
    ]);
  });
});
