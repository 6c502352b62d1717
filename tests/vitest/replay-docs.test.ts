import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { createProject, ONE_WORKER } from "../support/run-vitest.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

interface Block {
  readonly line: number;
  readonly language: string;
  readonly info: string;
  readonly code: string;
}

const page = readFileSync(new URL("../../docs/replay.md", import.meta.url), "utf8");

function blocks(): readonly Block[] {
  return [...page.matchAll(/^```(\w+)(.*)\n([\s\S]*?)^```$/gm)].map((fence) => {
    const [, language = "", info = "", code = ""] = fence;
    return { line: page.slice(0, fence.index).split("\n").length, language, info, code };
  });
}

const HEADER = `
import OpenAI from 'openai'
import { afterEach, expect, test, vi } from 'vitest'
import { chunkings, useCassette } from 'vitest-cassette'
import { streamJoke, tellJoke } from './chat.ts'
afterEach(() => void vi.useRealTimers())
`;

/** An example is a test, or code that stands for one. */
function testFile({ code, line }: Block): string {
  if (/^test(?:\.for|\.skipIf)?\(/m.test(code)) return HEADER + code;
  const imports = code.match(/^import .*\n/gm)?.join("") ?? "";
  const body = code.replace(/^import .*\n/gm, "");
  return `${imports}import { test } from 'vitest'\nimport { tellJoke } from './chat.ts'\ntest('line ${line}', async () => {\n${body}})\n`;
}

const PIECES = ["Because", " light", " attracts", " bügs", " 🐛"];
const event = (content: string): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] })}\n\n`;
const body = [...PIECES.map(event), "data: [DONE]\n\n"].join("");

const joke = `cassette: 1
recorded: { at: 2026-11-20T07:00:00.000Z, with: vitest-cassette 0.1.0 }
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      headers: { content-type: application/json }
      body: { model: gpt-5-mini, stream: true, messages: [{ role: user, content: "Why do programmers prefer dark mode?" }] }
    response:
      status: 200
      headers: { content-type: text/event-stream }
      timing: { headers: 310.2, chunks: [412.3, 433.1, 2455.0, 2460.2, 2470.9, 2471.3] }
      body: |+
${body.replace(/^(?=.)/gm, "        ")}`;

const examples = blocks().filter(({ language }) => language === "ts");
const chat = examples.find(({ info }) => info.includes("file=chat.ts"))?.code ?? "";
const tests = examples.filter(({ info }) => !info.includes("file="));
const nameOf = ({ line }: Block): string => `line-${line}.test.ts`;

test("every example of docs/replay.md does what the page says", async () => {
  const freezing = tests.filter(({ info }) => info.includes("freeze"));
  expect(freezing).toHaveLength(1);
  expect(tests.length).toBeGreaterThan(10);
  using project = createProject({
    files: {
      "chat.ts": chat,
      "cassettes/joke.yaml": joke,
      ...Object.fromEntries(tests.map((block) => [nameOf(block), testFile(block)])),
    },
  });

  const env = { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_API_KEY: "any" };
  const args = freezing.map(nameOf);
  const recorded = await project.run({ env: { ...env, RECORD: "1" }, args });
  expect(recorded.status, recorded.output).toBe(0);
  expect(
    project.read(
      `cassettes/${nameOf(freezing[0] as Block).replace(".test.ts", "")}/writes-the-report-of-the-day.yaml`,
    ),
  ).toMatch(/^frozen: \{ time: .*, seed: \d+ \}$/m);
  const replayed = await project.run({ env, args });
  expect(replayed.status, replayed.output).toBe(0);

  const files = tests.filter((block) => !freezing.includes(block)).map(nameOf);
  const others = await project.run({ args: [...files, ...ONE_WORKER] });
  const failing = tests.filter(({ info }) => info.includes("fails"));
  expect(
    Object.values(others.tests).filter((state) => state !== "passed"),
    others.output,
  ).toHaveLength(failing.length);
  for (const block of failing) {
    expect(others.output).toContain(`FAIL  ${nameOf(block)}`);
    const shown = blocks().find(({ language, line }) => language === "text" && line > block.line);
    expect(Object.values(others.failures).flat().join("\n")).toContain(shown?.code.trim());
  }
});
