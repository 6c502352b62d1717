import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { recordCommand } from "../../src/diagnosis/record-command.ts";

test("the command names the file and the test", () => {
  expect(recordCommand({ files: ["tests/chat.test.ts"], names: ["tells a joke"] })).toBe(
    "RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'",
  );
  expect(recordCommand({ files: ["a.test.ts", "b c.test.ts"] })).toBe(
    "RECORD=1 npx vitest a.test.ts 'b c.test.ts'",
  );
});

test
  .skipIf(process.platform === "win32")
  .each([
    'it\'s $HOME `id` "quoted" \\ done!',
    "costs 5 * 3 (a [b] {c}) ^ | . + ? $",
    "two\nlines",
    "a 'b' 'c",
    "-t",
    "ünïcödé › streams",
  ])("a shell gives Vitest a pattern that is the test's name and nothing else: %o", (name) => {
  const file = "tests/it's here/a b.test.ts";
  const command = recordCommand({ files: [file], names: [name] });
  // What the shell makes of the command, each argument ended by NUL.
  const script = command.replace("RECORD=1 npx vitest", "printf '%s\\0'");
  const [givenFile, flag, pattern] = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0");
  expect([givenFile, flag]).toEqual([file, "-t"]);
  expect(new RegExp(`^(?:${pattern})$`).test(name)).toBe(true);
  expect(new RegExp(`^(?:${pattern})$`).test(`${name}x`)).toBe(false);
});

test("on Windows it is a command of PowerShell", () => {
  expect(recordCommand({ files: ["tests/a b.test.ts"], names: ["it's"], platform: "win32" })).toBe(
    "$env:RECORD=1; npx vitest 'tests/a b.test.ts' -t 'it''s'",
  );
});
