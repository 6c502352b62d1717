import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Cassette, decodeStream, everyChunking, openCassette } from "../../src/core.ts";
import { firstDifference } from "../../src/session/first-difference.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { bytes, CHAT_URL, chatEvents, interaction, tapes } from "./support.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const EVENTS = chatEvents("naïve ☀️", "日本語 🎉", " the end");

async function ask(url = CHAT_URL): Promise<Response> {
  return fetch(url, { method: "POST" });
}

/** Right, whatever the cuts. */
async function texts(url = CHAT_URL): Promise<string> {
  const chunks = [];
  for await (const chunk of (await ask(url)).body ?? []) chunks.push({ at: undefined, bytes: chunk });
  return decodeStream({ url, chunks }).text;
}

/** Decodes each read by itself: breaks characters that a cut falls into. */
async function lossy(): Promise<{ content: string[] }> {
  const response = await ask();
  let whole = "";
  for await (const chunk of response.body ?? []) whole += new TextDecoder().decode(chunk);
  return { content: [...whole.matchAll(/"content":"([^"]*)"/g)].map(([, content = ""]) => content) };
}

/** Throws at a cut inside a character. */
async function strict(): Promise<string> {
  const response = await ask();
  let whole = "";
  for await (const chunk of response.body ?? [])
    whole += new TextDecoder("utf-8", { fatal: true }).decode(chunk);
  return whole;
}

test("runs the consumer for eleven cuts of the same answer, and gives its result", async () => {
  using folder = tapes();
  folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS })]);
  const reads: number[] = [];
  const result = await folder.play("chat", {}, async (cassette) => {
    const text = await everyChunking(cassette, async () => {
      const response = await ask();
      let count = 0;
      let whole = "";
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        count++;
        whole += decoder.decode(chunk, { stream: true });
      }
      reads.push(count);
      return whole;
    });
    expect(cassette.stats).toMatchObject({ requests: 11, played: 11, unplayed: 0, missed: 0 });
    expect(cassette.requests).toHaveLength(11);
    return text;
  });
  const whole = Buffer.concat(EVENTS);
  expect(result).toBe(whole.toString());
  expect(reads.slice(0, 7)).toEqual([
    EVENTS.length,
    1,
    whole.length,
    ...[2, 3, 7, 64].map((size) => Math.ceil(whole.length / size)),
  ]);
  expect(new Set(reads.slice(7)).size).toBeGreaterThan(1);
});

test("a consumer that is right passes, with a cassette or a name", async () => {
  using folder = tapes();
  folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS })]);
  const text = "naïve ☀️日本語 🎉 the end";
  expect(await folder.play("chat", {}, (cassette) => everyChunking(cassette, () => texts()))).toBe(text);
  expect(await everyChunking("chat", { dir: folder.dir }, () => texts())).toBe(text);
  await using cassette = openCassette("chat", { dir: folder.dir });
  expect(await everyChunking(cassette, () => texts())).toBe(text);
});

async function failure(
  run: (cassette: Cassette) => Promise<unknown>,
): Promise<Error & Record<string, unknown>> {
  using folder = tapes();
  folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS })]);
  return folder.play("chat", { unplayed: "ignore" }, (cassette) =>
    run(cassette).then(
      () => {
        throw new Error("It passed.");
      },
      (error) => error,
    ),
  );
}

test("a result that differs fails, naming the cut and the first difference", async () => {
  const error = await failure((cassette) => everyChunking(cassette, lossy));
  expect(error).toMatchObject({ code: "CASSETTE_CHUNKING", cut: "bytes" });
  expect(error.expected).toEqual({ content: ["naïve ☀️", "日本語 🎉", " the end"] });
  expect(error.actual).not.toEqual(error.expected);
  expect(error.message).toMatchInlineSnapshot(`
    "Failed to get the same result however the answers of cassette "chat" are cut: it is another one where each comes one byte a read (chunks: 'bytes').
      at result.content[0]
      as recorded: "naïve ☀️"
      cut so:      "na��ve ������"
    Any network may cut so. To look into it, give the cassette this option: { chunks: 'bytes' }."
  `);
});

