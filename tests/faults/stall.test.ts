import { expect, test } from "vitest";
import { startProviderServer } from "../support/provider-server/index.ts";
import { createProject, messagesOf } from "../support/run-vitest.ts";

const TEN_MINUTES = 600_000;

/** Tests whose provider says nothing for ten minutes, while they have half a second. */
const TESTS = `
import { request } from "node:http";
import { afterAll, expect, test } from "vitest";
import { useCassette } from "vitest-cassette";

const url = (script: object) => process.env.SERVER + "/v1/chat/completions?test-script=" + encodeURIComponent(JSON.stringify(script));
const stall = { tokens: 4, stall: { after: 2, ms: ${TEN_MINUTES} } };
const read: string[] = [];

test("fetch, in the middle of the answer", async () => {
  useCassette();
  const { body } = await fetch(url(stall), { method: "POST", body: '{"stream":true}' });
  for await (const bytes of body!) read.push(Buffer.from(bytes).toString());
}, 500);
test("fetch, before the answer", async () => {
  useCassette();
  await fetch(url({ headerDelay: ${TEN_MINUTES} }), { method: "POST", body: '{"stream":true}' });
}, 500);
test("node:http, in the middle of the answer", async () => {
  useCassette();
  await new Promise((resolve) => {
    const sent = request(url(stall), { method: "POST" }, (message) => message.resume().on("end", resolve));
    sent.end('{"stream":true}');
  });
}, 500);
test("nobody waits for it", async () => {
  useCassette();
  await fetch(url(stall), { method: "POST", body: '{"stream":true}' });
}, 10_000);
test("another test", async () => {
  useCassette();
  const response = await fetch(url({ tokens: 2 }), { method: "POST", body: '{"stream":true}' });
  expect(await response.text()).toContain("[DONE]");
});
`;

test("the test's own time-out ends a stall of ten minutes; other tests and the worker's exit do not wait", async () => {
  await using server = await startProviderServer();
  using project = createProject({ files: { "stall.test.ts": TESTS } });
  const start = performance.now();
  const { failures, output, tests } = await project.run({ env: { RECORD: "1", SERVER: server.url } });
  expect(performance.now() - start).toBeLessThan(45_000);
  expect(tests).toEqual({
    "fetch, in the middle of the answer": "failed",
    "fetch, before the answer": "failed",
    "node:http, in the middle of the answer": "failed",
    "nobody waits for it": "passed",
    "another test": "passed",
  });
  for (const texts of Object.values(messagesOf(failures)))
    expect(texts.join()).toContain("Test timed out in 500ms");
  expect(output).not.toMatch(/close timed out|something prevents|did not exit/i);
  // The provider sees that nobody listens any more.
  await expect.poll(() => server.openConnections).toBe(0);
  expect(server.requests.filter(({ outcome }) => outcome === "client-gone")).toHaveLength(4);
  // What came is there to be looked at, and says that it is not all.
  const tape = project.read("cassettes/stall/fetch-in-the-middle-of-the-answer.yaml");
  expect(tape).toContain("end: aborted");
  expect(tape.match(/data: \{/g)).toHaveLength(2);
  expect(project.read("cassettes/stall/another-test.yaml")).toContain("end: complete");
});
