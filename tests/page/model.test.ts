import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CassetteEvent } from "../../src/events/event.ts";
import { aboutSession } from "../../src/page/about-session.ts";
import { compareTexts } from "../../src/page/compare-text.ts";
import { duration, shown, size } from "../../src/page/figures.ts";
import {
  depthOf,
  endOf,
  type RequestItem,
  type Session,
  Sessions,
  searchText,
  titleOf,
} from "../../src/page/model.ts";
import { arrivedAt, lengthAfter, streamOf } from "../../src/page/stream.ts";

const common = { v: 1, session: "s" } as const;

const EVENTS: readonly CassetteEvent[] = [
  { ...common, seq: 1, time: 1_000, type: "session_start", test: "asks" },
  { ...common, seq: 2, time: 1_000, type: "step", id: "plan", name: "plan", kind: "step", phase: "start" },
  {
    ...common,
    seq: 3,
    time: 1_010,
    type: "llm_call",
    id: "1",
    parent: "plan",
    method: "POST",
    url: "https://a.test/",
  },
  { ...common, seq: 4, time: 1_110, type: "chunk", id: "1", index: 0, at: 100, bytes: 4, text: "one " },
  { ...common, seq: 5, time: 2_610, type: "chunk", id: "1", index: 1, at: 1_600, bytes: 3, text: "two" },
  {
    ...common,
    seq: 8,
    time: 2_610,
    type: "llm_result",
    id: "1",
    replayed: true,
    status: 200,
    timing: { headers: 50, firstToken: 100, duration: 1_600 },
    chunks: 2,
    bytes: 7,
  },
  { ...common, seq: 9, time: 2_700, type: "tool_call", id: "2", name: "weather", kind: "tool" },
];

describe("sessions from events", () => {
  const sessions = new Sessions();
  for (const event of EVENTS) sessions.add(event);
  const [session] = sessions.list;
  const [step, request, tool] = session?.items ?? [];

  test("have a line for each step, request and call, nested in their parents", () => {
    expect(session?.items.map(titleOf)).toEqual(["step plan", "POST https://a.test/", "tool weather"]);
    expect(request && session && depthOf(request, session)).toBe(1);
    expect(step && session && depthOf(step, session)).toBe(0);
  });

  test("know which calls are still running", () => {
    expect(request && endOf(request)).toBe(1_610);
    expect(tool && endOf(tool)).toBeUndefined();
  });

  test("count events that never arrived", () => {
    expect(session?.dropped).toBe(2);
    expect(session && aboutSession(session)).toContain("2 events dropped");
  });

  test("ignore events of a type that they do not know", () => {
    const unknown = { ...common, seq: 10, time: 0, type: "from the future" } as unknown as CassetteEvent;
    expect(() => sessions.add(unknown)).not.toThrow();
  });

  test("give a stream with its stalls, and the text at a playhead", () => {
    if (request?.kind !== "request") throw new Error("not a request");
    const stream = streamOf(request);
    expect(stream.stalls).toEqual([{ from: 100, to: 1_600 }]);
    expect(
      [0, 100, 1_599, 1_600].map((time) => lengthAfter(stream.text, arrivedAt(stream.times, time))),
    ).toEqual([0, 4, 4, 7]);
  });
});

describe("a session that has ended", () => {
  const at = { v: 1, session: "ended" } as const;
  const request = (seq: number, id: string, model: string): CassetteEvent => ({
    ...at,
    ...{
      seq,
      time: seq,
      type: "llm_call",
      id,
      model,
      prompt: "How cold?",
      method: "POST",
      url: "https://a.test/",
    },
    ...{ provider: "openai", api: "chat" },
  });
  const result = (seq: number, id: string, more: object): CassetteEvent => ({
    ...at,
    ...{ seq, time: seq, type: "llm_result", id, replayed: true, status: 200, chunks: 0, bytes: 0 },
    ...{ timing: { headers: 40 }, ...more },
  });
  const sessions = new Sessions();
  for (const event of [
    { ...at, seq: 1, time: 1, type: "session_start", test: "asks", cassette: "asks.yaml" },
    { ...at, seq: 2, time: 2, type: "step", id: "s", name: "plan", kind: "agent", phase: "start" },
    request(3, "a", "gpt-5-mini"),
    result(4, "a", { text: "Minus three.", usage: { inputTokens: 7, outputTokens: 3 } }),
    request(5, "b", "gpt-5-mini"),
    result(6, "b", {
      model: "gpt-5",
      usage: { inputTokens: 1, outputTokens: 1 },
      timing: { firstToken: 90 },
    }),
    {
      ...at,
      seq: 7,
      time: 7,
      type: "tool_call",
      id: "t",
      name: "weather",
      kind: "tool",
      input: { city: "Oslo" },
    },
    { ...at, seq: 8, time: 8, type: "tool_result", id: "t", output: { celsius: -3 }, duration: 20 },
    { ...at, seq: 9, time: 9, type: "tool_call", id: "n", name: "notifications/ready", kind: "mcp" },
    {
      ...at,
      seq: 10,
      time: 10,
      type: "step",
      id: "s",
      name: "plan",
      kind: "agent",
      phase: "end",
      duration: 30,
    },
    { ...at, seq: 11, time: 11, type: "miss", message: "No recording.\nMore about it." },
    { ...at, seq: 12, time: 12, type: "bypass", url: "https://b.test/", reason: "ignore" },
    { ...at, seq: 13, time: 13, type: "checkpoint", label: "half", value: 1 },
    request(14, "c", "gpt-5"),
    { ...at, seq: 15, time: 15, type: "session_end", failed: true, duration: 500 },
  ] as readonly CassetteEvent[])
    sessions.add(event);
  const session = sessions.list[0] as Session;

  test("has the end of every step, request, call and notification", () => {
    expect(session.items.map((item) => [titleOf(item), endOf(item)])).toEqual([
      ["agent plan", 31],
      ["openai · chat · gpt-5-mini", 42],
      ["openai · chat · gpt-5", 4],
      ["tool weather", 26],
      ["mcp notifications/ready", 8],
      ["miss: No recording.", 10],
      ["not recorded: https://b.test/ (ignore)", 11],
      ["checkpoint half", 12],
      ["openai · chat · gpt-5", undefined],
    ]);
  });

  test("is told in one line", () => {
    expect(aboutSession(session)).toBe(
      "3 requests · 2 tool calls · 8 tokens in, 4 out · first token 90 ms · 500 ms · gpt-5-mini, gpt-5 · 1 miss",
    );
  });

  test.each(["asks.yaml", "how cold?", "minus three", "oslo", "celsius", "gpt-5", "half", "https://a.test"])(
    "is found by %s",
    (text) => {
      expect(searchText(session)).toContain(text);
    },
  );
});