test("a cut that makes the consumer throw fails with what was thrown as the cause", async () => {
  const error = await failure((cassette) => everyChunking(cassette, strict));
  expect(error.cause).toBeInstanceOf(TypeError);
  expect(error.message).toMatchInlineSnapshot(`
    "Failed to get the same result however the answers of cassette "chat" are cut: it is another one where each comes one byte a read (chunks: 'bytes').
      as recorded: a result
      cut so:      threw TypeError: The encoded data was not valid for encoding utf-8
    Any network may cut so. To look into it, give the cassette this option: { chunks: 'bytes' }."
  `);
});

test("a consumer that always throws is not blamed on a cut", async () => {
  const error = await failure((cassette) =>
    everyChunking(cassette, async () => {
      await ask();
      throw new RangeError("always");
    }),
  );
  expect(error).toBeInstanceOf(RangeError);
});

test("a result that varies by itself is told from one that the cut changed", async () => {
  let run = 0;
  const error = await failure((cassette) => everyChunking(cassette, async () => [await texts(), run++]));
  expect(error.message).toContain("at result[1]");
  expect(error.message).toContain("Leave out of the result what varies");
});

test("each run starts where the tape stood, and draws what the first one drew", async () => {
  using folder = tapes();
  const frozen = { time: "2026-01-02T03:04:05.000Z", seed: 7 };
  const events = (text: string) => chatEvents(text);
  const url = `${CHAT_URL}?again`;
  folder.tape(
    "chat",
    [
      interaction(url, { chunks: events("before") }),
      interaction(url, { chunks: events("first") }),
      interaction(url, { chunks: events("second") }),
    ],
    { frozen },
  );
  await folder.play("chat", { freeze: true }, async (cassette) => {
    const read = () => texts(url);
    expect(await read()).toBe("before");
    const drawnBefore = Math.random();
    const result = await everyChunking(cassette, async () => [
      await read(),
      await read(),
      Math.random(),
      crypto.randomUUID(),
      Date.now(),
    ]);
    expect(result.slice(0, 2)).toEqual(["first", "second"]);
    expect(result[2]).not.toBe(drawnBefore);
    expect(cassette.stats).toMatchObject({ requests: 23, unplayed: 0 });
  });
});

test("afterwards answers are cut as the options say", async () => {
  using folder = tapes();
  folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS }), interaction(CHAT_URL, { chunks: EVENTS })]);
  await folder.play("chat", { chunks: "whole" }, async (cassette) => {
    const reads = async () => {
      let count = 0;
      for await (const _ of (await ask()).body ?? []) count++;
      return count;
    };
    await everyChunking(cassette, async () => void (await reads()));
    expect(await reads()).toBe(1);
  });
});

test("while recording the consumer runs once, and a warning says so", async () => {
  using folder = tapes();
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.stubEnv("RECORD", "1");
  vi.stubEnv("CI", "");
  try {
    let runs = 0;
    await folder.play("new", {}, (cassette) =>
      everyChunking(cassette, async () => {
        runs++;
        const body = JSON.stringify({
          model: "m",
          stream: true,
          messages: [{ role: "user", content: "hi" }],
        });
        await (await fetch(`${server.url}/v1/chat/completions`, { method: "POST", body })).text();
      }),
    );
    expect(runs).toBe(1);
    expect(warn.mock.calls.flat()).toEqual([
      '[vitest-cassette] everyChunking ran once, with the chunks as they came: cassette "new" was being recorded.',
    ]);
    expect(folder.interactions("new")).toHaveLength(1);
  } finally {
    warn.mockRestore();
    vi.unstubAllEnvs();
  }
});

test("hybrid mode runs every cut where all of it is on the tape", async () => {
  using folder = tapes();
  vi.stubEnv("CI", "");
  folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS })]);
  await folder.play("chat", { mode: "hybrid" }, async (cassette) => {
    await everyChunking(cassette, () => texts());
    expect(cassette.stats).toMatchObject({ played: 11, recorded: 0 });
  });
  vi.unstubAllEnvs();
});

