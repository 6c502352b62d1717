import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { recordCommand } from "../../src/diagnosis/record-command.ts";

test("the command names the file and the test, and runs once", () => {
  expect(recordCommand([{ file: "tests/chat.test.ts", names: ["tells a joke"] }])).toBe(
    "RECORD=1 npx vitest run tests/chat.test.ts -t '^tells a joke$'",
  );
  expect(recordCommand([{ file: "a.test.ts" }, { file: "b c.test.ts" }])).toBe(
    "RECORD=1 npx vitest run a.test.ts 'b c.test.ts'",
  );
});

test("several tests are recorded with all others of their files", () => {
  const [a, b] = [
    { file: "a.test.ts", names: ["a"] },
    { file: "a.test.ts", names: ["b"] },
  ];
  expect(recordCommand([a, b])).toBe("RECORD=1 npx vitest run a.test.ts");
  expect(recordCommand([a, { ...a }])).toBe("RECORD=1 npx vitest run a.test.ts -t '^a$'");
  expect(recordCommand([a, { file: "a.test.ts" }])).toBe("RECORD=1 npx vitest run a.test.ts");
});

test("the project and the root are named", () => {
  const command = recordCommand([{ file: "packages/a/x.test.ts" }], {
    project: "my app",
    root: "packages/a",
  });
  expect(command).toBe("RECORD=1 npx vitest run packages/a/x.test.ts --project 'my app' --root packages/a");
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
  const command = recordCommand([{ file, names: [name] }]);
  // What the shell makes of the command, each argument ended by NUL.
  const script = command.replace("RECORD=1 npx vitest run", "printf '%s\\0'");
  const [givenFile, flag, pattern] = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0");
  expect([givenFile, flag]).toEqual([file, "-t"]);
  const matches = (other: string): boolean => new RegExp(pattern ?? "").test(other);
  expect([matches(name), matches(`${name}x`), matches(`x${name}`)]).toEqual([true, false, false]);
});

test("names join as Vitest joins them, from suites or from a label", () => {
  const pattern = (...names: string[]) =>
    new RegExp(/-t '(.*)'/.exec(recordCommand([{ file: "a", names }]))?.[1] ?? "");
  for (const joined of ["streams > a joke", "streams a joke"]) {
    expect(joined).toMatch(pattern("streams", "a joke"));
    expect(joined).toMatch(pattern("streams › a joke"));
  }
  expect("streams › a joke").toMatch(pattern("streams › a joke"));
});

test("on Windows it is a command of PowerShell", () => {
  expect(recordCommand([{ file: "tests/a b.test.ts", names: ["it's"] }], { platform: "win32" })).toBe(
    "$env:RECORD=1; npx vitest run 'tests/a b.test.ts' -t '^it''s$'; $env:RECORD=$null",
  );
});
