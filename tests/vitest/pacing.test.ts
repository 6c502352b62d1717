import { expect, test } from "vitest";
import { createProject } from "../support/run-vitest.ts";

const tape = `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      headers: { content-type: application/json }
      body: { model: gpt-5-mini, stream: true, messages: [{ role: user, content: hello }] }
    response:
      status: 200
      headers: { content-type: text/event-stream }
      timing: { headers: 310.2, chunks: [412.3, 433.1, 433.1, 2455.0] }
      body: |+
        data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Light"}}]}

        data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" attracts"}}]}

        data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" bügs"}}]}

        data: [DONE]

`;

const app = `
import OpenAI from "openai";

export async function* ask(signal?: AbortSignal) {
  const stream = await new OpenAI().chat.completions.create(
    { model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: "hello" }] },
    { signal, maxRetries: 0 },
  );
  for await (const chunk of stream) yield chunk.choices[0]?.delta.content ?? "";
}

/** A consumer that gives up when nothing comes for a second. */
export async function impatient() {
  let text = "";
  const controller = new AbortController();
  let timer = setTimeout(() => controller.abort(), 1000);
  for await (const piece of ask(controller.signal)) {
    text += piece;
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(), 1000);
  }
  clearTimeout(timer);
  return controller.signal.aborted ? text + "…" : text;
}
`;

const tests = `
import { afterEach, describe, expect, test, vi } from "vitest";
import { chunkings, useCassette } from "vitest-cassette";
import { ask, impatient } from "./app.ts";

afterEach(() => void vi.useRealTimers());
const all = async () => (await Array.fromAsync(ask())).join("");

test("instant under fake timers", async () => {
  vi.useFakeTimers();
  useCassette("hello");
  expect(await all()).toBe("Light attracts bügs");
});

test("recorded under fake timers", async () => {
  vi.useFakeTimers();
  useCassette("hello", { pacing: "recorded" });
  const sent = performance.now();
  const times: number[] = [];
  const done = (async () => { for await (const _ of ask()) times.push(performance.now() - sent); })();
  await vi.advanceTimersByTimeAsync(3000);
  await done;
  expect(times).toEqual([412, 433, 433]);
});

test("a consumer's own timeout meets the recorded silence", async () => {
  vi.useFakeTimers();
  useCassette("hello", { pacing: "recorded", match: { ignore: ["stream_options"] } });
  const text = impatient();
  await vi.advanceTimersByTimeAsync(3000);
  expect(await text).toBe("Light attracts bügs…");
});

test("ten times faster on a real clock", async () => {
  useCassette("hello", { pacing: 10 });
  const before = performance.now();
  expect(await all()).toBe("Light attracts bügs");
  expect(performance.now() - before).toBeGreaterThan(240);
});

test("a test that does not wait for a stalled answer ends", async () => {
  useCassette("hello", { fault: { after: 1, kind: "stall" } });
  void all().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 50));
});

describe.concurrent("at the same time", () => {
  test.for(chunkings)("cut as %s", async (chunks) => {
    useCassette("hello", { chunks });
    expect(await all()).toBe("Light attracts bügs");
  });
});

const handle = useCassette("hello", { unplayed: "ignore" });
test("a handle made outside the test, with other chunks", async () => {
  const cassette = useCassette("hello", { chunks: "bytes" });
  expect(cassette.name).toBe(handle.name);
  expect(await all()).toBe("Light attracts bügs");
  expect(cassette.stats).toMatchObject({ requests: 1, played: 1 });
});
`;

test("pacing, cuts and faults in Vitest", async () => {
  using project = createProject({
    files: { "cassettes/hello.yaml": tape, "app.ts": app, "a.test.ts": tests },
  });
  const { tests: states, failures, output } = await project.run();
  expect(failures, output).toEqual({});
  expect(Object.keys(states)).toHaveLength(18);
  expect(states).toMatchObject({
    "at the same time cut as recorded": "passed",
    "at the same time cut as bytes": "passed",
    "at the same time cut as { size: 3 }": "passed",
    "at the same time cut as { seed: 1 }": "passed",
  });
});
