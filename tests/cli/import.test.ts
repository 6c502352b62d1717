import { expect, test } from "vitest";
import { parseTape } from "../../src/format/index.ts";
import { createWorkspace } from "./command.ts";

const KEY = `sk-proj-${"Ab1".repeat(20)}T3BlbkFJ${"Cd2".repeat(20)}`;
const VCR_TEST = `- request:
    url: https://api.openai.com/v1/models
    method: GET
    headers: { authorization: Bearer ${KEY}, accept: application/json }
  response:
    status: 200
    headers: { content-type: application/json, set-cookie: session=abcdefghijklmnop }
    body: '{"data":[],"key":"${KEY}"}'
`;

test("import writes a cassette without secrets that can be played", async () => {
  using workspace = createWorkspace({ "old/models.yaml": VCR_TEST });
  const { code, out, error } = await workspace.run("import old/models.yaml --no-config");
  expect(error).toBe("");
  expect([code, out]).toEqual([0, "cassettes/models.yaml: 1 interaction from vcr-test\n"]);
  const text = workspace.read("cassettes/models.yaml");
  expect(text).not.toContain(KEY);
  expect(text).not.toContain("abcdefghijklmnop");
  const tape = parseTape(text, { file: "models.yaml" });
  expect(tape.interactions).toMatchObject([{ request: { method: "GET" }, response: { status: 200 } }]);
  const check = await workspace.run("check --secrets --no-config");
  expect(check.code, check.out).toBe(0);
});

test("import keeps a cassette that exists, unless forced", async () => {
  using workspace = createWorkspace({
    "old/models.yaml": VCR_TEST,
    "cassettes/chat/models.yaml": "cassette: 1\n",
  });
  const refused = await workspace.run("import old/models.yaml --to chat/models --no-config");
  expect([refused.code, workspace.read("cassettes/chat/models.yaml")]).toEqual([1, "cassette: 1\n"]);
  expect(refused.error).toContain("CASSETTE_EXISTS");
  const forced = await workspace.run("import old/models.yaml --to chat/models --force --no-config");
  expect(forced.code).toBe(0);
  expect(workspace.read("cassettes/chat/models.yaml")).toContain("/v1/models");
});

test("import names a file that it cannot read, and goes on", async () => {
  using workspace = createWorkspace({ "notes.txt": "no recording", "empty.har": '{"log":{"entries":[]}}' });
  const { code, error } = await workspace.run("import notes.txt missing.har empty.har --no-config");
  expect(code).toBe(1);
  expect(error).toContain("CASSETTE_IMPORT_UNKNOWN");
  expect(error).toContain("CASSETTE_READ_FAILED");
  expect(error).toContain("missing.har");
  expect(error).toContain("Pass the paths of recordings, relative to the folder");
  expect(error).toContain("CASSETTE_IMPORT_EMPTY");
});
