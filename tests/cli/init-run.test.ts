import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Interaction } from "../../src/cassette/model.ts";
import { firstTest } from "../../src/cli/init/first-test.ts";
import { main } from "../../src/cli/main.ts";
import { renderTape } from "../../src/format/index.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { createProject, ONE_WORKER } from "../support/run-vitest.ts";

const RESPONSES = { url: "https://api.openai.com/v1/responses", path: "/v1/responses" };
const MESSAGES = { url: "https://api.anthropic.com/v1/messages", path: "/v1/messages" };
const GEMINI_V1 = {
  url: "https://generativelanguage.googleapis.com/v1/models/gemini-3-flash:streamGenerateContent?alt=sse",
  path: "/v1/models/gemini-3-flash:streamGenerateContent?alt=sse",
};
const GEMINI = {
  url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse",
  path: "/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse",
};

/** The dependencies of a project, and the endpoint that its first test calls. */
const PROJECTS = [
  [["openai"], RESPONSES],
  [["@anthropic-ai/sdk"], MESSAGES],
  [["@google/genai"], GEMINI_V1],
  [["ai", "@ai-sdk/openai"], RESPONSES],
  [["ai", "@ai-sdk/anthropic"], MESSAGES],
  [["ai", "@ai-sdk/google"], GEMINI],
  [[], RESPONSES],
] as const;

test("the files that init writes work: the config, and the first test with every SDK", async () => {
  await using server = await startProviderServer();
  const tapeOf = async ({ url, path }: typeof RESPONSES): Promise<string> => {
    const asked = { model: "m", input: "?", max_tokens: 5, messages: [], contents: [], stream: true };
    const response = await fetch(server.url + path, { method: "POST", body: JSON.stringify(asked) });
    const interaction: Interaction = {
      kind: "request",
      at: 0,
      // Warn mode plays the nearest recording of the same endpoint.
      request: { method: "POST", url, headers: [] },
      response: {
        status: response.status,
        statusText: "OK",
        headers: [["content-type", response.headers.get("content-type") ?? ""]],
        chunks: [await response.bytes()],
        end: "complete",
      },
    };
    return renderTape({ version: 1, interactions: [interaction] });
  };
  const files: Record<string, string> = {
    "package.json": JSON.stringify({ type: "module", devDependencies: { openai: "7" } }),
  };
  for (const [index, [dependencies, endpoint]] of PROJECTS.entries()) {
    const { text } = firstTest({ ...PROJECT, dependencies: new Set<string>(dependencies) });
    files[`sdk-${index}.test.ts`] = text.replace("streams an answer", `streams an answer ${index}`);
    files[`cassettes/sdk-${index}/streams-an-answer-${index}.yaml`] = await tapeOf(endpoint);
  }
  using project = createProject({ files });
  rmSync(join(project.root, "vitest.config.ts"));
  // The samples use cassettes, so that init adds no first test.
  const code = await main(["init", "--yes"], {
    env: {},
    directory: project.root,
    isTerminal: false,
    writeOut: () => undefined,
    writeError: () => undefined,
  });
  expect(code).toBe(0);
  const { tests, output } = await project.run({ env: { CASSETTE_MODE: "warn" }, args: ONE_WORKER });
  const names = PROJECTS.map((_, index) => `streams an answer ${index}`);
  expect(tests, output).toEqual(Object.fromEntries(names.map((name) => [name, "passed"])));
});

const PROJECT = {
  folder: "/",
  isModule: true,
  hasTypeScript: true,
  packageManager: "npm",
  config: undefined,
  hasCassetteTest: false,
  testFolder: "",
  gitRoot: undefined,
} as const;
