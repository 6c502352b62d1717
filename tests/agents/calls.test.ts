import { afterEach, expect, test, vi } from "vitest";
import type { RecordedCall } from "../../src/cassette/model.ts";
import type { Cassette } from "../../src/core.ts";
import { agentTape } from "./support.ts";

afterEach(() => vi.unstubAllEnvs());

class CardError extends Error {
  override readonly name = "CardError";
  readonly code = "declined";
}

/** Runs the same code live, recorded and played, and returns what each gave and how often the functions ran. */
async function threeWays<T>(
  use: (record: Cassette["record"], count: () => void) => T | Promise<T>,
): Promise<readonly unknown[]> {
  using tape = agentTape();
  const results: unknown[] = [];
  const runs: number[] = [];
  let ran = 0;
  const once = async (record: Cassette["record"]): Promise<void> => {
    ran = 0;
    try {
      results.push(await use(record, () => ran++));
    } catch (error) {
      results.push(error);
    }
    runs.push(ran);
  };
  await once((_, original) => original);
  await tape.record((cassette) => once(cassette.record));
  await tape.play((cassette) => once(cassette.record));
  expect(runs[1]).toBe(runs[0]);
  expect(runs[2]).toBe(0);
  return results;
}

test("a function that returns at once still does", async () => {
  const [live, recorded, played] = await threeWays((record, count) => {
    const add = record("add", (a: number) => {
      count();
      return { sum: a + 1 };
    });
    const result = add(1);
    expect(result).not.toBeInstanceOf(Promise);
    return result;
  });
  expect([recorded, played]).toEqual([live, live]);
});

test("values of all kinds come back as they were, and are copies", async () => {
  const value = {
    date: new Date(0),
    big: 12n,
    none: [undefined, null, Number.NaN, -0, new Map([[null, undefined]])],
    bytes: new Uint8Array([1, 2]),
    map: new Map([["a", new Set([1])]]),
    url: new URL("https://x.test/a"),
    odd: { $date: "no date" },
    nothing: null,
  };
  const [live, recorded, played] = await threeWays(async (record, count) => {
    const get = record("get", async () => {
      count();
      return value;
    });
    const first = await get();
    return first;
  });
  expect([recorded, played]).toEqual([live, live]);
  expect(played).not.toBe(value);
});

test("changing arguments and results later does not change the tape", async () => {
  using tape = agentTape();
  const run = async ({ record }: Cassette): Promise<readonly unknown[]> => {
    const get = record("get", async (query: { q: string }) => ({ found: [query.q] }));
    const query = { q: "a" };
    const one = await get(query);
    one.found.push("more");
    query.q = "b";
    query.q = "a";
    return [one, await get(query)];
  };
  await tape.record(run);
  expect(await tape.play(run)).toEqual([{ found: ["a", "more"] }, { found: ["a"] }]);

  const spoil = async ({ record }: Cassette): Promise<unknown> => {
    const list = record("list", function* () {
      yield { found: ["a"] };
    });
    for (const item of list()) item.found.push("more");
    return [...list()];
  };
  using items = agentTape({ repeat: "last" });
  items.write("  - call: list\n    returns: iterable\n    items: [{ found: [a] }]\n");
  expect(await items.play(spoil)).toEqual([{ found: ["a"] }]);
});

test("an error keeps its name, message, code and cause, and its class if it is named", async () => {
  using tape = agentTape();
  const caught = async ({ record }: Cassette): Promise<readonly unknown[]> => {
    const fail = async (): Promise<never> => {
      throw new CardError("No.", { cause: new TypeError("inner") });
    };
    const errors: unknown[] = [];
    await record("fail", fail, { errors: [CardError] })().catch((error: unknown) => errors.push(error));
    try {
      record("now", () => {
        throw new RangeError("out");
      })();
    } catch (error) {
      errors.push(error);
    }
    return errors;
  };
  await tape.record(caught);
  const [card, range] = await tape.play(caught);
  expect(card).toBeInstanceOf(CardError);
  expect(card).toMatchObject({ name: "CardError", message: "No.", code: "declined" });
  expect((card as Error).cause).toBeInstanceOf(TypeError);
  expect(range).toBeInstanceOf(RangeError);
});

