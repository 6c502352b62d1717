import { expect, test } from "vitest";
import { blocksOf, readPage } from "../docs/pages.ts";
import { createProject } from "../support/run-vitest.ts";

const TAPE = `cassette: 1
interactions:
  - request: { method: GET, url: https://api.openai.com/v1/models }
    response: { headers: { content-type: application/json }, body: { data: [] } }
`;

test("the examples of docs/beside.md run", async () => {
  const [withMsw, handlers] = blocksOf(readPage("docs/beside.md"), "ts");
  using project = createProject({
    files: {
      "with-msw.test.ts": withMsw?.code ?? "",
      "handlers.test.ts": handlers?.code ?? "",
      "cassettes/joke.yaml": TAPE,
    },
  });
  const { failures, tests, output } = await project.run();
  expect(failures, output).toEqual({});
  expect(Object.keys(tests)).toEqual(["lists the models", "asks the model only with credits left"]);
});
