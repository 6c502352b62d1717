import { afterEach, expect, test, vi } from "vitest";
import * as core from "../../src/core.ts";
import type { CassetteEvent } from "../../src/events/event.ts";
import { eventOutputs } from "../../src/events/outputs.ts";
import { blocksOf, readPage } from "./pages.ts";
import { runExample } from "./run-example.ts";

afterEach(() => vi.unstubAllEnvs());

const examples = blocksOf(readPage("docs/events.md"), "ts");

test.for(examples.filter(({ code }) => code.includes("useCassette")))(
  "the example in line $line records, and plays without a provider",
  { timeout: 30_000 },
  ({ code }) => runExample(code),
);

test("the emitter of docs/events.md sends what the page says", async () => {
  const example = examples.find(({ code }) => code.includes("createEmitter"))?.code ?? "";
  const events: CassetteEvent[] = [];
  const output = { write: (event: { read(): CassetteEvent }) => void events.push(event.read()) };
  eventOutputs().add(output);
  try {
    const code = example.replace(/^import .*$/m, "");
    new Function("createEmitter", code)(core.createEmitter);
  } finally {
    eventOutputs().delete(output);
  }
  expect(events.map(({ type }) => type)).toEqual([
    "session_start",
    "llm_call",
    "llm_result",
    "tool_call",
    "tool_result",
    "session_end",
  ]);
  // With a number if another file of this worker had a session of this name.
  const sessions = new Set(events.map(({ session }) => session));
  expect([...sessions]).toEqual([expect.stringMatching(/^nightly import(?: \(\d+\))?$/)]);
});
