import { expect, test } from "vitest";
import { createProject, messagesOf } from "../support/run-vitest.ts";

test("a test that replays a JSON request loads no part, and a matcher the parts that it needs", async () => {
  using project = createProject({
    files: {
      "cassettes/joke.yaml": `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      headers: { content-type: application/json }
      body: { model: gpt-5-mini, messages: [{ role: user, content: A joke? }] }
    response:
      status: 200
      headers: { content-type: application/json }
      body: { id: chatcmpl-1, object: chat.completion, choices: [{ index: 0, message: { role: assistant, content: No. }, finish_reason: stop }] }
`,
      "a.test.ts": `
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";

const loaded = () => Object.keys(createRequire(import.meta.url).cache).flatMap((file) => /vitest-cassette.dist.(\\w+)/.exec(file)?.[1] ?? []);

test("replays", async () => {
  const cassette = useCassette("joke");
  const response = await fetch("https://api.openai.com/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer none" },
    body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "A joke?" }] }),
  });
  expect((await response.json()).choices[0].message.content).toBe("No.");
  expect(loaded()).toEqual([]);
  expect(cassette).toHaveStreamedText("No.");
  expect(loaded().sort()).toEqual(["assertions", "decoding", "diagnosis"]);
});
`,
    },
  });
  const run = await project.run();
  expect([messagesOf(run.failures), run.tests]).toEqual([{}, { replays: "passed" }]);
});
