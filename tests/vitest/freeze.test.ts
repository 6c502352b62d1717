import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { createProject } from "../support/run-vitest.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

/** Prompts as users write them: with the day, an id and a number in them. */
const app = `
import { randomUUID as namedUUID } from "node:crypto";
import OpenAI from "openai";

export async function ask(extra = "") {
  const day = new Intl.DateTimeFormat("en", { dateStyle: "full", timeZone: "UTC" }).format();
  const content = [
    "Today is " + day, new Date().toISOString(), Date.now(), crypto.randomUUID(), namedUUID(), Math.random(),
    [...crypto.getRandomValues(new Uint8Array(4))].join(), extra,
  ].join(" / ");
  const client = new OpenAI({ baseURL: process.env.PROVIDER + "/v1", apiKey: "any" });
  const stream = await client.chat.completions.create({
    model: "gpt-5-mini", stream: true, messages: [{ role: "user", content }],
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return content + "\\n" + text;
}
`;

/** Another day and another chance in every run: a clock that somebody has set before anything of ours was loaded. */
const shiftedClock = `
const RealDate = Date;
const shift = Number(process.env.SHIFT_DAYS ?? 0) * 86_400_000;
globalThis.Date = class Date extends RealDate {
  constructor(...args) { args.length === 0 ? super(RealDate.now() + shift) : super(...args); }
  static now() { return RealDate.now() + shift; }
};
`;

const tests = `
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./app.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("asks twice", async () => {
  useCassette({ freeze: true });
  expect(await ask()).not.toBe(await ask());
});

describe.concurrent("together", () => {
  test.for([1, 2, 3, 4])("asks %i", async (number) => {
    const cassette = useCassette({ freeze: true });
    const before = Date.now();
    await wait(number * 7);
    expect(Date.now()).toBe(before);
    await ask(String(number));
    expect(cassette.stats.missed).toBe(0);
  });
  test("is not frozen", async () => {
    const before = Date.now();
    await wait(30);
    expect(Date.now()).toBeGreaterThan(before);
  });
});

describe("with a fake clock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date("2030-03-03T03:03:03Z"), toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
  });
  test("asks at its time", async () => {
    useCassette({ freeze: { random: true, uuid: true } });
    expect(await ask()).toContain("2030-03-03T03:03:03");
  });
  test("asks at its time although the time is to be frozen", async () => {
    useCassette({ freeze: true });
    expect(await ask()).toContain("2030-03-03T03:03:03");
    vi.setSystemTime("2031-01-01T00:00:00Z");
    expect(await ask()).toContain("2031-01-01T00:00:00");
  });
});

test("shares a tape", async () => { useCassette("shared", { freeze: true }); await ask("one"); });
test("shares it too", async () => { await wait(20); useCassette("shared", { freeze: true }); await ask("two"); });

describe.concurrent("together on one tape", () => {
  test.for([1, 2])("asks %i", async (number) => {
    await wait(number * 5);
    useCassette("both", { freeze: true });
    await wait(20);
    await ask("both " + number);
  });
});

let attempts = 0;
test("starts the random sequence over when it is retried", { retry: 2 }, async () => {
  useCassette({ freeze: true });
  await ask();
  if (process.env.RECORD === undefined) expect(++attempts).toBe(3);
});

test("sees the real clock and the real chance after all that", () => {
  expect(Object.getOwnPropertyDescriptor(globalThis, "Date")?.value).toBe(Date);
  const days = (Date.now() - (performance.timeOrigin + performance.now())) / 86_400_000;
  expect(days).toBeCloseTo(Number(process.env.SHIFT_DAYS ?? 0), 0);
  expect(Math.random.toString()).toContain("native code");
  expect(Object.keys(crypto)).toEqual([]);
});
`;

test("prompts with the date, an id and a number are played on another day without a miss", async () => {
  using project = createProject({
    files: { "app.ts": app, "clock.mjs": shiftedClock, "a.test.ts": tests },
    test: "pool: 'forks',",
  });
  const env = { PROVIDER: server.url };
  const preload = `--import=${new URL(`file://${project.root}/clock.mjs`).href}`;
  const recorded = await project.run({ env: { ...env, RECORD: "1" } });
  expect(recorded.failures).toEqual({});
  expect(recorded.status, recorded.output).toBe(0);
  expect(project.read("cassettes/a/asks-twice.yaml")).toMatch(/^frozen: \{ time: /m);

  const asked = server.requests.length;
  const replayed = await project.run({ env: { ...env, SHIFT_DAYS: "3", NODE_OPTIONS: preload } });
  expect(replayed.failures).toEqual({});
  expect(replayed.status, replayed.output).toBe(0);
  expect(server.requests).toHaveLength(asked);

  // Without it the same tape is missed: it is the freeze that holds it together.
  project.write("a.test.ts", tests.replaceAll("freeze: true", "freeze: false"));
  const drifted = await project.run({ env, args: ["-t", "asks twice"] });
  expect(Object.keys(drifted.failures)).toEqual(["asks twice"]);
  expect(Object.values(drifted.failures).join()).toContain("no recording matches it");
});