class PlainError extends Error {}

test("whatever was thrown is thrown again: values, causes, many errors at once, and errors of any class", async () => {
  using tape = agentTape();
  const thrown: readonly unknown[] = [
    "no paper",
    { status: 402 },
    undefined,
    null,
    new Error("outer", { cause: new RangeError("middle", { cause: "inner" }) }),
    new AggregateError([new PlainError("a"), "b"], "both"),
    new DOMException("Stopped.", "AbortError"),
    new PlainError("plain"),
  ];
  const run = async ({ record }: Cassette): Promise<readonly unknown[]> => {
    const caught: unknown[] = [];
    for (const [index, each] of thrown.entries()) {
      const fail = record(
        "fail",
        (_: number) => {
          throw each;
        },
        { errors: [PlainError] },
      );
      try {
        fail(index);
      } catch (error) {
        caught.push(error);
      }
    }
    return caught;
  };
  expect(await tape.record(run)).toEqual(thrown);
  const played = await tape.play(run);
  expect(played).toStrictEqual(thrown);
  const [, , , , , both, abort, plain] = played;
  expect(both).toBeInstanceOf(AggregateError);
  expect((both as AggregateError).errors[0]).toBeInstanceOf(PlainError);
  expect(abort).toBeInstanceOf(DOMException);
  expect(abort).toMatchObject({ name: "AbortError", code: 20 });
  expect(plain).toBeInstanceOf(PlainError);
  expect(Object.keys(plain as object)).toEqual([]);
});

test("a thrown value that a cassette cannot store is an error, and the caller still gets it", async () => {
  using tape = agentTape();
  const given = { socket: new (class Socket {})() };
  let caught: unknown;
  const recording = tape.record(({ record }) =>
    record("connect", () => Promise.reject(given))().catch((error: unknown) => {
      caught = error;
    }),
  );
  await expect(recording).rejects.toThrow(
    "Failed to write error.socket of connect: it is an instance of Socket",
  );
  expect(caught).toBe(given);
});

test("generators, async generators and streams give the same items", async () => {
  const [live, recorded, played] = await threeWays(async (record, count) => {
    const letters = record("letters", function* () {
      count();
      yield "a";
      yield { b: 1 };
      yield null;
      yield undefined;
      return "end";
    });
    const later = record("later", async function* (n: number) {
      count();
      for (let i = 0; i < n; i++) yield i;
    });
    const stream = record("stream", async () => {
      count();
      return new ReadableStream<string>({
        start(controller) {
          controller.enqueue("x");
          controller.enqueue("y");
          controller.close();
        },
      });
    });
    const items: unknown[] = [...letters()];
    for await (const item of later(3)) items.push(item);
    for await (const item of (await stream()) as unknown as AsyncIterable<string>) items.push(item);
    const by = letters();
    for (let i = 0; i < 6; i++) items.push(by.next());
    return items;
  });
  expect(recorded).toEqual(live);
  expect(played).toEqual(live);
});

test("a generator that fails in the middle does so again, and one that is left cannot be read further", async () => {
  using tape = agentTape();
  const run = async ({ record }: Cassette, further: boolean): Promise<readonly unknown[]> => {
    const items: unknown[] = [];
    const broken = record("broken", async function* () {
      yield 1;
      throw new Error("in the middle");
    });
    try {
      for await (const item of broken()) items.push(item);
    } catch (error) {
      items.push((error as Error).message);
    }
    const endless = record("endless", async function* () {
      for (let i = 0; ; i++) yield i;
    });
    for await (const item of endless()) {
      items.push(item);
      if (item === 2 && !further) break;
    }
    return items;
  };
  await tape.record((cassette) => run(cassette, false));
  expect(await tape.play((cassette) => run(cassette, false))).toEqual([1, "in the middle", 0, 1, 2]);
  await expect(tape.play((cassette) => run(cassette, true))).rejects.toThrow(
    "Failed to go on with endless: in the recording, its caller stopped reading after 3 items",
  );
});

