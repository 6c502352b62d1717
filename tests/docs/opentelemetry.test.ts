import { expect, test } from "vitest";
import { startCollector } from "../support/otel-collector.ts";
import { createProject } from "../support/run-vitest.ts";
import { blocksOf, readPage } from "./pages.ts";

const blocks = blocksOf(readPage("docs/opentelemetry.md"), "ts");

const TAPE = `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      headers: { content-type: application/json }
      body: { model: gpt-5-mini, messages: [{ role: user, content: Tell me a joke. }] }
    response:
      status: 200
      headers: { content-type: application/json }
      timing: { headers: 300, chunks: [321.5] }
      body: { id: chatcmpl-1, object: chat.completion, model: gpt-5-mini, choices: [{ message: { content: Light attracts bugs. } }] }
`;

// In a vm pool, the SDK that Vitest starts is in another realm than the tests.
test("the example sends spans in the spans of the tests, also in a vm pool", async () => {
  const collector = await startCollector();
  const files = blocks.map(({ info, code }) => [/file=(\S+)/.exec(info)?.[1] ?? "", code]);
  expect(files.map(([name]) => name)).toEqual(["vitest.config.ts", "otel.js", "joke.test.ts"]);
  using project = createProject({
    files: { ...Object.fromEntries(files), "cassettes/joke/tells-a-joke.yaml": TAPE },
  });
  const { tests, output } = await project.run({
    args: ["--pool=vmThreads"],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  });
  await collector.close();

  expect(tests, output).toEqual({ "tells a joke": "passed" });
  const chat = collector.spans.find(({ scope }) => scope === "vitest-cassette");
  expect(chat).toMatchObject({
    name: "chat gpt-5-mini",
    attributes: { "cassette.replayed": true, "gen_ai.response.id": "chatcmpl-1" },
  });
  expect(chat?.duration).toBeCloseTo(321.5, 1);
  const parent = collector.spans.find(({ id }) => id === chat?.parent);
  expect(parent?.name).toMatch(/^vitest\./);
});
