import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CassetteEvent } from "../../src/events/event.ts";
import { aboutSession } from "../../src/page/about-session.ts";
import { compareTexts } from "../../src/page/compare-text.ts";
import { depthOf, endOf, Sessions, titleOf } from "../../src/page/model.ts";
import { arrivedAt, streamOf, textAfter } from "../../src/page/stream.ts";

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

  test("know what still runs", () => {
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
      [0, 100, 1_599, 1_600].map((time) => textAfter(stream.text, arrivedAt(stream.times, time))),
    ).toEqual(["", "one ", "one ", "one two"]);
  });
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