test("a stream that its caller cancels is cancelled at its source, and can be read as far again", async () => {
  using tape = agentTape();
  const cancelled: unknown[] = [];
  const run = async ({ record }: Cassette): Promise<unknown> => {
    const numbers = record("numbers", (from: number) => {
      let next = from;
      return new ReadableStream<number>(
        { pull: (controller) => controller.enqueue(next++), cancel: (reason) => void cancelled.push(reason) },
        { highWaterMark: 0 },
      );
    });
    await numbers(0).cancel("unread");
    const reader = numbers(5).getReader();
    const read = [(await reader.read()).value, (await reader.read()).value];
    await reader.cancel("enough");
    return read;
  };
  expect(await tape.record(run)).toEqual([5, 6]);
  expect(cancelled).toEqual(["unread", "enough"]);
  expect(tape.entries).toMatchObject([
    { form: "stream", items: [], end: "aborted" },
    { form: "stream", items: [5, 6], end: "aborted" },
  ]);
  expect(await tape.play(run)).toEqual([5, 6]);
  expect(cancelled).toHaveLength(2);
});

test("items are paced as they were recorded", async () => {
  using tape = agentTape({ pacing: "recorded" });
  tape.write("  - call: slow\n    items: [a, b]\n    times: [50, 90]\n    duration: 90\n");
  await tape.play(async ({ record }) => {
    vi.useFakeTimers();
    try {
      const got: string[] = [];
      const reading = (async () => {
        for await (const item of record("slow", async function* (): AsyncGenerator<string> {})())
          got.push(item);
      })();
      await vi.advanceTimersByTimeAsync(49);
      expect(got).toEqual([]);
      await vi.advanceTimersByTimeAsync(2);
      expect(got).toEqual(["a"]);
      await vi.advanceTimersByTimeAsync(40);
      expect(got).toEqual(["a", "b"]);
      await reading;
    } finally {
      vi.useRealTimers();
    }
  });
});

test("calls are matched by their first argument, first in, first out, whatever the order of keys", async () => {
  using tape = agentTape();
  let n = 0;
  const run = async ({ record }: Cassette, reverse = false): Promise<readonly unknown[]> => {
    const get = record("get", async (_: object, _more?: AbortSignal) => ++n);
    const signal = new AbortController().signal;
    const [a, b, again] = reverse
      ? [await get({ y: 1, x: "a" }, signal), await get({ x: "b" }), await get({ x: "a", y: 1 })]
      : [await get({ x: "a", y: 1 }, signal), await get({ x: "b" }), await get({ y: 1, x: "a" })];
    return [a, b, again];
  };
  await tape.record((cassette) => run(cassette));
  expect(await tape.play((cassette) => run(cassette, true))).toEqual([1, 2, 3]);
  expect(n).toBe(3);
});

test("key, sanitize and version decide what is compared and written", async () => {
  using tape = agentTape();
  const run = ({ record }: Cassette, id: number, version = 1): Promise<unknown> =>
    record("charge", async (order: { id: number; at: () => number }) => ({ order: order.id, card: "4242" }), {
      key: (order) => order.id,
      sanitize: (value, part) => (part === "output" ? { ...(value as object), card: "****" } : value),
      version,
    })({ id, at: Date.now });
  expect(await tape.record((cassette) => run(cassette, 7))).toEqual({ order: 7, card: "4242" });
  expect(tape.entries).toMatchObject([{ input: 7, version: "1", output: { order: 7, card: "****" } }]);
  expect(await tape.play((cassette) => run(cassette, 7))).toEqual({ order: 7, card: "****" });
  await expect(tape.play((cassette) => run(cassette, 7, 2))).rejects.toThrow(
    "The nearest recording is 1, charge(7), of version 1 and not 2.",
  );
});

