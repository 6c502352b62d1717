import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { findInOtherTapes } from "../../src/diagnosis/find-in-other-tapes.ts";
import type { CassetteMissError } from "../../src/diagnosis/miss-error.ts";
import { compileRules } from "../../src/matching/rules.ts";
import { otherTapes } from "../../src/session/other-tapes.ts";
import type { TapeStore } from "../../src/session/tape-store.ts";
import { listCassettes } from "../../src/storage/list-cassettes.ts";
import { CHAT_URL, chatEvents, interaction, type Tapes, tapes } from "./support.ts";

const hello = { model: "m", messages: [{ role: "user", content: "hello" }] };
const other = { model: "m", messages: [{ role: "user", content: "something else" }] };
const recorded = (body: unknown) => interaction(CHAT_URL, { chunks: chatEvents("hi") }, body);

async function ask(body: unknown): Promise<void> {
  await fetch(CHAT_URL, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function miss(folder: Tapes, name: string, ...bodies: readonly unknown[]): Promise<CassetteMissError> {
  return folder
    .play(name, { unplayed: "ignore" }, async () => {
      for (const body of bodies) await ask(body);
    })
    .then(
      () => expect.unreachable(),
      (error) => error,
    );
}

test("a miss names the other cassette that has the request", async () => {
  using folder = tapes();
  folder.tape("chat/old-name", [recorded(hello)]);
  folder.tape("elsewhere/unrelated", [recorded(other)]);
  const error = await miss(folder, "chat/new-name", { messages: hello.messages, model: "m" });
  expect(error.misses[0]?.foundIn).toEqual([`${folder.dir}/chat/old-name.yaml`]);
  expect(error.message.replaceAll(folder.dir, "<dir>")).toMatchInlineSnapshot(`
    "Failed to play POST http://api.openai.com/v1/chat/completions: there is no cassette yet.

      cassette  <dir>/chat/new-name.yaml (no such file)
      mode      strict (not recording: RECORD is not set)
      request   m, "hello"

    <dir>/chat/old-name.yaml has a recording of this request. Was the test renamed, or does it use the wrong cassette?

    Record it:
      RECORD=1, with the command that you ran"
  `);
});

test("every miss is looked for, and the nearest cassettes come first", async () => {
  using folder = tapes();
  folder.tape("a", [recorded(hello), recorded(other)]);
  folder.tape("z/here", [recorded(other)]);
  folder.tape("z/mine", [recorded({ model: "none" })]);
  const { misses } = await miss(folder, "z/mine", hello, other, { model: "nowhere" });
  const names = misses.map(({ foundIn }) => foundIn?.map((file) => file.slice(folder.dir.length + 1)));
  expect(names).toEqual([["a.yaml"], ["z/here.yaml", "a.yaml"], undefined]);
});

test("a recording that was kept beside the tape, and has the request, can be accepted", async () => {
  using folder = tapes();
  folder.tape("it's/mine", [recorded(other)]);
  folder.tape("it's/mine.failed", [recorded(hello)]);
  folder.tape("elsewhere", [recorded(hello)]);
  const { message } = await miss(folder, "it's/mine", hello);
  const [told, command = ""] = message
    .split("\n\n")
    .find((part) => part.includes("mv "))!
    .split("\n  ");
  expect(told).toBe("The last failed run recorded this request. To accept its recording:");
  expect(message).not.toContain("elsewhere");
  execFileSync("sh", ["-c", command]);
  await folder.play("it's/mine", {}, () => ask(hello));
  folder.tape("it's/mine.failed", [recorded({ model: "none" })]);
  expect((await miss(folder, "it's/mine", other)).message).not.toContain("mv ");
});

test("broken, huge, linked, failed and hidden files are skipped", async () => {
  using folder = tapes();
  folder.write("broken", "cassette: 1\ninteractions: [ api.openai.com");
  folder.write("foreign", "api.openai.com: {}\n");
  folder.write("version", "cassette: 99\nurl: http://api.openai.com\n");
  folder.tape("kept.failed", [recorded(hello)]);
  folder.tape(".hidden/tape", [recorded(hello)]);
  folder.tape("huge", [interaction(CHAT_URL, { chunks: [Buffer.alloc(3 * 1024 * 1024, "x")] }, hello)]);
  writeFileSync(join(folder.dir, "binary.yaml"), Buffer.from([0xff, 0xfe, 0x00, 0x80]));
  mkdirSync(join(folder.dir, "folder.yaml"));
  symlinkSync(join(folder.dir, "huge.yaml"), join(folder.dir, "link.yaml"));
  symlinkSync(folder.dir, join(folder.dir, "loop"));
  const { misses } = await miss(folder, "mine", hello);
  expect(misses[0]?.foundIn).toBeUndefined();
});

test("it names three at most, and never the cassette itself", async () => {
  using folder = tapes();
  for (const name of ["a", "b", "c", "d"]) folder.tape(name, [recorded(hello)]);
  const { misses } = await miss(folder, "mine", hello);
  expect(misses[0]?.foundIn).toHaveLength(3);
  const usedUp = await miss(folder, "a", hello, hello);
  expect(usedUp.misses).toMatchObject([{ reason: "used-up" }]);
  expect(usedUp.misses[0]?.foundIn).toBeUndefined();
});

test("the client is answered before anything is looked for", async () => {
  using folder = tapes();
  folder.tape("other", [recorded(hello)]);
  const facts = await folder
    .play("mine", {}, async (cassette) => {
      await ask(hello);
      return cassette.misses;
    })
    .then(undefined, (error: CassetteMissError) => error.misses.map(({ foundIn }) => foundIn));
  expect(facts).toEqual([[`${folder.dir}/other.yaml`]]);
});

test("looking ends after 300 ms, 500 files or 8 MiB, whatever is left", () => {
  using folder = tapes();
  const looks = (look: () => void): number => {
    let count = 0;
    const file = join(folder.dir, "mine.yaml");
    const store = {
      peek(path: string) {
        if (path.endsWith(".failed.yaml")) return undefined;
        count++;
        look();
        return undefined;
      },
    } as unknown as TapeStore;
    const tapes = otherTapes({ file, folder: folder.dir, dir: "cassettes" }, store);
    findInOtherTapes([recorded(hello).request], tapes, compileRules());
    return count;
  };
  for (let index = 0; index < 20; index++) folder.write(`big/${index}`, "x".repeat(1024 * 1024));
  expect(looks(() => undefined)).toBe(9);
  for (let index = 0; index < 700; index++) folder.write(`a/${index}`, "");
  expect(looks(() => undefined)).toBe(500);
  const slow = looks(() => {
    const until = performance.now() + 10;
    while (performance.now() < until);
  });
  // On a busy machine the time may be over before the first look.
  expect(slow).toBeLessThanOrEqual(31);
});

test("a clock that is fake does not stop it", async () => {
  using folder = tapes();
  folder.tape("other", [recorded(hello)]);
  vi.useFakeTimers();
  try {
    const { misses } = await miss(folder, "mine", hello);
    expect(misses[0]?.foundIn).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test("cassettes are listed a folder at a time, in the order of their names", () => {
  using folder = tapes();
  for (const name of ["b", "a", "sub/c", "sub/deep/d", "also/e"]) folder.write(name, "");
  writeFileSync(join(folder.dir, "note.txt"), "");
  const names = [...listCassettes(folder.dir)].map(({ file }) => file.slice(folder.dir.length + 1));
  expect(names).toEqual(["a.yaml", "b.yaml", "also/e.yaml", "sub/c.yaml", "sub/deep/d.yaml"]);
  expect([...listCassettes(join(folder.dir, "missing"))]).toEqual([]);
});
