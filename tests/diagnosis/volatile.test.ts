import { expect, test } from "vitest";
import { isWhollyVolatile, volatileKinds } from "../../src/diagnosis/volatile.ts";

test.each([
  ["UUID", "run 0f8fad5b-d9cb-469f-a165-70867728950e", "run 7c9e6679-7425-40de-944b-e07fc1f90ae7"],
  ["date", "Today is 2026-11-20.", "Today is 2026-12-01."],
  ["date", "at 2026-11-20T07:00:00.000Z", "at 2026-11-21T09:30:12.123+02:00"],
  ["date", "Today is Friday, November 20, 2026", "Today is Saturday, November 21, 2026"],
  ["date", "on 20 Nov 2026", "on 3 Dec 2026"],
  ["date", "on 11/20/2026", "on 1/2/2027"],
  ["date", "on 20.11.2026", "on 21.11.2026"],
  ["date", "It is Friday", "It is Wednesday"],
  ["time", "It is 10:31", "It is 9:05"],
  ["time", "It is 10:31:07 AM", "It is 9:05:59 PM"],
  ["timestamp", "ts=1795158000123", "ts=1795158000999"],
  ["timestamp", 1795158000, 1795158061],
  ["temporary path", "read /tmp/agent-x1/in.txt now", "read /tmp/agent-y2/in.txt now"],
  ["temporary path", "/private/var/folders/ab/T/x", "/private/var/folders/cd/T/y"],
  ["temporary path", "C:\\Users\\me\\AppData\\Local\\Temp\\a1", "C:\\Users\\me\\AppData\\Local\\Temp\\b2"],
  ["hash", "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72"],
  ["random id", "call_Ab3dE6gH9jK2", "call_Zx8cV5bN1mQ4"],
] as const)("a %s differs by its nature: %s, %s", (kind, a, b) => {
  expect(volatileKinds(a, b)).toEqual([kind]);
});

test("a date and a time are both named", () => {
  expect(volatileKinds("Nov 20, 2026, at 10:31", "Nov 21, 2026, at 09:15")).toEqual(["date", "time"]);
});

test.each([
  ["typescript", "javascript"],
  ["Today is 2026-11-20, be brief", "Today is 2026-11-21, be thorough"],
  ["gpt-5", "gpt-5-mini"],
  ["gpt-4o-2024-08-06", "gpt-4.1"],
  ["one 2026-11-20", "one"],
  ["a", "2026-11-20"],
  [1, 2],
  [0.2, 0.7],
  [true, false],
  [null, "x"],
  ["same 2026-11-20", "same 2026-11-20"],
  [{ at: "2026-11-20" }, { at: "2026-11-21" }],
])("other differences are not volatile: %o, %o", (a, b) => {
  expect(volatileKinds(a, b)).toEqual([]);
});

test("a volatile value is distinguished from a text that contains one", () => {
  expect(isWhollyVolatile("0f8fad5b-d9cb-469f-a165-70867728950e")).toBe(true);
  expect(isWhollyVolatile(1795158000)).toBe(true);
  expect(isWhollyVolatile("Today is 2026-11-20")).toBe(false);
  expect(isWhollyVolatile("")).toBe(false);
});
