import { expect, test } from "vitest";
import type { TestModule, Vitest } from "vitest/node";
import reporter, { type CassetteRunReport } from "../../src/reporter.ts";
import { noteSaved, type TapeNote } from "../../src/session/tape-note.ts";
import { countPlayed } from "../../src/vitest/run/count-played.ts";
import { findUnused, ranEverything } from "../../src/vitest/run/find-unused.ts";
import { printsForPeople } from "../../src/vitest/run/print.ts";
import { isCassetteReporter } from "../../src/vitest/run/reporter-mark.ts";
import { isNotable, summarize } from "../../src/vitest/run/summary.ts";
import { CHAT_URL, interaction, tapes } from "../session/support.ts";

const NO_COUNTERS = { bytesRecorded: 0, overhead: 0, events: { sent: 0, dropped: 0 } } as const;

const ordinary: CassetteRunReport = {
  version: 1,
  record: "off",
  result: "passed",
  totals: {
    ...{ played: 12, recorded: 0, failed: 0, stale: 0, requests: 34, streams: 28 },
    ...{ time: 41_230, tokens: { input: 10_000, output: 2_345 } },
    ...NO_COUNTERS,
  },
  cassettes: [{ file: "cassettes/a/plays.yaml", stale: false, tests: [] }],
  unused: [],
};

test("the summary of an ordinary run is one line, and that of a run without cassettes is empty", () => {
  expect(summarize(ordinary)).toEqual([
    "12 played · 34 requests (28 streams) · 41.2 s and 12,345 tokens not spent",
  ]);
  expect(isNotable(ordinary)).toBe(false);
  const totals = { ...ordinary.totals, played: 0, requests: 0, streams: 0 };
  expect(summarize({ ...ordinary, totals, cassettes: [] })).toEqual([]);
});

test("the summary lists new, changed, failed, stale and unused cassettes, and responses that look like a mistake", () => {
  const report: CassetteRunReport = {
    ...ordinary,
    totals: { ...ordinary.totals, recorded: 2, failed: 1, stale: 1, requests: 1, streams: 1, time: 0 },
    cassettes: [
      {
        file: "a/new.yaml",
        saved: "new",
        bytes: 4200,
        errorStatuses: [401, 429, 401],
        stale: false,
        tests: [],
      },
      { file: "a/changed.yaml", saved: "changed", bytes: 80, stale: false, tests: [] },
      { file: "a/failed.yaml", saved: "failed", bytes: 80, stale: false, tests: [] },
      { file: "a/old.yaml", stale: true, tests: [] },
    ],
    unused: Array.from({ length: 14 }, (_, index) => `unused/${index}.yaml`),
  };
  expect(isNotable(report)).toBe(true);
  expect(summarize(report).join("\n")).toMatchInlineSnapshot(`
    "12 played, 2 recorded, 1 failed, 1 stale, 14 unused · 1 request (1 stream) · 12,345 tokens not spent
    ↳ a/new.yaml (new, 4.1 KiB)
      has 2 responses with status 401 Unauthorized
      has 1 response with status 429 Too Many Requests
    ↳ a/changed.yaml (changed, 80 B)
    ↳ a/failed.failed.yaml (a test failed, so the old cassette stays, 80 B)
    ↳ a/old.yaml (older than maxAge)
    ↳ unused/0.yaml (no test opened it)
    ↳ unused/1.yaml (no test opened it)
    ↳ unused/2.yaml (no test opened it)
    ↳ unused/3.yaml (no test opened it)
    ↳ unused/4.yaml (no test opened it)
    ↳ unused/5.yaml (no test opened it)
    ↳ unused/6.yaml (no test opened it)
    ↳ unused/7.yaml (no test opened it)
    ↳ unused/8.yaml (no test opened it)
    ↳ unused/9.yaml (no test opened it)
    ↳ unused/10.yaml (no test opened it)
    ↳ unused/11.yaml (no test opened it)
    ↳ and 2 more
    To delete unused cassettes: npx vitest-cassette prune"
  `);
});

test("a new cassette that a later test adds to stays new, and only statuses that look like a mistake are noted", () => {
  const recorded = (...statuses: number[]) => [
    {
      additions: statuses.map((status) => ({
        entry: interaction(CHAT_URL, { status }),
        after: "end" as const,
      })),
    },
  ];
  const note: TapeNote = {};
  noteSaved(note, "new", recorded(200, 400, 404));
  expect(note).toEqual({ saved: "new" });
  noteSaved(note, "changed", recorded(200, 401, 403, 429, 503));
  expect(note).toEqual({ saved: "new", errorStatuses: [401, 403, 429, 503] });
  noteSaved(note, "failed", recorded(200));
  expect(note.saved).toBe("failed");
});

interface FakeTest {
  readonly state: "passed" | "failed" | "skipped";
  readonly mode?: string;
}

function module(id: string, state: string, ...tests: readonly FakeTest[]): TestModule {
  const children = {
    allTests: (only: string) =>
      tests.filter((each) => each.state === only).map(({ mode }) => ({ options: { mode } })),
  };
  return { moduleId: id, project: { name: "" }, state: () => state, children } as unknown as TestModule;
}