describe("streams", () => {
  const of = (...times: readonly (number | undefined)[]): ReturnType<typeof streamOf> =>
    streamOf({
      chunks: times.map((at, index) => ({ at, bytes: 1, text: index === 0 ? undefined : `${index}` })),
    } as unknown as RequestItem);

  test("have a stall where a gap stands out", () => {
    expect(of(0, 150, 300, 450).stalls).toEqual([]);
    expect(of(0, 10, 20, 230).stalls).toEqual([{ from: 20, to: 230 }]);
    // Slow throughout: nothing stands out, but a second is long.
    expect(of(0, 300, 600, 1_500).stalls).toEqual([]);
    expect(of(0, 300, 600, 1_600).stalls).toEqual([{ from: 600, to: 1_600 }]);
  });

  test("have their first token where the first text came, if nobody says", () => {
    expect(of(100, 250, 300)).toMatchObject({ firstToken: 250, duration: 300, isTimed: true });
  });

  test("without a time for each chunk are one apart, with no stall and no first token", () => {
    expect(of(0, 5_000, undefined)).toMatchObject({
      ...{ isTimed: false, times: [0, 1, 2], stalls: [], firstToken: undefined, duration: 2 },
    });
  });
});

test("times, sizes and values are shown for people", () => {
  expect([412.4, 6_500, 59_940, 65_000, undefined].map(duration)).toEqual([
    ...["412 ms", "6.5 s", "59.9 s", "1 min 5 s", "no timing"],
  ]);
  expect([999, 14_400, 2_500_000].map(size)).toEqual(["999 B", "14 kB", "2.5 MB"]);
  expect(shown({ summary: "[1,2", length: 90_000 })).toBe("[1,2… (90,000 characters in all)");
  expect([shown(undefined), shown("text"), shown({ a: 1 })]).toEqual(["", "text", '{\n  "a": 1\n}']);
});

describe("comparing texts", () => {
  test("marks the words that differ", () => {
    expect(compareTexts("the dark mode", "the light mode")).toEqual([
      { kind: "same", text: "the " },
      { kind: "left", text: "dark" },
      { kind: "right", text: "light" },
      { kind: "same", text: " mode" },
    ]);
  });

  test("loses nothing of either text", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", " ", "\n")).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, (left, right) => {
        const pieces = compareTexts(left, right);
        const side = (kind: "left" | "right"): string =>
          pieces
            .filter((piece) => piece.kind === "same" || piece.kind === kind)
            .map((piece) => piece.text)
            .join("");
        expect(side("left")).toBe(left);
        expect(side("right")).toBe(right);
      }),
    );
  });
});

describe("a live view", () => {
  test("a test that runs again is a session of its own, and dropped events are counted", () => {
    const sessions = new Sessions();
    for (const event of EVENTS) sessions.add(event);
    const [first] = sessions.list;
    const again = sessions.add({ ...common, seq: 1, time: 5_000, type: "session_start", test: "asks" });
    expect(sessions.list).toEqual([again]);
    expect([first?.items.length, again.items.length, again.began]).toEqual([3, 0, 5_000]);
    sessions.add({ ...common, seq: 9, time: 5_001, type: "dropped", count: 8 });
    sessions.add({ ...common, seq: 10, time: 5_002, type: "session_end", failed: false, duration: 2 });
    expect(again.dropped).toBe(8);
  });

  test("what runs grows until now, with a stall at its end", () => {
    const sessions = new Sessions();
    for (const event of EVENTS.slice(0, 5)) sessions.add(event);
    const [session] = sessions.list;
    const request = session?.items.find((item) => item.kind === "request");
    if (request === undefined || session === undefined) throw new Error("It has a request.");
    const stream = streamOf(request, 4_000);
    expect(stream).toMatchObject({ isRunning: true, duration: 4_000 });
    expect(stream.stalls.at(-1)).toEqual({ from: 1_600, to: 4_000 });
    expect(aboutSession(session, 9_000)).toContain("8.0 s");
    expect(streamOf(request)).toMatchObject({ isRunning: false, duration: 1_600 });
  });

  test("the result has the text of chunks that never came", () => {
    const sessions = new Sessions();
    for (const event of EVENTS)
      sessions.add(event.type === "llm_result" ? { ...event, text: "one lost two" } : event);
    const request = sessions.list[0]?.items.find((item) => item.kind === "request");
    expect(request && streamOf(request).text).toEqual({ text: "one lost two", ends: [4, 12] });
  });
});
