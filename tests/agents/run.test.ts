import http from "node:http";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { idOf, type TapeEntry } from "../../src/cassette/model.ts";
import { type Cassette, recorded, withCassette } from "../../src/core.ts";
import { type EchoServer, echoServer } from "./server.ts";
import { agentTape } from "./support.ts";

const server: EchoServer = await echoServer();
beforeEach(() => void server.asked.splice(0));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => server.close());

const options = { include: [server.url] };

/** `weather in research`: the name of an entry, and its parent. */
const outline = (entries: readonly TapeEntry[]): readonly string[] =>
  entries.map((entry) => {
    const name =
      entry.kind === "request"
        ? new URL(entry.request.url).pathname
        : entry.kind === "checkpoint"
          ? entry.label
          : idOf(entry);
    return entry.parent === undefined ? String(name) : `${name} in ${entry.parent}`;
  });

test("requests inside a call must be played only if the call runs live", async () => {
  using tape = agentTape(options);
  const run = async ({ record }: Cassette): Promise<string> => {
    const search = record("search", (q: string) => server.ask(`/search/${q}`));
    await server.ask("/search/a");
    return (await search("a")) + (await server.ask("/end"));
  };
  await tape.record(run);
  expect(outline(tape.entries)).toEqual(["/search/a", "search", "/search/a in search", "/end"]);
  server.asked.splice(0);
  expect(await tape.play(run)).toBe("/search/a/end");
  expect(await tape.play(run, { order: "recorded" })).toBe("/search/a/end");
  expect(await tape.play(run, { calls: { search: "live" } })).toBe("/search/a/end");
  expect(server.asked).toEqual([]);
  // What the live call does not send any more is missed.
  const without = ({ record }: Cassette): Promise<string> =>
    run({
      record: ((name: string) => record(name, async () => "/search/a")) as Cassette["record"],
    } as Cassette);
  await expect(tape.play(without, { calls: { search: "live" } })).rejects.toThrow("3  GET");
});

test("concurrent calls keep their own requests through node:http and kept connections", async () => {
  using tape = agentTape(options);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const get = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      http
        .get(server.url + path, { agent }, (response) => {
          response.setEncoding("utf8");
          let body = "";
          response.on("data", (chunk: string) => {
            body += chunk;
          });
          response.on("end", () => resolve(body));
        })
        .on("error", reject);
    });
  const run = async ({ record }: Cassette): Promise<unknown> => {
    const names = ["a", "b", "c"];
    return Promise.all(names.map((name) => record(name, () => get(`/${name}`))()));
  };
  const recorded = await tape.record(run);
  agent.destroy();
  expect(outline(tape.entries).toSorted()).toEqual(["/a in a", "/b in b", "/c in c", "a", "b", "c"]);
  expect(await tape.play(run)).toEqual(recorded);
});

test("a request of the test itself is not answered with that of a played call", async () => {
  using tape = agentTape(options);
  await tape.record(async ({ record }) => {
    await record("search", () => server.ask("/a"))();
    await server.ask("/a");
  });
  await tape.play(async (cassette) => {
    await server.ask("/a");
    await cassette.record("search", () => server.ask("/a"))();
    expect(cassette.unplayed).toEqual([]);
  });
});

test("steps nest, in concurrent branches too, and calls of the same name have an id if something happens in them", async () => {
  using tape = agentTape(options);
  const run = async (cassette: Cassette): Promise<void> => {
    const fetchPage = cassette.record("page", (path: string) => server.ask(path));
    await cassette.step(
      "research",
      () =>
        Promise.all(
          ["a", "b"].map((name) =>
            cassette.step(name, async () => {
              await new Promise((resolve) => setTimeout(resolve, 5));
              await fetchPage(`/${name}`);
              cassette.checkpoint(`done ${name}`, { name });
            }),
          ),
        ),
      { kind: "agent" },
    );
    expect(cassette.step("sum", () => 1 + 1)).toBe(2);
  };
  await tape.record(run);
  expect(outline(tape.entries).toSorted()).toEqual(
    [
      "research",
      "a in research",
      "b in research",
      "page in a",
      "/a in page",
      "page 2 in b",
      "/b in page 2",
      "done a in a",
      "done b in b",
      "sum",
    ].toSorted(),
  );
  server.asked.splice(0);
  await tape.play(run);
  expect(server.asked).toEqual([]);
});

test("a generator's requests belong to it", async () => {
  using tape = agentTape(options);
  const run = async ({ record }: Cassette): Promise<string[]> => {
    const pages = record("pages", async function* (n: number) {
      for (let i = 0; i < n; i++) yield await server.ask(`/${i}`);
    });
    const got: string[] = [];
    for await (const page of pages(2)) {
      got.push(page);
      await server.ask("/between");
    }
    return got;
  };
  await tape.record(run);
  expect(outline(tape.entries)).toEqual(["pages", "/0 in pages", "/between", "/1 in pages", "/between"]);
  expect(await tape.play(run)).toEqual(["/0", "/1"]);
});

