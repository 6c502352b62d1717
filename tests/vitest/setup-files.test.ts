import { expect, test } from "vitest";
import { createProject, messagesOf } from "../support/run-vitest.ts";

test("a replay uses Node's own classes of fetch if a setup file has replaced or deleted them", async () => {
  using project = createProject({
    test: `setupFiles: ["./setup.ts"],`,
    files: {
      "setup.ts": `
class Fake {}
Object.assign(globalThis, { Response: Fake, Request: Fake, Fake });
delete (globalThis as any).Headers;
`,
      "cassettes/joke.yaml": `cassette: 1
interactions:
  - request: { method: GET, url: https://api.openai.com/v1/models }
    response: { status: 200, headers: { content-type: application/json }, body: { data: [] } }
`,
      "a.test.ts": `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
test("replays", async () => {
  useCassette("joke");
  const response = await fetch("https://api.openai.com/v1/models");
  expect(await response.json()).toEqual({ data: [] });
  const { Fake, Headers, Request, Response } = globalThis as any;
  expect([Headers, Request, Response]).toEqual([undefined, Fake, Fake]);
  expect(response).not.toBeInstanceOf(Fake);
});
`,
    },
  });
  const run = await project.run();
  expect([messagesOf(run.failures), run.tests]).toEqual([{}, { replays: "passed" }]);
});
