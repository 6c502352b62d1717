import { expect, test } from "vitest";
import { LineSplitter } from "../../src/live/line-splitter.ts";

test("lines are whole wherever the bytes are cut", () => {
  const bytes = Buffer.from("one\n\ntwo ä 🙂\nthree\nand no end");
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      for (const [from, to] of [[0, first], [first, second], [second]])
        splitter.add(bytes.subarray(from, to));
      expect(lines).toEqual(["one", "", "two ä 🙂", "three"]);
      expect(splitter.waiting).toBe(10);
    }
  }
});
