import fc from "fast-check";
import { expect, test } from "vitest";
import {
  cassetteKey,
  explicitCassetteFile,
  failedFile,
  fileCassetteFile,
  testCassetteFile,
} from "../../src/storage/names.ts";
import { hold } from "../support/hold.ts";

test("a test's cassette lies in a folder named after its file", () => {
  expect(testCassetteFile("tests/chat.test.ts", ["streams", "tells a joke"])).toBe(
    "tests/chat/streams-tells-a-joke.yaml",
  );
});

test.each([
  ["tests/chat.test.ts", "tests/chat.yaml"],
  ["tests/chat.spec.tsx", "tests/chat.yaml"],
  ["src/chat.ts", "src/chat.yaml"],
  ["a/chat.browser.test.mts", "a/chat.browser.yaml"],
  ["app/[id]/page.test.js", "app/[id]/page.yaml"],
  ["a/what?.test.ts", "a/what-.yaml"],
  ["../other/x.test.ts", "__/other/x.yaml"],
  ["aux/con.test.ts", "_aux/_con.yaml"],
  ["/x.test.ts", "x.yaml"],
  ["a/b.failed.test.ts", "a/b-failed.yaml"],
])("the tests of %s share %s", (file, expected) => {
  expect(fileCassetteFile(file)).toBe(expected);
});

test.each([
  ["Tells  a JOKE!", "tells-a-joke"],
  ["crème brûlée", "creme-brulee"],
  ["冗談を言う", "冗談を言う"],
  ["ガイド", "ガイド"],
  ["рассказывает шутку", "рассказывает-шутку"],
  ["हिन्दी में", "हिन्दी-में"],
  ["한국어", "한국어"],
  ['a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"],
  ["../../etc/passwd", "etc-passwd"],
  ["nul", "_nul"],
  ["COM1", "_com1"],
  ["nul value", "nul-value"],
  ["\0", expect.stringMatching(/^test-[0-9a-f]{8}$/)],
  ["🎉", expect.stringMatching(/^test-[0-9a-f]{8}$/)],
  ["", expect.stringMatching(/^test-[0-9a-f]{8}$/)],
])("the title %j becomes %j", (title, expected) => {
  const slug = testCassetteFile("x.test.ts", [title]).slice("x/".length, -".yaml".length);
  expect(slug).toEqual(expected);
});

test("titles without letters have names of their own", () => {
  expect(testCassetteFile("x.test.ts", ["🎉"])).not.toBe(testCassetteFile("x.test.ts", ["🚀"]));
});

test("a long title is cut and ends in a hash of the whole", () => {
  const one = testCassetteFile("x.test.ts", [`${"word ".repeat(40)}one`]);
  const two = testCassetteFile("x.test.ts", [`${"word ".repeat(40)}two`]);
  expect(one).toMatch(/^x\/word-word-[word-]+-[0-9a-f]{8}\.yaml$/);
  expect(one.length).toBeLessThan(70);
  expect(one).not.toBe(two);
});

test("any title gives a name that every file system takes", () => {
  const title = fc.oneof(
    fc.string({ unit: "binary", maxLength: 100 }),
    fc.string({ unit: "grapheme", maxLength: 100 }),
  );
  hold(
    fc.property(fc.array(title, { maxLength: 3 }), (titles) => {
      const file = testCassetteFile("tests/x.test.ts", titles);
      const parts = file.split("/");
      expect(parts.slice(0, 2)).toEqual(["tests", "x"]);
      expect(parts).toHaveLength(3);
      const name = parts[2] as string;
      expect(name).toMatch(/^[^<>:"/\\|?*\p{Cc}\p{Cs}]+\.yaml$/u);
      expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)\./i);
      expect(Buffer.byteLength(name)).toBeLessThan(255 - 40);
      expect(name).toBe(name.normalize("NFC"));
    }),
  );
});

test("a given name may have folders, blanks and any script", () => {
  expect(explicitCassetteFile("chat/tells a joke")).toBe("chat/tells a joke.yaml");
  expect(explicitCassetteFile("会話")).toBe("会話.yaml");
  expect(explicitCassetteFile("v1.2")).toBe("v1.2.yaml");
});

test.each([
  "",
  " ",
  "..",
  ".",
  "../x",
  "a/../../x",
  "a\\..\\x",
  "a/./b",
  "/etc/passwd",
  "\\\\server\\share",
  "C:\\x",
  "c:x",
  "a\0b",
  "a//b",
  "a/",
  "a:b",
  "what?",
  'say "x"',
  "a|b",
  "a\nb",
  "con",
  "a/NUL",
  "aux.b",
  "a.",
  "a ",
  " a",
  "a.yaml",
  "a.YML",
  "a.failed",
  "\ud800",
  "x".repeat(300),
])("the name %j is refused, and the message says why", (name) => {
  expect(() => explicitCassetteFile(name)).toThrow(
    expect.objectContaining({
      code: "CASSETTE_NAME_INVALID",
      message: expect.stringMatching(/^Failed to name a cassette .+: .+\.\nUse words/s),
    }),
  );
});

test("names that differ by case or by the form of accents have one key", () => {
  expect(cassetteKey("Chat/A.yaml")).toBe(cassetteKey("chat/a.yaml"));
  expect(cassetteKey("e\u0301.yaml")).toBe(cassetteKey("\u00e9.yaml"));
  expect(cassetteKey("a.yaml")).not.toBe(cassetteKey("b.yaml"));
});

test("the recording of a failed test lies beside its cassette", () => {
  expect(failedFile("tests/chat/x.yaml")).toBe("tests/chat/x.failed.yaml");
});
