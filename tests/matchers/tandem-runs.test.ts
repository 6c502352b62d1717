import { expect, test } from "vitest";
import { findTandemRuns, groupsOf } from "../../src/vitest/matchers/support/tandem-runs.ts";

test("a run that comes again at once is found, with how often it does", () => {
  expect(findTandemRuns([9, 1, 2, 3, 1, 2, 3, 8], 3)).toEqual([{ from: 1, length: 3, repeats: 1 }]);
  expect(findTandemRuns([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3], 3)).toEqual([
    { from: 0, length: 3, repeats: 3 },
  ]);
  expect(findTandemRuns([1, 2, 3, 1, 2, 3, 1, 2], 3)).toEqual([{ from: 0, length: 3, repeats: 1 }]);
});

test("runs that do not follow at once, or are too short, are none", () => {
  expect(findTandemRuns([1, 2, 3, 4, 1, 2, 3], 3)).toEqual([]);
  expect(findTandemRuns([1, 2, 1, 2, 5], 3)).toEqual([]);
  expect(findTandemRuns([], 3)).toEqual([]);
});

test("ten thousand items without a run are none either", () => {
  const items = Array.from({ length: 10_000 }, (_, index) => index % 7919);
  expect(findTandemRuns(items, 3)).toEqual([]);
});

test("equal items in a row are a group", () => {
  expect(groupsOf([1, 1, 2, 3, 3, 3])).toEqual([
    { from: 0, length: 2 },
    { from: 2, length: 1 },
    { from: 3, length: 3 },
  ]);
  expect(groupsOf([])).toEqual([]);
});
