import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import type { Interaction, Tape } from "../../src/cassette/model.ts";
import { renderTape } from "../../src/format/index.ts";
import type { Recording, Saved } from "../../src/session/open-tape.ts";
import { TapeShelf } from "../../src/session/tape-store.ts";
import { FileStore } from "../../src/storage/file-store.ts";
import { CHAT_URL, interaction, type Tapes, tapes } from "./support.ts";

/** When the run began that the workers of these tests belong to, unless another is named. */
const THIS_RUN = Date.now() - 1000;
const startedAt = new Date().toISOString();
let moment = 0;

interface Save {
  readonly failed?: boolean;
  readonly how?: Recording["how"];
  readonly base?: Tape;
}

/** Who may record into the tape: several tests that carry labels, one test, or whoever is not known. */
type Sharing = "labels" | "one" | "unknown";

/** A worker of the run: saves one recording of a test into the tape `t`. */
function worker(folder: Tapes, sharing: Sharing = "labels", runStarted = THIS_RUN) {
  const shelf = new TapeShelf(new FileStore({ folder: folder.dir }), { runStarted, maxTapeBytes: 1_000_000 });
  const file = `${folder.dir}/t.yaml`;
  const shownFile = "cassettes/t.yaml";
  const save = (test: string, what: string, { failed = false, how = "replace", base }: Save = {}) => {
    const recorded: Interaction = {
      ...interaction(`${CHAT_URL}?${what}`, { timing: { headers: ++moment, chunks: [] } }),
      ...(sharing === "labels" ? { test } : {}),
    };
    return shelf.save({
      file,
      shownFile,
      owner: test,
      isOwn: (each) => sharing === "one" || (sharing === "labels" && each.test === test),
      how,
      base,
      additions: [{ interaction: recorded, after: undefined }],
      playedAny: false,
      startedAt,
      frozen: undefined,
      failed,
      redactor: {
        assertClean: () => undefined,
        refresh: () => false,
        redactText: (text: string) => text,
      } as unknown as Recording["redactor"],
    });
  };
  const open = (test: string, record: "new" | "all" = "new") =>
    shelf.open({
      file,
      shownFile,
      owner: test,
      options: { mode: "strict", maxAge: undefined, stale: "error" },
      environment: { record, mode: undefined, recordingRefused: false },
      recordCommand: "",
      redactor: { redactText: (text) => text },
    });
  return { save, open };
}

/** What a tape holds, by the query of each request. */
const on = (folder: Tapes, name = "t"): readonly string[] =>
  folder.interactions(name).map(({ request }) => new URL(request.url).search.slice(1));

/** The tape as it was before the run, with a comment that only its own text has. */
function old(folder: Tapes, ...tests: readonly string[]): string {
  const text = renderTape({
    version: 1,
    recorded: { at: "2025-01-01T00:00:00.000Z", with: "vitest-cassette 0.1.0" },
    interactions: tests.map((test) => ({
      ...interaction(`${CHAT_URL}?old-${test}`, { timing: { headers: ++moment, chunks: [] } }),
      test,
    })),
  });
  folder.write("t", `# Mine.\n${text}`);
  return `# Mine.\n${text}`;
}

const kept = ({ kept: where }: Saved): Saved["kept"] => where;

test("a failed test leaves the old tape of several tests as it was, and what all of them recorded beside it", async () => {
  using folder = tapes();
  const before = old(folder, "a", "b", "c");
  const { save } = worker(folder);
  expect(kept(await save("a", "a"))).toBe("in-place");
  expect(on(folder)).toEqual(["a"]);
  expect(await save("b", "b", { failed: true })).toEqual({
    kept: "beside",
    shownFile: "cassettes/t.failed.yaml",
  });
  expect(folder.read("t")).toBe(before);
  expect(on(folder, "t.failed")).toEqual(["a", "b"]);
  expect(kept(await save("c", "c"))).toBe("beside-with-others");
  expect(folder.read("t")).toBe(before);
  expect(on(folder, "t.failed")).toEqual(["a", "b", "c"]);
});

test("an attempt that passes after one that failed puts the new tape in place", async () => {
  using folder = tapes();
  old(folder, "a", "b");
  const { save } = worker(folder);
  await save("a", "a1", { failed: true });
  await save("b", "b");
  await save("a", "a2");
  expect(on(folder)).toEqual(["a2", "b"]);
  expect(existsSync(`${folder.dir}/t.failed.yaml`)).toBe(false);
});

test("a repeat that fails after one that passed brings the old tape back", async () => {
  using folder = tapes();
  const before = old(folder, "a");
  const { save } = worker(folder, "one");
  await save("a", "a1");
  expect(kept(await save("a", "a2", { failed: true }))).toBe("beside");
  expect(folder.read("t")).toBe(before);
  expect(on(folder, "t.failed")).toEqual(["a2"]);
});

test("a first tape is kept in its place whichever of its tests fails", async () => {
  using folder = tapes();
  const { save } = worker(folder);
  expect(kept(await save("a", "a", { failed: true }))).toBe("first-of-a-failed-test");
  expect(kept(await save("b", "b"))).toBe("in-place");
  expect(kept(await save("c", "c", { failed: true }))).toBe("in-place");
  expect(on(folder)).toEqual(["a", "b", "c"]);
  expect(existsSync(`${folder.dir}/t.failed.yaml`)).toBe(false);
});