test("a value that a cassette cannot store is named by its path, and the caller still gets it", async () => {
  using tape = agentTape();
  const output = { rows: [{ client: new (class Client {})() }] };
  let got: unknown;
  const recording = tape.record(async ({ record }) => {
    got = await record("query", async () => output)();
  });
  await expect(recording).rejects.toThrow(
    "Failed to write output.rows[0].client of query: it is an instance of Client, which a cassette cannot store.",
  );
  expect(got).toBe(output);
  await expect(tape.play(({ record }) => record("query", (_: unknown) => 1)({ run() {} }))).rejects.toThrow(
    "Failed to write input.run of query: it is a function",
  );
});

test("a call that is not on the tape fails the call and the test, with what differs", async () => {
  using tape = agentTape();
  await tape.record(({ record }) => record("get", async (_: object) => 1)({ city: "Lyon" }));
  let caught: unknown;
  let told: unknown;
  try {
    await tape.play(async ({ record }) => {
      caught = await record(
        "get",
        async (_: object) => 1,
      )({ city: "Paris" }).catch((error: unknown) => error);
    });
  } catch (error) {
    told = error;
  }
  expect((caught as Error).message).toContain('Failed to play the call get({"city":"Paris"})');
  // It is one error, whether the test lets it pass or not.
  expect(caught).toBe(told);
  const thrown = tape.play<unknown>(({ record }) => record("get", async (_: object) => 1)({ city: "Paris" }));
  const error = (await thrown.catch((reason: unknown) => reason)) as Error;
  expect([error.name, error.cause]).toEqual(["CassetteCallMissError", undefined]);
  expect(told).toMatchObject({
    code: "CASSETTE_CALL_MISS",
    reason: "different",
    actual: { city: "Paris" },
    expected: { city: "Lyon" },
  });
  expect((told as Error).message.replace(/\S*run\.yaml/g, "run.yaml")).toMatchInlineSnapshot(`
    "Failed to play the call get({"city":"Paris"}): run.yaml has no such call.
    The nearest recording is 1, get({"city":"Lyon"}).
    If the call is intended, record it: RECORD=1, with the command that you ran"
  `);
});

test("calls that were recorded and not made fail the test", async () => {
  using tape = agentTape();
  await tape.record(async ({ record }) => {
    const get = record("get", async (_: number) => 1);
    await get(1);
    await get(2);
  });
  await expect(tape.play(({ record }) => record("get", async (_: number) => 1)(1))).rejects.toThrow(
    "2  call get(2)",
  );
  await tape.play(({ record }) => record("get", async (_: number) => 1)(1), { unplayed: "ignore" });
});

test("hybrid and RECORD=new add missing calls after the calls that were played before them", async () => {
  using tape = agentTape();
  const run = async ({ record }: Cassette, ...ids: readonly number[]): Promise<void> => {
    const get = record("get", async (id: number) => id);
    for (const id of ids) expect(await get(id)).toBe(id);
  };
  await tape.record((cassette) => run(cassette, 1, 3));
  await tape.record((cassette) => run(cassette, 1, 2, 3), {}, "new");
  expect(tape.entries.map((entry) => (entry as RecordedCall).input)).toEqual([1, 2, 3]);
  await tape.play((cassette) => run(cassette, 1, 2, 3, 4), { mode: "hybrid" });
  expect(tape.entries.map((entry) => (entry as RecordedCall).input)).toEqual([1, 2, 3, 4]);
});

test("warn mode plays the nearest call", async () => {
  using tape = agentTape();
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  await tape.record(({ record }) => record("get", async (id: number) => id)(1));
  expect(await tape.play(({ record }) => record("get", async (id: number) => id)(2), { mode: "warn" })).toBe(
    1,
  );
  expect(warn.mock.calls.flat().join()).toContain("Failed to play the call get(2)");
  warn.mockRestore();
});

