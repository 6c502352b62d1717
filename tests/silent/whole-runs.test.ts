import { expect, test } from "vitest";
import { createProject, messagesOf } from "../support/run-vitest.ts";

const tape = (question: string): string => `cassette: 1
interactions:
  - at: 0
    request:
      method: POST
      url: http://api.openai.com/v1/chat/completions
      body: ${question}
    response:
      status: 200
      headers: { content-type: text/plain }
      body: answer to ${question}
`;

const files = {
  "cassettes/server/question-1.yaml": tape("question 1"),
  "cassettes/server/question-2.yaml": tape("question 2"),
  "cassettes/server/question-3.yaml": tape("question 3"),
  "server.test.ts": `
import http from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useCassette } from "vitest-cassette";

const app = http.createServer((request, response) => {
  let question = "";
  request.on("data", (part) => { question += part; });
  request.on("end", async () => {
    const answer = await fetch("http://api.openai.com/v1/chat/completions", { method: "POST", body: question });
    response.end(await answer.text());
  });
});
let url;
beforeAll(async () => {
  await new Promise((resolve) => app.listen(0, "127.0.0.1", resolve));
  url = "http://127.0.0.1:" + app.address().port + "/ask";
});
afterAll(() => void app.close());

test.concurrent.for(["question 1", "question 2", "question 3"])("%s", async (question, { expect }) => {
  const cassette = useCassette();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const response = await fetch(url, { method: "POST", body: question });
  expect(await response.text()).toContain("answer to " + question);
  expect(cassette.bypassed).toEqual([{ url, count: 1, reason: "loopback" }]);
});
`,
  "opens.ts": `
import net from "node:net";
export async function openDatabase(host: string): Promise<void> {
  await Promise.resolve();
  // The line that opens it is 6.
  net.connect(5432, host).on("error", () => undefined).destroy();
}
`,
  "unrecorded.test.ts": `
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { openDatabase } from "./opens";

test("opens a database", async () => {
  useCassette();
  await openDatabase("192.0.2.1");
});

test("opens a database on this machine", async () => {
  useCassette();
  await openDatabase("127.0.0.1");
});

test("starts a thread", async () => {
  useCassette();
  const worker = new Worker("", { eval: true });
  await new Promise((resolve) => worker.once("exit", resolve));
});

test("opens a database without a cassette", async () => {
  await openDatabase("192.0.2.2");
});

test("asks a server that is not there", async () => {
  useCassette();
  await fetch("http://127.0.0.1:4719/api/chat");
});

test("uses nothing", () => {
  useCassette();
});
`,
};

test.for(["forks", "threads", "vmThreads"])(
  "--pool=%s: Vitest's own traffic does not count, the test's does",
  async (pool) => {
    using project = createProject({ files, plugin: '{ outside: "error" }', test: `pool: "${pool}"` });
    const { tests, failures, output } = await project.run();
    expect(tests).toEqual({
      "question 1": "passed",
      "question 2": "passed",
      "question 3": "passed",
      "opens a database": "failed",
      "opens a database on this machine": "passed",
      "starts a thread": "failed",
      "opens a database without a cassette": "failed",
      "asks a server that is not there": "failed",
      "uses nothing": "passed",
    });
    await expect(JSON.stringify(messagesOf(failures), null, 2)).toMatchFileSnapshot(
      "__snapshots__/whole-runs.txt",
    );
    expect(output).toContain("opens.ts:6:7");
    expect(output).not.toContain("[vitest-cassette]");
  },
);
