import { expect, test } from "vitest";
import { sparkline } from "../../src/streams/sparkline.ts";

test("a sparkline shows how much arrived in each span of time, and stalls", () => {
  const arrivals = [
    { at: 40, amount: 10 },
    { at: 45, amount: 70 },
    { at: 90, amount: 20 },
    { at: 100, amount: 1 },
  ];
  expect(sparkline(arrivals, 10)).toBe("▁▁▁▁█▁▁▁▁▃");
  expect(sparkline([{ at: 100, amount: 1 }], 4)).toBe("▁▁▁█");
});

test("a sparkline of nothing, of empty chunks and of one moment is a line", () => {
  expect(sparkline([], 3)).toBe("▁▁▁");
  expect(sparkline([{ at: 5, amount: 0 }], 3)).toBe("▁▁▁");
  expect(sparkline([{ at: 0, amount: 5 }], 3)).toBe("█▁▁");
});
