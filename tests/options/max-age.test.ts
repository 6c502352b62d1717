import { expect, test } from "vitest";
import { type AgeFacts, decideAge, formatAge, parseAge } from "../../src/options/max-age.ts";

const DAY = 86_400_000;

test.each([
  ["30d", 30 * DAY],
  ["12h", DAY / 2],
  ["2w", 14 * DAY],
  ["90m", 5_400_000],
  ["1.5h", 5_400_000],
  ["10s", 10_000],
  ["250ms", 250],
  ["30 d", 30 * DAY],
  [1000, 1000],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])("%o is %d milliseconds", (value, milliseconds) => {
  expect(parseAge(value)).toBe(milliseconds);
});

test.each([
  "30",
  "d",
  "0d",
  "-1d",
  "30 days ago",
  "1y",
  "30D",
  "",
  "1d2h",
  "toString",
  0,
  -5,
  Number.NaN,
  null,
  {},
  true,
])("%o is no age", (value) => {
  expect(parseAge(value)).toBeUndefined();
});

test("an age is written in the largest unit that it reaches", () => {
  expect([0.5, 5, 1000, 119_000, 3_600_000, DAY, 31.5 * DAY].map(formatAge)).toEqual([
    "0 milliseconds",
    "5 milliseconds",
    "1 second",
    "1 minute",
    "1 hour",
    "1 day",
    "31 days",
  ]);
});

const facts = (over: Partial<AgeFacts>): AgeFacts => ({
  recordedAt: "2026-10-01T00:00:00.000Z",
  now: Date.parse("2026-11-01T00:00:00.000Z"),
  maxAge: 30 * DAY,
  stale: "error",
  recordingRefused: false,
  ...over,
});

test("a tape older than maxAge is handled as stale says", () => {
  for (const stale of ["error", "warn", "record"] as const) {
    expect(decideAge(facts({ stale }))).toEqual({ kind: stale, age: 31 * DAY, maxAge: 30 * DAY });
  }
});

test("with recording refused an old tape that should be recorded is an error", () => {
  expect(decideAge(facts({ stale: "record", recordingRefused: true })).kind).toBe("error");
  expect(decideAge(facts({ stale: "warn", recordingRefused: true })).kind).toBe("warn");
});

test("a tape is fresh up to maxAge, without maxAge, and if its age is unknown", () => {
  for (const over of [
    { maxAge: 31 * DAY },
    { maxAge: undefined },
    { recordedAt: undefined },
    { recordedAt: "2027-01-01T00:00:00.000Z" },
  ]) {
    expect(decideAge(facts(over))).toEqual({ kind: "fresh" });
  }
});