test("a step that is missing or new fails in strict mode, and is a warning in warn mode", async () => {
  using tape = agentTape();
  await tape.record(({ step }) => step("plan", () => step("think", () => 1)));
  await expect(tape.play(({ step }) => step("plan", () => 1))).rejects.toThrow("2  step think");
  await expect(
    tape.play(({ step }) => {
      step("plan", () => step("think", () => 1));
      return step("more", () => 1);
    }),
  ).rejects.toThrow('The step "more" is not in');
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  await tape.play(({ step }) => step("more", () => 1), { mode: "warn" });
  expect(warn.mock.calls.flat().join()).toMatch(/The step "more" is not in[\s\S]*step think/);
  warn.mockRestore();
});

test("a checkpoint compares its value, and not its metadata", async () => {
  using tape = agentTape();
  await tape.record(({ checkpoint }) => checkpoint("planned", { plan: ["a"] }, { run: 1 }));
  await tape.play(({ checkpoint }) => checkpoint("planned", { plan: ["a"] }, { run: 2 }));
  await expect(tape.play(({ checkpoint }) => checkpoint("planned", { plan: ["b"] }))).rejects.toMatchObject({
    code: "CASSETTE_CHECKPOINT",
    actual: { plan: ["b"] },
    expected: { plan: ["a"] },
  });
  await expect(tape.play(() => undefined)).rejects.toThrow("1  checkpoint planned");
  await expect(
    tape.play(({ checkpoint }) => {
      checkpoint("planned", { plan: ["a"] });
      checkpoint("other");
    }),
  ).rejects.toThrow('The checkpoint "other" is not in');
});

test("liveAfter plays everything before the checkpoint, and goes live after it", async () => {
  using tape = agentTape(options);
  let calls = 0;
  const run = async (cassette: Cassette): Promise<string> => {
    const tool = cassette.record("tool", async (q: string) => `${q}${++calls}`);
    const before = (await server.ask("/plan")) + (await tool("a"));
    cassette.checkpoint("after plan", { before });
    return before + (await server.ask("/act")) + (await tool("b"));
  };
  expect(await tape.record(run)).toBe("/plana1/actb2");
  const text = tape.text;
  server.asked.splice(0);
  // Live, and nothing is kept.
  expect(await tape.play(run, { liveAfter: "after plan" })).toBe("/plana1/actb3");
  expect(server.asked).toEqual(["/act"]);
  expect(tape.text).toBe(text);
  // In CI, everything is played.
  vi.stubEnv("CI", "1");
  expect(await withCassetteInCi(tape, run)).toBe("/plana1/actb2");
  // Recorded behind the kept part.
  server.asked.splice(0);
  expect(await tape.record(run, { liveAfter: "after plan" })).toBe("/plana1/actb4");
  expect(server.asked).toEqual(["/act"]);
  expect(outline(tape.entries)).toEqual(["/plan", "tool", "after plan", "/act", "tool"]);
  const kept = (whole: string): string | undefined => whole.split("  # 4 · ")[0];
  expect(kept(tape.text)).toBe(kept(text));
  expect(await tape.play(run)).toBe("/plana1/actb4");
  await expect(tape.play(run, { liveAfter: "never" })).rejects.toThrow("has none of that name");
});

test("liveAfter in nested steps and concurrent branches plays what each branch did before the checkpoint, in any order", async () => {
  using tape = agentTape(options);
  const ran: string[] = [];
  const run = async (cassette: Cassette, delays: Readonly<Record<string, number>>): Promise<unknown> => {
    const tool = cassette.record("tool", async (q: string) => {
      ran.push(q);
      return server.ask(`/tool/${q}`);
    });
    const branch = (name: string): Promise<string> =>
      cassette.step(name, async () => {
        await new Promise((resolve) => setTimeout(resolve, delays[name]));
        const before = await tool(`${name} before`);
        await server.ask(`/${name}/before`);
        // Both branches come this far before the recording goes on.
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (name === "a") cassette.checkpoint("planned");
        else await new Promise((resolve) => setTimeout(resolve, 20));
        await server.ask(`/${name}/after`);
        return before + (await tool(`${name} after`));
      });
    return cassette.step("research", () => Promise.all([branch("a"), branch("b")]), { kind: "agent" });
  };
  const recorded = await tape.record((cassette) => run(cassette, { a: 0, b: 0 }));
  const text = tape.text;
  const whole = outline(tape.entries);
  for (const delays of [
    { a: 0, b: 0 },
    { a: 0, b: 50 },
  ]) {
    ran.length = 0;
    server.asked.splice(0);
    expect(await tape.play((cassette) => run(cassette, delays), { liveAfter: "planned" })).toEqual(recorded);
    expect(ran.toSorted()).toEqual(["a after", "b after"]);
    expect(server.asked.toSorted()).toEqual(["/a/after", "/b/after", "/tool/a%20after", "/tool/b%20after"]);
    expect(tape.text).toBe(text);
  }
  // Branch b lags behind the checkpoint, and what it had recorded before is still kept.
  await tape.record((cassette) => run(cassette, { a: 0, b: 50 }), { liveAfter: "planned" });
  const planned = whole.indexOf("planned in a");
  expect(outline(tape.entries).slice(0, planned + 1)).toEqual(whole.slice(0, planned + 1));
  expect(outline(tape.entries).toSorted()).toEqual(whole.toSorted());
  const times = tape.entries.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(planned + 1)).toBeGreaterThan(times[planned] as number);
  ran.length = 0;
  expect(await tape.play((cassette) => run(cassette, { a: 0, b: 0 }))).toEqual(recorded);
  expect(ran).toEqual([]);
});

