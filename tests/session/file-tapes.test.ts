import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { interactionsOf } from "../../src/cassette/model.ts";
import { parseTape } from "../../src/format/index.ts";
import { type FakeTest, testRun } from "./test-file.ts";
import { useWorkplace } from "./workplace.ts";

const place = useWorkplace();

const RECORD = { RECORD: "1" };

async function ask(content: string): Promise<string> {
  const response = await fetch(`${place.server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5-mini", stream: true, messages: [{ role: "user", content }] }),
  });
  return response.text();
}

const read = (name: string): string => readFileSync(join(place.root, "cassettes", `${name}.yaml`), "utf8");
const has = (name: string): boolean => existsSync(join(place.root, "cassettes", `${name}.yaml`));
const write = (name: string, text: string): void => {
  const file = join(place.root, "cassettes", `${name}.yaml`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
/** What a tape holds: who asked what. */
const on = (name: string): readonly string[] =>
  interactionsOf(parseTape(read(name), { file: name })).map(({ test, request }) => {
    const { messages } = JSON.parse(Buffer.from(request.body ?? []).toString());
    return `${test === undefined ? "" : `${test}: `}${messages[0].content}`;
  });
const asks = (name: string, ...more: readonly string[]): FakeTest => ({
  name,
  body: async (useCassette) => {
    useCassette("shared");
    for (const content of [name, ...more]) expect(await ask(content)).toContain("[DONE]");
  },
});
const failing = (test: FakeTest): FakeTest => ({
  ...test,
  body: async (useCassette) => {
    await test.body(useCassette);
    throw new Error("it failed");
  },
});
const clean = { failures: {}, fileError: undefined, warnings: [] };

test("a tape that tests share is written once, at the end of their file, and each plays its own part", async () => {
  using run = testRun(place.root);
  const before: boolean[] = [];
  const look = (each: FakeTest): FakeTest => ({
    ...each,
    body: async (useCassette) => {
      await each.body(useCassette);
      before.push(has("shared"));
    },
  });
  const tests = [look(asks("one")), look(asks("two"))];
  expect(await run.file("a.test.ts", tests, RECORD)).toEqual(clean);
  expect(before).toEqual([false, false]);
  expect(on("shared")).toEqual(["a.test.ts › one: one", "a.test.ts › two: two"]);
  expect(await run.file("a.test.ts", tests)).toEqual(clean);
});

test("scope: 'file' is one tape for all tests of a file, and each of them sees only what is its own", async () => {
  using run = testRun(place.root, { scope: "file" });
  const own = (name: string): FakeTest => ({
    name,
    body: async (useCassette) => {
      const cassette = useCassette();
      await ask(name);
      expect(cassette.requests.map(({ body }) => String(Buffer.from(body ?? [])))).toEqual([
        expect.stringContaining(name),
      ]);
      expect(cassette.streams).toHaveLength(1);
      expect(cassette.stream().text).toContain(name);
      expect(cassette.stats).toMatchObject({ requests: 1, missed: 0 });
    },
  });
  const tests = [own("one"), own("two"), own("three")];
  expect(await run.file("tests/a.test.ts", tests, RECORD)).toEqual(clean);
  expect(on("tests/a")).toHaveLength(3);
  expect(await run.file("tests/a.test.ts", tests)).toEqual(clean);
});

test("a second file that records into a tape of this run is refused before anything is sent", async () => {
  using run = testRun(place.root);
  expect(await run.file("a.test.ts", [asks("one")], RECORD)).toEqual(clean);
  const tape = read("shared");
  const sent = place.server.requests.length;
  const { failures, fileError } = await run.file("b.test.ts", [asks("two")], RECORD);
  expect(place.server.requests).toHaveLength(sent);
  expect(fileError).toBeUndefined();
  expect(failures.two).toContain("[DONE]");
  expect(read("shared")).toBe(tape);
  const told: FakeTest = {
    name: "is told",
    body: async (useCassette) => {
      useCassette("shared");
      await ask("two");
    },
  };
  expect((await run.file("b.test.ts", [told], RECORD)).failures["is told"]).toMatchInlineSnapshot(`
    "Failed to record cassette cassettes/shared.yaml: a.test.ts has recorded it in this run, too, and only one may.
    Give one of them a cassette of its own name, or record with RECORD=update, one after the other, to keep what the other has recorded."
  `);
  // One that sends nothing is no writer.
  const silent: FakeTest = { name: "silent", body: (useCassette) => void useCassette("shared") };
  expect((await run.file("c.test.ts", [silent], RECORD)).failures).toEqual({});
  using next = testRun(place.root);
  expect(await next.file("b.test.ts", [asks("two")], RECORD)).toEqual(clean);
  expect(on("shared")).toEqual(["b.test.ts › two: two"]);
});

test("RECORD=new adds to a tape that another file has recorded", async () => {
  using run = testRun(place.root);
  await run.file("a.test.ts", [asks("one")], RECORD);
  expect(await run.file("b.test.ts", [asks("two")], { RECORD: "new" })).toEqual(clean);
  expect(on("shared")).toEqual(["a.test.ts › one: one", "b.test.ts › two: two"]);
  expect(await run.file("a.test.ts", [asks("one")])).toEqual(clean);
  expect(await run.file("b.test.ts", [asks("two")])).toEqual(clean);
});

test("of two files that each re-record a part of a tape in one run, the second is refused before anything is sent", async () => {
  for (const [file, names] of [
    ["a.test.ts", ["one", "two"]],
    ["b.test.ts", ["three", "four"]],
  ] as const) {
    using run = testRun(place.root);
    expect(
      await run.file(
        file,
        names.map((name) => asks(name)),
        { RECORD: "new" },
      ),
    ).toEqual(clean);
  }
  using next = testRun(place.root);
  const part = (skipped: string, asking: string) => [{ ...asks(skipped), skip: true }, asks(asking, "more")];
  expect(await next.file("a.test.ts", part("one", "two"), RECORD)).toEqual(clean);
  const recorded = read("shared");
  const sent = place.server.requests.length;
  const silent: FakeTest = {
    name: "four",
    body: async (useCassette) => {
      useCassette("shared");
      await ask("four");
    },
  };
  const { failures } = await next.file("b.test.ts", [{ ...asks("three"), skip: true }, silent], RECORD);
  expect(failures.four).toContain("a.test.ts has recorded it in this run");
  expect(place.server.requests).toHaveLength(sent);
  expect(read("shared")).toBe(recorded);
  using last = testRun(place.root);
  expect(await last.file("b.test.ts", part("three", "four"), RECORD)).toEqual(clean);
});

test("after a changed prompt RECORD=new says that it only adds, and which command drops the old recording", async () => {
  using run = testRun(place.root);
  const own = (content: string): FakeTest => ({
    name: "asks",
    body: async (useCassette) => {
      useCassette();
      await ask(content);
    },
  });
  await run.file("a.test.ts", [own("old")], RECORD);
  const { failures } = await run.file("a.test.ts", [own("new")], { RECORD: "new" });
  expect(failures.asks).toContain("1 of 1 recording was not played");
  expect(failures.asks).toMatch(
    /RECORD=new only adds: .* To drop them, update the cassette:\n {2}RECORD=update npx vitest run a\.test\.ts -t '\^asks\$'/,
  );
  expect(on("a/asks")).toEqual(["old", "new"]);
});

test("the same file in another project of the run replaces the tape, whole", async () => {
  using run = testRun(place.root);
  await run.file("a.test.ts", [asks("one")], RECORD);
  expect(await run.file("a.test.ts", [asks("one", "more")], RECORD)).toEqual(clean);
  expect(on("shared")).toEqual(["a.test.ts › one: one", "a.test.ts › one: more"]);
});

test("while a test of the file fails, the old tape stays, and the new recording is kept beside it", async () => {
  using run = testRun(place.root);
  await run.file("a.test.ts", [asks("one"), asks("two")], RECORD);
  const old = read("shared");
  using next = testRun(place.root);
  const result = await next.file("a.test.ts", [asks("one"), failing(asks("two", "new"))], RECORD);
  expect(result.failures).toEqual({ two: "it failed" });
  expect(result.warnings).toEqual([
    "[vitest-cassette] A test that records into this tape failed, so the new recording was kept beside the old tape, which stays: cassettes/shared.failed.yaml\nTo accept it: mv cassettes/shared.failed.yaml cassettes/shared.yaml",
  ]);
  expect(read("shared")).toBe(old);
  expect(on("shared.failed")).toHaveLength(3);
  using last = testRun(place.root);
  expect(await last.file("a.test.ts", [asks("one"), asks("two")], RECORD)).toEqual(clean);
  expect(has("shared.failed")).toBe(false);
});

test("only the failed test's additions are kept out of the tape", async () => {
  using run = testRun(place.root);
  await run.file("a.test.ts", [asks("one")], RECORD);
  const tests = [asks("one"), failing(asks("two")), asks("three")];
  const { warnings } = await run.file("a.test.ts", tests, { RECORD: "new" });
  expect(warnings.join()).toContain("kept beside the old tape");
  expect(on("shared").map((each) => each.split(": ")[1])).toEqual(["one", "three"]);
  expect(on("shared.failed").map((each) => each.split(": ")[1])).toEqual(["one", "two", "three"]);
});

test("a first recording of a failed test is kept in its place, with a word", async () => {
  using run = testRun(place.root);
  const { warnings } = await run.file("a.test.ts", [failing(asks("one")), asks("two")], RECORD);
  expect(warnings).toEqual([
    "[vitest-cassette] A test that records into this tape failed. The recording is the first, so it was kept as cassettes/shared.yaml; check it before you commit it.\n" +
      "Once all tests pass, record it again: RECORD=1 npx vitest run a.test.ts",
  ]);
  expect(on("shared")).toHaveLength(2);
});

test.each(["skip", "notReached"])(
  "a test that does not run (%s) keeps its recordings, in place",
  async (how) => {
    using run = testRun(place.root);
    await run.file("a.test.ts", [asks("one"), asks("two"), asks("three")], RECORD);
    const head = read("shared").slice(0, read("shared").indexOf("interactions:"));
    using next = testRun(place.root);
    const others = [asks("one"), asks("three")].map((each) => ({ ...each, [how]: true }));
    const tests = [others[0]!, asks("two", "more"), others[1]!, asks("four")];
    expect(await next.file("a.test.ts", tests, RECORD)).toEqual(clean);
    expect(on("shared")).toEqual([
      "a.test.ts › one: one",
      "a.test.ts › two: two",
      "a.test.ts › two: more",
      "a.test.ts › three: three",
      "a.test.ts › four: four",
    ]);
    expect(has("shared.failed")).toBe(false);
    // The oldest recording says how old the tape is.
    expect(read("shared").startsWith(head)).toBe(true);
    const all = [asks("one"), asks("two", "more"), asks("three"), asks("four")];
    expect(await next.file("a.test.ts", all)).toEqual(clean);
    // A test that is gone loses its own.
    using last = testRun(place.root);
    expect(await last.file("a.test.ts", [asks("one")], RECORD)).toEqual(clean);
    expect(on("shared")).toEqual(["a.test.ts › one: one"]);
  },
);

test("while a test fails, the file beside the old tape has the recordings of tests that did not run", async () => {
  using run = testRun(place.root);
  await run.file("a.test.ts", [asks("one"), asks("two")], RECORD);
  const old = read("shared");
  using next = testRun(place.root);
  const tests = [{ ...asks("one"), skip: true }, failing(asks("two", "more"))];
  const { warnings } = await next.file("a.test.ts", tests, RECORD);
  expect(warnings.join()).toContain("A test that records into this tape failed, so");
  expect(read("shared")).toBe(old);
  expect(on("shared.failed")).toEqual([
    "a.test.ts › one: one",
    "a.test.ts › two: two",
    "a.test.ts › two: more",
  ]);
  // Its old recordings are no less in need of it if it has sent nothing.
  using last = testRun(place.root);
  const silent = failing({ name: "two", body: (useCassette) => void useCassette("shared") });
  await last.file("a.test.ts", [asks("one"), silent], RECORD);
  expect(read("shared")).toBe(old);
});

test("a tape with a frozen clock keeps it while a part of it is re-recorded", async () => {
  using run = testRun(place.root, { freeze: true });
  const now = (name: string): FakeTest => ({
    name,
    body: async (useCassette) => {
      useCassette("shared");
      await ask(`${name} ${new Date().toISOString()}`);
    },
  });
  await run.file("a.test.ts", [now("one"), now("two")], RECORD);
  const old = read("shared");
  using next = testRun(place.root, { freeze: true });
  expect(await next.file("a.test.ts", [{ ...now("one"), skip: true }, now("two")], RECORD)).toEqual(clean);
  expect(read("shared").split("\n").slice(0, 6)).toEqual(old.split("\n").slice(0, 6));
  expect(await next.file("a.test.ts", [now("one"), now("two")])).toEqual(clean);
  // It is too late for the old clock if nobody knew that a test would not run.
  const before = read("shared");
  using last = testRun(place.root, { freeze: true });
  const tests = [{ ...now("one"), notReached: true }, now("two")];
  const { warnings } = await last.file("a.test.ts", tests, RECORD);
  expect(warnings.join()).toContain(
    '"a.test.ts › one" did not run, and its recordings have another frozen clock, so the new recording was kept beside',
  );
  expect(read("shared")).toBe(before);
});

test.each(["shared", undefined])(
  "a failed attempt's recordings and plays are taken back (%s)",
  async (name) => {
    using run = testRun(place.root);
    let attempt = 0;
    const retried: FakeTest = {
      name: "is tried",
      retry: 2,
      body: async (useCassette) => {
        const cassette = useCassette(name);
        attempt++;
        await ask(`attempt ${attempt}`);
        await ask("again");
        expect(cassette.requests).toHaveLength(2);
        if (attempt < 3) throw new Error("again");
      },
    };
    expect(await run.file("a.test.ts", [retried], { RECORD: "new" })).toEqual(clean);
    const tape = name ?? "a/is-tried";
    expect(on(tape).map((each) => each.replace(/^.*: /, ""))).toEqual(["attempt 3", "again"]);
    const played: FakeTest = {
      ...retried,
      body: async (useCassette) => {
        const cassette = useCassette(name);
        expect(await ask("attempt 3")).toContain("[DONE]");
        expect(await ask("again")).toContain("[DONE]");
        expect(cassette.stats.missed).toBe(0);
        if (attempt++ < 5) throw new Error("again");
      },
    };
    expect(await run.file("a.test.ts", [played])).toEqual(clean);
  },
);

test("a refused connection of a failed test is not kept", async () => {
  using run = testRun(place.root);
  const refused: FakeTest = {
    name: "refused",
    body: async (useCassette) => {
      useCassette({ include: ["http://127.0.0.1:9"] });
      await fetch("http://127.0.0.1:9/");
    },
  };
  const { failures } = await run.file("a.test.ts", [refused], RECORD);
  expect(failures.refused).toContain("fetch failed");
  expect(has("a/refused")).toBe(false);
});

test("a cassette with chunks or a fault plays what an earlier test has just recorded", async () => {
  using run = testRun(place.root);
  await run.file("a.test.ts", [asks("joke")], RECORD);
  write("shared", read("shared").replaceAll("joke", "old joke"));
  const plays = (options: object): FakeTest => ({
    name: `plays with ${JSON.stringify(options)}`,
    body: async (useCassette) => {
      const cassette = useCassette("shared", options);
      expect(cassette.recording).toBe(false);
      await ask("joke");
      expect(cassette.stats).toMatchObject({ played: 1, recorded: 0, missed: 0 });
      expect(cassette.streams).toHaveLength(1);
    },
  });
  using next = testRun(place.root);
  const tests = [
    asks("joke"),
    plays({ chunks: "bytes" }),
    plays({ chunks: { seed: 1 } }),
    plays({ fault: { after: 1, kind: "cut" } }),
  ];
  const sent = place.server.requests.length;
  expect(await next.file("a.test.ts", tests, RECORD)).toEqual(clean);
  expect(place.server.requests).toHaveLength(sent + 1);
  expect(on("shared")).toEqual(["a.test.ts › joke: joke"]);
  expect(await next.file("a.test.ts", tests)).toEqual(clean);
});

test("without an earlier test such a cassette plays the old tape; without that, the miss says what to record", async () => {
  using run = testRun(place.root);
  const plays = (name: string): FakeTest => ({
    name: "plays",
    body: async (useCassette) => {
      useCassette(name, { chunks: "bytes" });
      await ask("joke");
    },
  });
  await run.file("a.test.ts", [asks("joke")], RECORD);
  const old = read("shared");
  using next = testRun(place.root);
  expect(await next.file("a.test.ts", [plays("shared")], RECORD)).toEqual(clean);
  expect(read("shared")).toBe(old);
  const { failures } = await next.file("a.test.ts", [plays("none")], RECORD);
  expect(failures.plays).toContain(
    'not recording: a cassette with `chunks` only plays; first record it with a test that opens "none" without `chunks`',
  );
  expect(failures.plays).toMatch(/RECORD=1 npx vitest( run)? a\.test\.ts$/);
  expect(has("none")).toBe(false);
});

test("a recording without a label is not unplayed if any test of the file plays it", async () => {
  using run = testRun(place.root);
  await run.file("a.test.ts", [asks("one"), asks("two")], RECORD);
  write("shared", read("shared").replace(/^ *test: .*\n/gm, ""));
  expect(await run.file("a.test.ts", [asks("one"), asks("two")])).toEqual(clean);
  const { fileError, failures } = await run.file("a.test.ts", [asks("one")]);
  expect(failures).toEqual({});
  expect(fileError).toContain(
    "Failed to play all of cassettes/shared.yaml: 1 of 2 recordings was not played.",
  );
  expect(fileError).toContain('Opened by "a.test.ts › one".');
  // A test that did not run might have played it.
  const skipped = await run.file("a.test.ts", [asks("one"), { ...asks("two"), skip: true }]);
  expect(skipped).toEqual(clean);
});

test("entries of every kind without a label are not unplayed if any test of the file plays them", async () => {
  const tests = (...labels: readonly string[]): readonly FakeTest[] =>
    ["one", "two"].map((name) => ({
      name,
      body: async (useCassette) => {
        const cassette = useCassette("shared");
        const get = cassette.record("get", (of: string) => of);
        for (const label of labels) {
          get(label);
          cassette.checkpoint(label);
          cassette.step(label, () => undefined);
        }
      },
    }));
  const call = (name: string): string => `
  - { call: get, input: ${name}, output: ${name} }
  - checkpoint: ${name}
  - step: ${name}`;
  write("shared", `cassette: 1\ninteractions:${call("a")}${call("b")}\n`);
  using run = testRun(place.root);
  expect(await run.file("a.test.ts", tests("a", "b"))).toEqual(clean);
  const { fileError, failures } = await run.file("a.test.ts", tests("b"));
  expect(failures).toEqual({});
  expect(fileError).toContain(
    '3 of 6 recordings were not played.\n\n  1  call get("a")\n  2  checkpoint a\n  3  step a',
  );
  expect(fileError).toContain("RECORD=update npx vitest run a.test.ts");
  expect(await run.file("a.test.ts", tests("b"), { RECORD: "update" })).toEqual(clean);
  expect(read("shared")).not.toContain(": a");
  expect(await run.file("a.test.ts", tests("b"))).toEqual(clean);
});

test("a tape that cannot be written at the end fails the file, with the reason", async () => {
  using run = testRun(place.root);
  writeFileSync(join(place.root, "cassettes"), "no folder");
  const { failures, fileError } = await run.file("a.test.ts", [asks("one")], RECORD);
  expect(failures).toEqual({});
  expect(fileError).toMatch(/^Failed to write .*cassettes: part of its path is a file and not a folder/);
});

test("tests with equal titles, or titles that differ by case and punctuation, have cassettes of their own", async () => {
  using run = testRun(place.root);
  const names: string[] = [];
  const named = (name: string, skip = false): FakeTest => ({
    name,
    skip,
    body: async (useCassette) => {
      const cassette = useCassette();
      names.push(cassette.name);
      await ask(`number ${names.length}`);
    },
  });
  const titles = ["asks", "Asks!", "asks", "asks 2", "other"];
  const tests = titles.map((title) => named(title));
  expect(await run.file("a.test.ts", tests, RECORD)).toEqual(clean);
  expect(names).toEqual(["a/asks", "a/asks-3", "a/asks-4", "a/asks-2", "a/other"]);
  // A filter changes no name.
  names.length = 0;
  await run.file(
    "a.test.ts",
    titles.map((title, index) => named(title, index !== 2)),
    RECORD,
  );
  expect(names).toEqual(["a/asks-4"]);
});

test("tests with equal titles have recordings of their own on a tape that they share", async () => {
  using run = testRun(place.root);
  const tests = ["first", "second"].map(
    (content): FakeTest => ({
      name: "same",
      body: async (useCassette) => {
        useCassette("shared");
        await ask(content);
      },
    }),
  );
  expect(await run.file("a.test.ts", tests, RECORD)).toEqual(clean);
  expect(on("shared")).toEqual(["a.test.ts › same: first", "a.test.ts › same (2): second"]);
  expect(await run.file("a.test.ts", tests)).toEqual(clean);
});