test("a miss ends it after the first run, and is told as any other", async () => {
  using folder = tapes();
  folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS })]);
  let runs = 0;
  const missed = folder.play("chat", { unplayed: "ignore" }, (cassette) =>
    everyChunking(cassette, async () => {
      runs++;
      return (await ask(`${CHAT_URL}?other`)).status;
    }),
  );
  await expect(missed).rejects.toMatchObject({ code: "CASSETTE_MISS" });
  expect(runs).toBe(1);
});

test("what cannot be compared is refused", async () => {
  const unread = [
    () => ask(),
    async () => ({ a: [(await ask()).text()] }),
    async () => (await ask()).body,
    async () => (await ask()).text,
  ];
  for (const consume of unread) {
    expect(await failure((cassette) => everyChunking<unknown>(cassette, consume))).toMatchObject({
      code: "CASSETTE_UNREAD",
    });
  }
  expect(await failure((cassette) => everyChunking(cassette, () => "nothing sent"))).toMatchObject({
    code: "CASSETTE_NOTHING_SENT",
  });
});

test("a run that the test does not wait for, or that hangs, is told with its cut", async () => {
  using folder = tapes();
  folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS })]);
  const run = folder.play("chat", {}, async (cassette) => {
    const { promise: hangs, resolve: atTheHang } = Promise.withResolvers<void>();
    void everyChunking(cassette, async () => {
      const first = await (await ask()).body?.getReader().read();
      if (first?.value?.length !== 1) return "no";
      atTheHang();
      return new Promise<string>(() => undefined);
    });
    await hangs;
  });
  const error = await run.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "CASSETTE_CHUNKING_UNFINISHED" });
  expect((error as Error).message).toMatchInlineSnapshot(
    `"everyChunking had not come to its end when the test did: its function was running with answers where each comes one byte a read (chunks: 'bytes'). Await everyChunking; if the test does, the function waits for ever where answers come so."`,
  );
});

test("arguments that are none are an error", async () => {
  const forgotten = everyChunking as (...given: unknown[]) => Promise<unknown>;
  for (const run of [
    (cassette: Cassette) => forgotten(cassette),
    () => forgotten(undefined, () => 1),
    () => forgotten({}, () => 1),
  ]) {
    expect(await failure(run)).toMatchObject({ code: "CASSETTE_CHUNKING_ARGUMENTS" });
  }
});

test("the first difference of two values is told by its path", () => {
  const cases: readonly (readonly [unknown, unknown])[] = [
    ["the same beginning, quite long, and then one", "the same beginning, quite long, and then another"],
    [
      [1, 2, 3],
      [1, 2],
    ],
    [{ a: { "b c": [{ d: 1 }] } }, { a: { "b c": [{ d: "1" }] } }],
    [{ a: 1 }, { a: 1, b: undefined }],
    [new Map([["a", 1]]), new Map([["a", 2]])],
    [bytes("ab"), bytes("ac")],
    [null, undefined],
    [new Date(0), new Date(1)],
  ];
  expect(cases.map(([expected, actual]) => firstDifference(expected, actual))).toMatchInlineSnapshot(`
    [
      {
        "actual": "…"g, quite long, and then another"",
        "expected": "…"g, quite long, and then one"",
        "path": "",
      },
      {
        "actual": "nothing",
        "expected": "3",
        "path": "[2]",
      },
      {
        "actual": "'1'",
        "expected": "1",
        "path": ".a["b c"][0].d",
      },
      {
        "actual": "undefined",
        "expected": "nothing",
        "path": ".b",
      },
      {
        "actual": "Map(1) { 'a' => 2 }",
        "expected": "Map(1) { 'a' => 1 }",
        "path": "",
      },
      {
        "actual": "<Buffer 61 63>",
        "expected": "<Buffer 61 62>",
        "path": "",
      },
      {
        "actual": "undefined",
        "expected": "null",
        "path": "",
      },
      {
        "actual": "1970-01-01T00:00:00.001Z",
        "expected": "1970-01-01T00:00:00.000Z",
        "path": "",
      },
    ]
  `);
});