function vitest(files: readonly string[], project: readonly string[] = []): Vitest {
  const specifications = files.map((moduleId) => ({ moduleId, project: { name: "" } }));
  return { config: { project }, globTestSpecifications: async () => specifications } as unknown as Vitest;
}

test("a run knows which cassettes are unused only if every test of every file ran and passed", async () => {
  const a = module("a", "passed", { state: "passed" }, { state: "skipped", mode: "todo" });
  const b = module("b", "passed", { state: "passed" });
  const knows = (modules: readonly TestModule[], from = vitest(["a", "b"])) => ranEverything(from, modules);
  expect(await knows([a, b])).toBe(true);
  expect(await knows([a])).toBe(false);
  expect(await knows([a, b], vitest(["a", "b"], ["unit"]))).toBe(false);
  expect(await knows([a, module("b", "failed", { state: "failed" })])).toBe(false);
  expect(await knows([a, module("b", "skipped", { state: "skipped" })])).toBe(false);
  expect(
    await knows([a, module("b", "passed", { state: "passed" }, { state: "skipped", mode: "skip" })]),
  ).toBe(false);
  expect(
    await knows([a, module("b", "passed", { state: "passed" }, { state: "skipped", mode: "run" })]),
  ).toBe(false);
});

test("unused cassettes are those that nobody opened, without recordings of failed tests", () => {
  using folder = tapes();
  for (const name of ["used", "Unused", "deep/down", "used.failed"]) folder.write(name, "cassette: 1\n");
  const used = [`${folder.dir}/USED.yaml`];
  expect(
    findUnused([folder.dir, `${folder.dir}/missing`], used).map((file) => file.slice(folder.dir.length)),
  ).toEqual(["/Unused.yaml", "/deep/down.yaml"]);
});

test("played recordings are counted each time they are played", () => {
  using folder = tapes();
  const events = (...payloads: readonly object[]): Uint8Array[] =>
    payloads.map((each) => new TextEncoder().encode(`data: ${JSON.stringify(each)}\n\n`));
  const stream = interaction(CHAT_URL, {
    headers: [["content-type", "text/event-stream"]],
    chunks: events(
      { object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: "Hi" } }] },
      { object: "chat.completion.chunk", choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } },
    ),
    timing: { headers: 100, chunks: [200, 400] },
  });
  const whole = interaction("https://example.com/", { timing: { headers: 50, chunks: [] } });
  folder.tape("one", [whole, stream]);
  folder.write("broken", "cassette: 1\ninteractions: 3\n");
  const file = `${folder.dir}/one.yaml`;
  const use = { mode: "strict", requests: 0, played: 0, recorded: 0, missed: 0, ...NO_COUNTERS } as const;
  const count = (positions: readonly number[], path = file, saved?: "changed") =>
    countPlayed({ tapes: { [path]: { saved } }, tests: { id: [{ ...use, file: path, positions }] } });
  expect(count([0, 1, 1])).toEqual({ requests: 3, streams: 2, time: 850, tokens: { input: 14, output: 6 } });
  // withCassette() plays without a test.
  const outside = { [file]: { played: { entries: 2, requests: [1] } } };
  expect(countPlayed({ tapes: outside, tests: {} })).toMatchObject({ requests: 1, streams: 1, time: 400 });
  const nothing = { streams: 0, time: 0, tokens: { input: 0, output: 0 } };
  expect(count([1], file, "changed")).toEqual({ requests: 1, ...nothing });
  expect(count([0], `${folder.dir}/broken.yaml`)).toEqual({ requests: 1, ...nothing });
  expect(count([5], `${folder.dir}/gone.yaml`)).toEqual({ requests: 1, ...nothing });
});

test.for([
  [["default"], "everything"],
  [["verbose", "github-actions"], "everything"],
  [["json", "default"], "everything"],
  [["dot"], "notable"],
  [["agent", "json"], "notable"],
  [["json"], "nothing"],
  [["blob", "github-actions"], "nothing"],
  [["./my-reporter.ts"], "everything"],
  [["json", "vitest-cassette/reporter"], "nothing"],
  [["vitest-cassette/reporter"], "everything"],
] as const)("with the reporters %j, the summary prints %s", ([names, expected]) => {
  const reporters = names.map((name) => [name, {}]);
  expect(printsForPeople({ config: { reporters } } as unknown as Vitest)).toBe(expected);
});

test("the reporter knows itself among others, and refuses options that it does not have", () => {
  expect([new reporter(), ["vitest-cassette/reporter", {}]].every(isCassetteReporter)).toBe(true);
  expect([["default", {}], {}, null].some(isCassetteReporter)).toBe(false);
  expect(() => new reporter({ jsn: "a.json" } as never)).toThrow(
    "Failed to read the options of the reporter: Unknown option jsn. Did you mean json? Valid options: json, summary.",
  );
});
