import { expect, test } from "vitest";
import { parseTape, renderTape } from "../../src/format/index.ts";
import * as matcherNames from "../../src/matchers.ts";
import { describeEntry } from "../../src/session/describe-entry.ts";
import { createProject } from "../support/run-vitest.ts";
import { blocksOf, readPage } from "./pages.ts";

const readme = readPage("README.md");
const lines = readme.split("\n");
const [config = "", joke = "", matchers = ""] = blocksOf(readme, "ts").map(({ code }) => code);
const [tape = ""] = blocksOf(readme, "yaml").map(({ code }) => code);

const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;

const answers = `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      body: { stream: true }
    response:
      headers: { content-type: text/event-stream }
      timing: { headers: 100, chunks: [200, 300, 350, 360, 370] }
      body: |+
        data: {"choices":[{"index":0,"delta":{"content":"in dark mode"}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Lyon\\"}"}}]}}]}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

        data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":20,"total_tokens":25}}

        data: [DONE]

`;

const answer = `const answer = () => fetch("https://api.openai.com/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: '{"stream":true}' }).then((response) => response.text());`;

test("the README is short, and says how to install the plugin before the first test", () => {
  expect(lines.length).toBeLessThanOrEqual(161);
  expect(lineOf("vitest-cassette/plugin")).toBeLessThan(lineOf("useCassette()"));
  expect(lineOf("useCassette()")).toBeLessThanOrEqual(30);
  expect(lineOf("localhost")).toBeLessThan(lines.length / 2);
});

test("its config, first test, cassette and matchers work together", async () => {
  using project = createProject({
    files: {
      "joke.test.ts": joke,
      "cassettes/joke/tells-a-joke.yaml": tape,
      "matchers.test.ts": matchers.replace(/^test/m, `${answer}\ntest`),
      "cassettes/matchers/answers-well.yaml": answers,
    },
  });
  project.write("vitest.config.ts", config);
  const played = await project.run();
  expect(played.tests, played.output).toEqual({ "tells a joke": "passed", "answers well": "passed" });
});

test("the cassette is written as the page shows it", () => {
  const parsed = parseTape(tape, { file: "README.md" });
  expect(renderTape(parsed)).toBe(tape);
  // Copies have no source text, so they are rendered as a recording is.
  const interactions = parsed.interactions.map((each) => ({ ...each }));
  expect(renderTape({ ...parsed, interactions }, { describe: describeEntry })).toBe(tape);
});

test("the matchers it shows exist", () => {
  const shown = [...matchers.matchAll(/\.(toHave\w+)\(/g)].map(([, name]) => name);
  expect(shown.length).toBeGreaterThan(8);
  for (const name of shown) expect(matcherNames).toHaveProperty(name as string);
});
