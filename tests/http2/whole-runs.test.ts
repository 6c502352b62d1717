import { expect, test } from "vitest";
import { createProject } from "../support/run-vitest.ts";
import { startHttp2Server } from "./support.ts";

const TEST = `
import { connect } from "node:http2";
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";

const url = process.env.SERVER;

test("a named import plays", async () => {
  useCassette("played");
  const session = connect("https://played.example");
  const stream = session.request({ ":path": "/" });
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  expect(text).toBe("from the tape");
  session.close();
});

test("Bedrock misses", async () => {
  useCassette("missing");
  const bedrock = new BedrockRuntimeClient({
    region: "us-east-1",
    endpoint: url,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  const messages = [{ role: "user", content: [{ text: "Hello" }] }];
  // The code under test swallows the error.
  await bedrock.send(new ConverseStreamCommand({ modelId: "m", messages })).catch(() => undefined);
  bedrock.destroy();
});

test("Node's own connect is back", () => {
  expect(connect.toString()).toContain("maxOriginSetSize");
});
`;

const TAPE = `cassette: 1
interactions:
  - at: 0
    request: { method: GET, url: "https://played.example/" }
    response:
      headers: { content-type: text/plain }
      body: from the tape
`;

test.for(["forks", "threads", "vmThreads", "vmForks"])("in every file of a worker of %s", async (pool) => {
  await using server = await startHttp2Server((stream) => stream.respond({ ":status": 200 }));
  using project = createProject({
    files: { "a.test.ts": TEST, "b.test.ts": TEST, "cassettes/played.yaml": TAPE },
  });
  const { failures, tests, output } = await project.run({
    args: [`--pool=${pool}`, "--maxWorkers=1"],
    env: { CI: "1", SERVER: server.url },
  });
  expect(Object.keys(failures), output).toEqual(["Bedrock misses"]);
  expect(failures["Bedrock misses"]?.join("\n")).toContain("CassetteMissError");
  expect(tests).toMatchObject({ "a named import plays": "passed", "Node's own connect is back": "passed" });
  expect(server.connections).toBe(0);
});
