import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseTape, renderTape } from "../../src/format/index.ts";
import { checkOptions, checkProjectOptions } from "../../src/options/check-options.ts";
import { createProject, messagesOf } from "../support/run-vitest.ts";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(
    ([, code]) => code as string,
  );
}

const [joke = "", config = "", using = "", matchers = "", core = ""] = blocks("ts");
const [tape = ""] = blocks("yaml");

const sse = (events: readonly object[]): string =>
  events
    .map(
      (event) =>
        `        event: ${(event as { type: string }).type}\n        data: ${JSON.stringify(event)}\n\n`,
    )
    .join("");

/** Of the first example, in the shape that the README shows. */
const jokeTape = `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/responses
      headers: { content-type: application/json }
      body: { model: gpt-5-mini, input: Tell me a joke., stream: true }
    response:
      headers: { content-type: text/event-stream }
      timing: { headers: 300, chunks: [412, 455, 460] }
      body: |+
${sse([
  { type: "response.created", response: { id: "resp_1", model: "gpt-5-mini", status: "in_progress" } },
  { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Light attracts bugs." },
  {
    type: "response.completed",
    response: {
      id: "resp_1",
      status: "completed",
      usage: { input_tokens: 5, output_tokens: 4, total_tokens: 9 },
    },
  },
])}`;

test("the first example stands by line 30 and plays", async () => {
  expect(readme.split("\n").findIndex((line) => line.includes("useCassette()"))).toBeLessThan(30);
  using project = createProject({
    files: { "joke.test.ts": joke, "cassettes/joke/tells-a-joke.yaml": jokeTape },
  });
  const played = await project.run();
  expect(played.failures).toEqual({});
  // The miss that the README shows is the one that this example gives.
  project.write("joke.test.ts", joke.replace('"gpt-5-mini"', '"gpt-5"'));
  const messages = messagesOf((await project.run()).failures)["tells a joke"] ?? [];
  // First the client's own error, then what the cassette has to say of it.
  expect(messages).toHaveLength(2);
  const [, message = ""] = messages;
  const [shown = ""] = blocks("text");
  expect(message.replaceAll("/v1/responses", "/v1/chat/completions")).toContain(shown.trim());
});

test("the config is one that Vitest takes", async () => {
  using project = createProject({
    files: { "a.test.ts": 'import { test } from "vitest"; test("runs", () => {});' },
  });
  const repository = join(import.meta.dirname, "../..");
  project.write(
    "vitest.config.ts",
    config.replace('"vitest-cassette/plugin"', JSON.stringify(join(repository, "src/plugin.ts"))),
  );
  expect((await project.run()).tests).toEqual({ runs: "passed" });
});

test("the ways of using it run", async () => {
  using project = createProject({
    files: {
      "using.test.ts": using,
      "matchers.test.ts": matchers
        .replace("// ... the code under test", "await send();")
        .replace(
          /^test/m,
          `const send = () => fetch("https://api.openai.com/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: '{"stream":true}' }).then((response) => response.text());\ntest`,
        ),
      "core.test.ts": `import { test } from "vitest";\n${core.replace("const answer =", "test('core', async () => { const answer =")}\n});`,
      "cassettes/matchers/streams-well.yaml": `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      body: { stream: true }
    response:
      headers: { content-type: text/event-stream }
      timing: { headers: 100, chunks: [200, 300, 350, 360] }
      body: |+
        data: {"choices":[{"index":0,"delta":{"content":"in dark mode"}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Lyon\\"}"}}]}}]}

        data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":20,"total_tokens":25}}

        data: [DONE]

`,
    },
  });
  const { failures, status, output } = await project.run();
  expect(failures).toEqual({});
  expect(status, output).toBe(0);
});

test("the tape is one that is read and written back as it stands", () => {
  expect(renderTape(parseTape(tape, { file: "README.md" }))).toBe(tape);
  const [interaction] = parseTape(tape, { file: "README.md" }).interactions;
  expect(interaction?.response.chunks).toHaveLength(3);
});

test("the table of options names every option, and no other", () => {
  const [, table = ""] =
    /\| option \| default \| is \|\n\| --- \| --- \| --- \|\n((?:\|.*\n)+)/.exec(readme) ?? [];
  const names = [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  const valid = (check: () => void): readonly string[] => {
    try {
      check();
    } catch (error) {
      return /Valid are ([^.]+)\./.exec((error as Error).message)?.[1]?.split(", ") ?? [];
    }
    return [];
  };
  expect(names.toSorted()).toEqual(valid(() => checkProjectOptions({ unknown: 1 } as never)).toSorted());
  const ofProject = names.filter((name) => new RegExp(`\`${name}\`.*plugin only`).test(table));
  const ofTest = valid(() => checkOptions({ unknown: 1 } as never));
  expect(names.filter((name) => !ofTest.includes(name as string)).toSorted()).toEqual(ofProject.toSorted());
});