test("live runs the function and compares; ignore leaves it alone", async () => {
  using tape = agentTape();
  let version = 1;
  let logged = 0;
  const run = async ({ record }: Cassette): Promise<unknown> => {
    record("log", () => void logged++)();
    return record("search", async (q: string) => ({ q, version }))("a");
  };
  const calls = { "*": "replay", search: "live", log: "ignore" } as const;
  await tape.record(run, { calls });
  expect(tape.entries).toHaveLength(1);
  expect(await tape.play(run, { calls })).toEqual({ q: "a", version: 1 });
  expect(logged).toBe(2);
  version = 2;
  await expect(tape.play(run, { calls })).rejects.toMatchObject({
    code: "CASSETTE_CALL_DRIFT",
    actual: { output: { q: "a", version: 2 } },
    expected: { output: { q: "a", version: 1 } },
  });
  expect(await tape.play(run, { calls: { log: "ignore" } })).toEqual({ q: "a", version: 1 });
});

test("secrets are removed from inputs, outputs and errors, and another key still matches", async () => {
  using tape = agentTape();
  const key = (end: string): string => `sk-proj-${"aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA".repeat(2)}${end}`;
  const run = async ({ record }: Cassette, end: string): Promise<unknown> => {
    const connect = record("connect", async (options: { apiKey: string; url: string }) => ({
      echo: options.apiKey,
    }));
    return connect({ apiKey: key(end), url: "x" });
  };
  await tape.record((cassette) => run(cassette, "1"));
  expect(tape.text).not.toContain("sk-proj-");
  expect(tape.text).toContain("<redacted:");
  expect(await tape.play((cassette) => run(cassette, "2"))).toMatchObject({
    echo: expect.stringContaining("<redacted"),
  });
});

test("a call that has not returned when the cassette closes is an error", { timeout: 20_000 }, async () => {
  using tape = agentTape();
  await expect(
    tape.record(({ record }) => {
      void record("never", () => new Promise(() => undefined))();
    }),
  ).rejects.toThrow("Failed to record a call of never: it had not returned when the cassette closed.");
});

test("redact.restore puts values back into what calls and servers return", async () => {
  vi.stubEnv("SHOP_TOKEN", "tok-9f8e7d6c5b4a3210");
  using tape = agentTape({ redact: { restore: true } });
  const run = async ({ record }: Cassette): Promise<unknown> => {
    const get = record("get", async (_: number) => ({ token: process.env.SHOP_TOKEN, list: ["a"] }));
    const list = record("list", function* () {
      yield `Bearer ${process.env.SHOP_TOKEN}`;
    });
    const fail = record("fail", () => {
      throw new Error(`no ${process.env.SHOP_TOKEN}`);
    });
    let failed: unknown;
    try {
      fail();
    } catch (error) {
      failed = (error as Error).message;
    }
    return [await get(1), [...list()], failed];
  };
  const recorded = await tape.record(run);
  expect(tape.text).not.toContain("tok-9f8e");
  expect(await tape.play(run)).toEqual(recorded);
  vi.stubEnv("SHOP_TOKEN", "tok-of-another-machine-77");
  expect(JSON.stringify(await tape.play(run))).toBe(
    JSON.stringify(recorded).replaceAll("tok-9f8e7d6c5b4a3210", "tok-of-another-machine-77"),
  );
  expect(JSON.stringify(await tape.play(run, { redact: { restore: false } }))).not.toContain("tok-");
});

test("repeat: 'last' answers further calls with the last recording", async () => {
  using tape = agentTape();
  let runs = 0;
  const times =
    (count: number) =>
    async ({ record }: Cassette): Promise<readonly number[]> => {
      const get = record("get", async (_: string) => ++runs);
      const results: number[] = [];
      for (let time = 0; time < count; time++) results.push(await get("x"));
      return results;
    };
  await tape.record(times(2));
  expect(await tape.play(times(4), { repeat: "last" })).toEqual([1, 2, 2, 2]);
  await expect(tape.play(times(3))).rejects.toMatchObject({ reason: "used-up" });
});