test("a failure in one worker is known in the next", async () => {
  using folder = tapes();
  const before = old(folder, "a", "b");
  await worker(folder).save("a", "a", { failed: true });
  expect(kept(await worker(folder).save("b", "b"))).toBe("beside-with-others");
  expect(folder.read("t")).toBe(before);
  expect(on(folder, "t.failed")).toEqual(["a", "b"]);
});

test.each(["labels", "unknown"] as const)(
  "another process that records at the same time loses nothing, whenever it was started (%s)",
  async (sharing) => {
    using folder = tapes();
    old(folder, "a", "b");
    const one = worker(folder, sharing);
    one.open("a", "all");
    const later = worker(folder, sharing, Date.now() + 60_000);
    later.open("b", "all");
    await one.save("a", "a");
    await later.save("b", "b");
    expect(on(folder)).toEqual(["a", "b"]);
    // One that begins after that replaces what is there, as ever.
    const last = worker(folder, sharing, Date.now() + 60_000);
    last.open("c", "all");
    await last.save("c", "c");
    expect(on(folder)).toEqual(["c"]);
  },
);

test("what is beside the tape from an earlier run is of no matter", async () => {
  using folder = tapes();
  folder.write("t.failed", old(folder, "a"));
  await worker(folder).save("a", "a");
  expect(on(folder)).toEqual(["a"]);
  expect(existsSync(`${folder.dir}/t.failed.yaml`)).toBe(false);
});

test("the same test in another worker replaces its recording, and leaves those of others", async () => {
  using folder = tapes();
  old(folder, "a", "b");
  await worker(folder).save("a", "a1");
  await worker(folder).save("b", "b");
  await worker(folder).save("a", "a2");
  expect(on(folder)).toEqual(["b", "a2"]);
});

test("a tape of one test holds one recording of it, in however many workers it ran", async () => {
  using folder = tapes();
  await worker(folder, "one").save("a", "a1");
  await worker(folder, "one").save("a", "a2");
  expect(on(folder)).toEqual(["a2"]);
});

test("what a failed attempt has left on a new tape is not there for the next one", async () => {
  using folder = tapes();
  const { save, open } = worker(folder);
  await save("a", "a");
  await save("b", "b1", { failed: true });
  const { tape: base } = open("b");
  expect(base?.interactions.map(({ test }) => test)).toEqual(["a"]);
  expect(open("a").tape?.interactions).toHaveLength(2);
  await save("b", "b2", { how: "add", base: base as Tape });
  expect(on(folder)).toEqual(["a", "b2"]);
});

test("where nobody knows which test it was a second recording replaces the first, and leaves those of others", async () => {
  using folder = tapes();
  const { save, open } = worker(folder, "unknown");
  await save("t", "a1", { failed: true });
  await save("t", "a2");
  await save("t", "b");
  expect(on(folder)).toEqual(["b"]);
  await worker(folder, "unknown").save("u", "c");
  expect(on(folder)).toEqual(["b", "c"]);
  folder.write("t", old(folder, "x"));
  const other = worker(folder, "unknown");
  await other.save("t", "c1", { how: "add", base: open("t").tape as Tape });
  expect(on(folder)).toEqual(["old-x", "c1"]);
});

test("what only a failed attempt has recorded is no tape for the next one", async () => {
  using folder = tapes();
  const { save, open } = worker(folder, "one");
  await save("a", "a1", { failed: true });
  expect(open("a")).toMatchObject({ tape: undefined, exists: false });
  await save("a", "a2");
  expect(on(folder)).toEqual(["a2"]);
});

test("what is added by one test leaves beside the tape what another one failed with", async () => {
  using folder = tapes();
  const before = old(folder, "a");
  const { save, open } = worker(folder);
  const add = { how: "add", base: open("a").tape as Tape } as const;
  expect(kept(await save("b", "b", { ...add, failed: true }))).toBe("beside");
  expect(folder.read("t")).toBe(before);
  expect(kept(await save("c", "c", add))).toBe("in-place");
  expect(on(folder)).toEqual(["old-a", "c"]);
  expect(on(folder, "t.failed")).toEqual(["old-a", "c", "b"]);
  // In another worker, too.
  const other = worker(folder);
  await other.save("d", "d", { how: "add", base: other.open("d").tape as Tape });
  expect(on(folder)).toEqual(["old-a", "c", "d"]);
  expect(on(folder, "t.failed")).toEqual(["old-a", "c", "d", "b"]);
  await other.save("b", "b2", { how: "add", base: other.open("b").tape as Tape });
  expect(on(folder)).toEqual(["old-a", "c", "d", "b2"]);
  expect(existsSync(`${folder.dir}/t.failed.yaml`)).toBe(false);
});

test("what cannot be written does not turn up with the next recording", async () => {
  using folder = tapes();
  const { save } = worker(folder);
  const shelf = worker(folder);
  await save("a", "a");
  folder.write("t", "not: [a tape");
  await expect(
    shelf.save("b", "b", { how: "add", base: { version: 1, interactions: [] } }),
  ).rejects.toMatchObject({ code: "CASSETTE_TAPE_INVALID" });
  await shelf.save("c", "c");
  expect(on(folder)).toEqual(["c"]);
});