test("liveAfter refuses a checkpoint inside a call that is played, which is never reached", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette): Promise<string> => {
    const tool = cassette.record("tool", async () =>
      cassette.step("think", () => {
        cassette.checkpoint("thought");
        return "done";
      }),
    );
    return tool();
  };
  await tape.record(run);
  await expect(tape.play(run, { liveAfter: "thought" })).rejects.toThrow(
    'Failed to go live after the checkpoint "thought": it is inside the call "tool", which is played and does not run.',
  );
  expect(await tape.play(run, { liveAfter: "thought", calls: { tool: "live" } })).toBe("done");
});

test("with liveAfter, RECORD=new and update add what is missing before the checkpoint, too", async () => {
  using tape = agentTape(options);
  const run = async (cassette: Cassette, ...before: readonly string[]): Promise<void> => {
    for (const path of before) await server.ask(path);
    cassette.checkpoint("planned");
    await server.ask("/end");
  };
  await tape.record((cassette) => run(cassette, "/a"));
  await tape.record((cassette) => run(cassette, "/a", "/b"), { liveAfter: "planned" }, "new");
  expect(outline(tape.entries)).toEqual(["/a", "/b", "planned", "/end"]);
  server.asked.splice(0);
  await tape.play((cassette) => run(cassette, "/a", "/b"));
  expect(server.asked).toEqual([]);
  // An update also drops what is not asked for before it.
  await tape.record((cassette) => run(cassette, "/c", "/b"), { liveAfter: "planned" }, "update");
  expect(outline(tape.entries).toSorted()).toEqual(["/b", "/c", "/end", "planned"]);
  expect(outline(tape.entries).slice(-2)).toEqual(["planned", "/end"]);
  expect(server.asked).toEqual(["/c", "/end"]);
  // What is missing before the checkpoint is a miss without RECORD.
  await expect(
    tape.play((cassette) => run(cassette, "/c", "/b", "/d"), { liveAfter: "planned" }),
  ).rejects.toThrow("/d");
});

async function withCassetteInCi<T>(
  tape: { dir: string },
  body: (cassette: Cassette) => Promise<T>,
): Promise<T> {
  try {
    return await withCassette("run", { dir: tape.dir, ...options, liveAfter: "after plan" }, body);
  } finally {
    vi.stubEnv("CI", "");
  }
}

test("recorded() finds the cassette by its async context, and calls through without one", async () => {
  using one = agentTape();
  using two = agentTape();
  let ran = 0;
  const charge = recorded(async (id: number) => `${id}:${++ran}`, { name: "charge" });
  expect(await charge(1)).toBe("1:1");
  await Promise.all([one.record(() => charge(1)), two.record(() => charge(2))]);
  expect(ran).toBe(3);
  expect(await Promise.all([one.play(() => charge(1)), two.play(() => charge(2))])).toEqual(["1:2", "2:3"]);
  expect(ran).toBe(3);
});

test("the manifest says what is on the tape and what the run did", async () => {
  using tape = agentTape(options);
  const run = async (cassette: Cassette): Promise<Cassette["session"]> => {
    await cassette.step("plan", () => cassette.record("tool", () => server.ask("/x"))());
    await server.ask("/y");
    cassette.checkpoint("done");
    return cassette.session;
  };
  expect(await tape.record(run)).toMatchObject({ recorded: 5, played: 0, started: undefined });
  const session = await tape.play(run);
  expect({ ...session, duration: 0, started: "" }).toEqual({
    id: "run",
    test: undefined,
    started: "",
    duration: 0,
    entries: { request: 2, call: 1, step: 1, checkpoint: 1, mcp: 0, process: 0 },
    models: {},
    calls: { tool: 1 },
    checkpoints: ["done"],
    bytes: 26,
    played: 4,
    recorded: 0,
    missed: 0,
    successRate: 1,
  });
  expect(Date.parse(String(session.started))).toBeGreaterThan(0);
});
