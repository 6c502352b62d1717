import { existsSync, utimesSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type { TapeWriter } from "../../src/session/one-writer.ts";
import { OpenTape } from "../../src/session/open-tape.ts";
import { savedMessage } from "../../src/session/saved-message.ts";
import { TapeStore } from "../../src/session/tape-store.ts";
import { FileStore } from "../../src/storage/file-store.ts";
import { CHAT_URL, interaction, type Tapes, tapes } from "./support.ts";

interface Opening {
  readonly record?: "1" | "new";
  readonly testFile?: string;
  readonly writer?: TapeWriter;
}

/** Opens the tape `t` as a worker of its own. */
function worker(folder: Tapes, { record = "1", testFile = "a.test.ts", writer }: Opening = {}) {
  const files = new FileStore({ folder: folder.dir });
  const tape = OpenTape.open({
    file: `${folder.dir}/t.yaml`,
    shownFile: "cassettes/t.yaml",
    store: new TapeStore(files, {
      maxTapeBytes: 1_000_000,
      maxInlineBytes: 65_536,
      runStarted: Date.now() - 1000,
    }),
    replaces: record === "1",
    redact: (text) => text,
    writer: writer ?? { kind: "file", testFile },
    onReleased: () => undefined,
  });
  tape.use();
  // A tape that is added to is read when it is opened.
  void tape.interactions;
  return {
    tape,
    record(test: string, what = test, failed = false, chunks: readonly Uint8Array[] = []): void {
      const recorded = { ...interaction(`${CHAT_URL}?${what}`, { chunks }), test: `${testFile} › ${test}` };
      tape.append(test, {
        additions: [{ entry: recorded, after: "end" }],
        failed,
        redactor: {
          refresh: () => false,
          assertClean: () => undefined,
          redactText: (text: string) => text,
        } as never,
        rules: {},
      });
    },
    save: () => tape.release(),
  };
}

const on = (folder: Tapes, name = "t"): readonly string[] =>
  folder.interactions(name).map(({ request }) => new URL(request.url).search.slice(1));

test.each(["1", "new"] as const)(
  "of two files that record into one tape at once the second is told, and loses nothing (RECORD=%s)",
  async (record) => {
    using folder = tapes();
    const a = worker(folder, { record });
    const b = worker(folder, { record, testFile: "b.test.ts" });
    a.record("a");
    b.record("b");
    expect(await a.save()).toEqual({ kind: "in-place" });
    await expect(b.save()).rejects.toMatchObject({
      code: "CASSETTE_TAKEN",
      message:
        "Failed to record cassette cassettes/t.yaml: a.test.ts has recorded it in this run, too, and only one may.\n" +
        "The recordings of this file were kept in cassettes/t.failed.yaml.\n" +
        "Give one of them a cassette of its own name, or record with RECORD=update, one after the other, to keep what the other has recorded.",
    });
    expect([on(folder), on(folder, "t.failed")]).toEqual([["a"], ["b"]]);
  },
);

test("two processes that add to a tape at the same moment lose nothing, however slow the disk is", async () => {
  using folder = tapes();
  folder.tape("t", [interaction(`${CHAT_URL}?old`, {})]);
  const { removeFailed } = FileStore.prototype;
  using _ = vi.spyOn(FileStore.prototype, "removeFailed").mockImplementation(async function (
    this: FileStore,
    file,
  ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return removeFailed.call(this, file);
  });
  const both = ["a", "b"].map((name) => {
    const each = worker(folder, { record: "new", writer: { kind: "process" } });
    each.record(name);
    return each;
  });
  const saved = await Promise.allSettled(both.map((each) => each.save()));
  expect(saved.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const [first, second] = saved[0]?.status === "fulfilled" ? ["a", "b"] : ["b", "a"];
  expect([on(folder), on(folder, "t.failed")]).toEqual([
    ["old", first],
    ["old", second],
  ]);
});

test("if two files re-record parts of one tape at once, the second gets an error and loses nothing", async () => {
  using folder = tapes();
  const labels = ["a.test.ts › one", "a.test.ts › two", "b.test.ts › one", "b.test.ts › two"];
  folder.tape(
    "t",
    labels.map((test) => ({ ...interaction(`${CHAT_URL}?old`, {}), test })),
  );
  utimesSync(`${folder.dir}/t.yaml`, 1, 1);
  const [a, b] = [worker(folder), worker(folder, { testFile: "b.test.ts" })];
  for (const [each, file] of [
    [a, "a.test.ts"],
    [b, "b.test.ts"],
  ] as const) {
    each.tape.unfinished = { failed: new Set(), notRun: new Set([`${file} › one`]) };
    each.record("two");
  }
  expect(await a.save()).toEqual({ kind: "in-place" });
  await expect(b.save()).rejects.toMatchObject({ code: "CASSETTE_TAKEN" });
  expect(on(folder)).toEqual(["old", "two"]);
});

test("one file after the other may add to a tape", async () => {
  using folder = tapes();
  const a = worker(folder, { record: "new" });
  a.record("a");
  await a.save();
  const b = worker(folder, { record: "new", testFile: "b.test.ts" });
  b.record("b");
  await b.save();
  expect(on(folder)).toEqual(["a", "b"]);
});

test("of two projects that run the same file at once the later write wins, whole", async () => {
  using folder = tapes();
  const [one, two] = [worker(folder), worker(folder)];
  one.record("a", "first");
  two.record("a", "second");
  await one.save();
  expect(await two.save()).toEqual({ kind: "in-place" });
  expect(on(folder)).toEqual(["second"]);
  const test = [worker(folder, { writer: { kind: "test" } }), worker(folder, { writer: { kind: "test" } })];
  for (const [index, each] of test.entries()) each.record("a", `project-${index}`);
  for (const each of test) await each.save();
  expect(on(folder)).toEqual(["project-1"]);
});

test("a tape that somebody else has written meanwhile is not overwritten", async () => {
  using folder = tapes();
  const recording = worker(folder, { writer: { kind: "process" } });
  recording.record("a");
  folder.tape("t", [interaction(`${CHAT_URL}?by-hand`, {})]);
  await expect(recording.save()).rejects.toMatchObject({ code: "CASSETTE_TAKEN" });
  expect([on(folder), on(folder, "t.failed")]).toEqual([["by-hand"], ["a"]]);
});

test("a tape that is used again while it is saved is saved again, with everything", async () => {
  using folder = tapes();
  const { tape, record, save } = worker(folder, { writer: { kind: "process" } });
  record("a");
  const first = save();
  expect(tape.inUse).toBe(true);
  tape.use();
  record("b");
  await Promise.all([first, save()]);
  expect(on(folder)).toEqual(["a", "b"]);
  expect(tape.inUse).toBe(false);
});

test("a tape that cannot be read is replaced, and can be neither played nor added to", async () => {
  using folder = tapes();
  folder.write("t", "cassette: 1\ninteractions: [");
  expect(() => worker(folder, { record: "new" })).toThrow(expect.objectContaining({ name: "TapeError" }));
  const { record, save } = worker(folder);
  record("a");
  await save();
  expect(on(folder)).toEqual(["a"]);
});

test("the recordings of a failed test stay beside an old tape, whoever passes", async () => {
  using folder = tapes();
  folder.tape("t", [interaction(`${CHAT_URL}?old`, {})]);
  const old = folder.read("t");
  const { record, save } = worker(folder);
  record("a");
  record("b", "b", true);
  expect(await save()).toEqual({
    kind: "beside",
    shownFile: "cassettes/t.failed.yaml",
    unkept: undefined,
  });
  expect(folder.read("t")).toBe(old);
  expect(on(folder, "t.failed")).toEqual(["a", "b"]);
  const next = worker(folder);
  next.record("a");
  await next.save();
  expect(existsSync(`${folder.dir}/t.failed.yaml`)).toBe(false);
});

test("a tape of more than 10 MiB is written, with a warning that says what to do", async () => {
  using folder = tapes();
  const a = worker(folder);
  a.record("a", "a", false, [Buffer.alloc(11 * 1024 * 1024, "many words ")]);
  const saved = await a.save();
  expect(saved).toEqual({ kind: "in-place", large: expect.any(Number) });
  const about = { tape: a.tape, recordCommand: () => "RECORD=1" };
  expect(saved && savedMessage(saved, about)).toBe(
    "cassettes/t.yaml has 11 MiB, so it is slow to open and hard to review. " +
      "Split the test, give the tests that share it cassettes of their own, lower maxBytes, or ignore requests that the test does not need.",
  );
});
