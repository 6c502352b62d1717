import crypto, { randomUUID as namedRandomUUID } from "node:crypto";
import http from "node:http";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Cassette, CoreCassetteOptions } from "../../src/core.ts";
import { openCassette } from "../../src/core.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { SEAMS, send, type Tapes, tapes } from "./support.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const real = {
  Date: globalThis.Date,
  random: Math.random,
  randomUUID: crypto.randomUUID,
  getRandomValues: crypto.getRandomValues,
  ofCrypto: Object.getOwnPropertyNames(globalThis.crypto),
  format: Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "format")?.get,
  descriptor: Object.getOwnPropertyDescriptor(globalThis, "Date"),
};

function expectAllRestored(): void {
  expect(Object.getOwnPropertyDescriptor(globalThis, "Date")).toEqual(real.descriptor);
  expect(globalThis.Date).toBe(real.Date);
  expect(Math.random).toBe(real.random);
  expect(crypto.randomUUID).toBe(real.randomUUID);
  expect(namedRandomUUID).toBe(real.randomUUID);
  expect(crypto.getRandomValues).toBe(real.getRandomValues);
  expect(Object.getOwnPropertyNames(globalThis.crypto)).toEqual(real.ofCrypto);
  expect(Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "format")?.get).toBe(real.format);
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  expectAllRestored();
});

const AT = "2026-01-02T03:04:05.678Z";
const FROZEN = { time: AT, seed: 7 };

/** Runs `body` on an empty tape that was frozen at {@link AT}. */
async function frozen<T>(
  body: (cassette: Cassette) => T | Promise<T>,
  options: CoreCassetteOptions = {},
): Promise<T> {
  using folder = tapes();
  folder.tape("frozen", [], { frozen: FROZEN });
  return folder.play("frozen", { freeze: true, ...options }, body);
}

function drawAll(): unknown[] {
  return [
    Math.random(),
    crypto.randomUUID(),
    globalThis.crypto.randomUUID(),
    namedRandomUUID(),
    [...globalThis.crypto.getRandomValues(new Uint8Array(4))],
    [...crypto.getRandomValues(new Uint32Array(2))],
    Math.random(),
  ];
}

describe("the clock", () => {
  test("stands, however it is asked", async () => {
    await frozen(async () => {
      const time = Date.parse(AT);
      expect(Date.now()).toBe(time);
      expect([new Date()].map(Number)).toEqual([time]);
      expect(new Date().toISOString()).toBe(AT);
      expect(Date()).toBe(new Date(time).toString());
      expect(Reflect.construct(Date, []).getTime()).toBe(time);
      await new Promise((resolve) => setTimeout(resolve, 15));
      expect(Date.now()).toBe(time);
      const { now } = Date;
      expect(now()).toBe(time);
    });
  });

  test("makes dates that are dates", async () => {
    const before = new Date(0);
    await frozen(() => {
      const date = new Date();
      expect(date).toBeInstanceOf(Date);
      expect(before).toBeInstanceOf(Date);
      expect(date).toBeInstanceOf(real.Date);
      expect(Object.getPrototypeOf(date)).toBe(Date.prototype);
      expect(structuredClone(date)).toEqual(date);
      expect([
        new Date(5).getTime(),
        new Date(2020, 1).getMonth(),
        new Date("2020-01-01").getUTCFullYear(),
      ]).toEqual([5, 1, 2020]);
      expect([Date.UTC(2020), Date.parse("2020-01-01T00:00:00Z"), Date.length, Date.name]).toEqual([
        1577836800000,
        1577836800000,
        7,
        "Date",
      ]);
      class Day extends Date {
        tomorrow(): Date {
          return new Date(this.getTime() + 86_400_000);
        }
      }
      const day = new Day();
      expect(day).toBeInstanceOf(Day);
      expect(day.toISOString()).toBe(AT);
      expect(day.tomorrow().toISOString()).toBe("2026-01-03T03:04:05.678Z");
    });
  });

  test("is the date that Intl formats by default", async () => {
    const zone = { timeZone: "UTC", dateStyle: "long" } as const;
    const made = new Intl.DateTimeFormat("en", zone);
    await frozen(() => {
      expect(made.format()).toBe("January 2, 2026");
      expect(new Intl.DateTimeFormat("en", zone).format(undefined)).toBe("January 2, 2026");
      expect(
        made
          .formatToParts()
          .map(({ value }) => value)
          .join(""),
      ).toBe("January 2, 2026");
      expect(made.format(0)).toBe("January 1, 1970");
      expect(made.format).toBe(made.format);
      expect([0].map(made.format)).toEqual(["January 1, 1970"]);
    });
    expect(made.format()).not.toBe("January 2, 2026");
  });

  test("leaves performance.now and timers going", async () => {
    await frozen(async () => {
      const before = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(performance.now() - before).toBeGreaterThan(15);
      await expect(
        Promise.race([new Promise((resolve) => setImmediate(resolve)), Promise.resolve(1)]),
      ).resolves.toBe(1);
    });
  });

  test("is real outside, and of parts that were not asked for", async () => {
    await frozen(
      () => {
        expect(Date.now()).toBeGreaterThan(Date.parse(AT));
        expect(Date).toBe(real.Date);
      },
      { freeze: { random: true } },
    );
    await frozen(
      () => {
        expect(Date.now()).toBe(Date.parse(AT));
        const drawn = [Math.random(), Math.random()];
        expect(drawn).not.toEqual([0.011704753153026104, 0.011704753153026104]);
        expect(crypto.randomUUID()).not.toBe(crypto.randomUUID());
      },
      { freeze: { time: true } },
    );
  });
});

describe("chance", () => {
  test("gives the same values in the same order, and others for another seed", async () => {
    const first = await frozen(drawAll);
    expect(await frozen(drawAll)).toEqual(first);
    using folder = tapes();
    folder.tape("other", [], { frozen: { ...FROZEN, seed: 8 } });
    const other = await folder.play("other", { freeze: true }, drawAll);
    expect(other.every((value, index) => String(value) !== String(first[index]))).toBe(true);
    expect(drawAll()).not.toEqual(first);
  });

  test("keeps each source to itself: one more number does not move the ids", async () => {
    const ids = () => [crypto.randomUUID(), crypto.randomUUID()];
    const alone = await frozen(ids);
    const after = await frozen(() => {
      Math.random();
      globalThis.crypto.getRandomValues(new Uint8Array(100));
      return ids();
    });
    expect(after).toEqual(alone);
  });

  test("makes UUIDs of version 4, and numbers from 0 up to 1", async () => {
    await frozen(() => {
      for (let time = 0; time < 200; time++) {
        expect(crypto.randomUUID()).toMatch(
          /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
        );
        expect(Math.random()).toSatisfy((value: number) => value >= 0 && value < 1);
      }
    });
  });

  test("fills any view of any buffer, and refuses what the real one refuses", async () => {
    await frozen(() => {
      const buffer = new ArrayBuffer(16);
      const view = new Uint16Array(buffer, 4, 2);
      expect(globalThis.crypto.getRandomValues(view)).toBe(view);
      const bytes = [...new Uint8Array(buffer)];
      expect(bytes.slice(0, 4)).toEqual([0, 0, 0, 0]);
      expect(bytes.slice(8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
      expect(() => globalThis.crypto.getRandomValues(new Float32Array(1) as never)).toThrow();
      expect(() => globalThis.crypto.getRandomValues(new Uint8Array(65_537))).toThrow();
    });
  });

  test.for(SEAMS)("does not advance when $name sends a request, recorded or replayed", async (client) => {
    using folder = tapes();
    const run = (name: string, sends: boolean) =>
      folder.play(name, { freeze: true, include: [server.url], unplayed: "ignore" }, async () => {
        const drawn: unknown[] = [];
        for (let time = 0; time < 3; time++) {
          drawn.push(...drawAll());
          if (sends) await send(client, `${server.url}/echo?${time}`);
        }
        return drawn;
      });
    vi.stubEnv("RECORD", "1");
    vi.stubEnv("CI", "");
    const recorded = await run("sent", true);
    vi.unstubAllEnvs();
    expect(await run("sent", true)).toEqual(recorded);
    expect(await run("sent", false)).toEqual(recorded);
  });

  test("does not advance for draws on the way to the provider", async () => {
    using folder = tapes();
    const KEY = Symbol.for("undici.globalDispatcher.1");
    type Dispatcher = { dispatch(...args: readonly unknown[]): unknown };
    let dispatched = 0;
    const dispatcher: Dispatcher = {
      dispatch(...args) {
        dispatched++;
        drawAll();
        expect(Date.now()).toBeGreaterThan(Date.parse(AT));
        return (globalThis as unknown as { [KEY]: Dispatcher })[KEY].dispatch(...args);
      },
    };
    const run = () =>
      folder.play("sent", { freeze: true, include: [server.url] }, async () => {
        await (await fetch(`${server.url}/echo`, { dispatcher } as RequestInit)).text();
        return drawAll();
      });
    vi.stubEnv("RECORD", "1");
    vi.stubEnv("CI", "");
    const recorded = await run();
    vi.unstubAllEnvs();
    expect(dispatched).toBe(1);
    expect(await run()).toEqual(recorded);
  });
});

describe("who else fakes them", () => {
  test("fake timers win, and begin at the frozen time", async () => {
    await frozen(async () => {
      vi.useFakeTimers();
      expect(Date.now()).toBe(Date.parse(AT));
      await vi.advanceTimersByTimeAsync(1000);
      expect(Date.now()).toBe(Date.parse(AT) + 1000);
      vi.setSystemTime("2030-01-01T00:00:00Z");
      expect(new Date().toISOString()).toBe("2030-01-01T00:00:00.000Z");
      vi.useRealTimers();
      expect(new Date().toISOString()).toBe(AT);
    });
  });

  test("vi.setSystemTime alone wins", async () => {
    await frozen(() => {
      vi.setSystemTime("2030-01-01T00:00:00Z");
      expect([new Date().toISOString(), new Date(Date.now()).getUTCFullYear()]).toEqual([
        "2030-01-01T00:00:00.000Z",
        2030,
      ]);
      vi.useRealTimers();
      expect(new Date().toISOString()).toBe(AT);
    });
  });

  test("an earlier fake clock wins, and the clock is frozen after that is removed", async () => {
    vi.useFakeTimers({ now: new Date("2030-01-01T00:00:00Z") });
    await frozen(async () => {
      expect(new Date().getUTCFullYear()).toBe(2030);
      await vi.advanceTimersByTimeAsync(500);
      expect(Date.now()).toBe(Date.parse("2030-01-01T00:00:00.500Z"));
      vi.useRealTimers();
      expect(new Date().toISOString()).toBe(AT);
      vi.useFakeTimers({ now: new Date("2031-01-01T00:00:00Z") });
    });
    expect(new Date().getUTCFullYear()).toBe(2031);
    vi.useRealTimers();
    expectAllRestored();
  });

  test("fake timers that outlive the cassette give the real clock back", async () => {
    await frozen(() => void vi.useFakeTimers());
    expect(Date.now()).toBe(Date.parse(AT));
    await vi.advanceTimersByTimeAsync(5);
    expect(Date.now()).toBe(Date.parse(AT) + 5);
    vi.useRealTimers();
    expectAllRestored();
    expect(Date.now()).toBeGreaterThan(Date.parse(AT) + 1000);
  });

  test("spies win, before and after", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    vi.spyOn(globalThis.crypto, "randomUUID").mockReturnValue("a-b-c-d-e");
    await frozen(() => {
      expect(Math.random()).toBe(0.5);
      expect(globalThis.crypto.randomUUID()).toBe("a-b-c-d-e");
      vi.spyOn(Date, "now").mockReturnValue(42);
      expect(Date.now()).toBe(42);
      vi.mocked(Date.now).mockRestore();
      expect(Date.now()).toBe(Date.parse(AT));
    });
    vi.restoreAllMocks();
    const drawn = await frozen(() => {
      const spy = vi.spyOn(Math, "random").mockReturnValueOnce(0.25);
      const values = [Math.random(), Math.random(), spy.mock.calls.length];
      spy.mockRestore();
      return values;
    });
    expect(drawn).toEqual([0.25, await frozen(() => Math.random()), 2]);
    expect(Math.random).toBe(real.random);
    // Restores what was restored before, once more.
    vi.restoreAllMocks();
    Math.random = real.random;
  });

  test("a spy that outlives the cassette is taken away without a trace", async () => {
    await frozen(() => void vi.spyOn(Math, "random").mockReturnValue(0.5));
    expect(Math.random()).toBe(0.5);
    vi.restoreAllMocks();
    // What it gives back then is what it found; it draws from the real source by now.
    expect(Math.random()).not.toBe(Math.random());
    const first = await frozen(() => Math.random());
    expect(await frozen(() => Math.random())).toBe(first);
    Math.random = real.random;
  });
});

describe("tests at the same time", () => {
  test("do not share a clock, nor a sequence", async () => {
    using folder = tapes();
    const times = ["2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"];
    for (const [index, time] of times.entries())
      folder.tape(String(index), [], { frozen: { time, seed: index } });
    const draw = async (name: string) =>
      folder.play(name, { freeze: true }, async () => {
        const seen: unknown[] = [];
        for (let round = 0; round < 3; round++) {
          seen.push(new Date().toISOString(), Math.random(), crypto.randomUUID());
          await new Promise((resolve) => setTimeout(resolve, 3));
        }
        return seen;
      });
    const alone = [await draw("0"), await draw("1")];
    const outside: number[] = [];
    const [together] = await Promise.all([
      Promise.all([draw("0"), draw("1")]),
      new Promise<void>((resolve) => {
        setTimeout(() => {
          outside.push(Date.now());
          resolve();
        }, 4);
      }),
    ]);
    expect(together).toEqual(alone);
    expect(alone[0]?.[0]).toBe(times[0]);
    expect(alone[1]?.[0]).toBe(times[1]);
    expect(outside[0]).not.toBe(Date.parse(times[0] as string));
  });

  test("the innermost cassette that is frozen counts, and the outer one again after it", async () => {
    using folder = tapes();
    folder.tape("inner", [], { frozen: { time: "2027-01-01T00:00:00.000Z", seed: 1 } });
    await frozen(async () => {
      const inner = openCassette("inner", { dir: folder.dir, freeze: true });
      expect(new Date().getUTCFullYear()).toBe(2027);
      await inner.eject();
      expect(new Date().toISOString()).toBe(AT);
    });
  });

  test("code outside any test is frozen with the only open cassette, which gets its requests", async () => {
    let ask = () => 0;
    const app = http.createServer((_, response) => response.end(String(Date.now())));
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    const { port } = app.address() as { port: number };
    ask = () => port;
    await frozen(async () => {
      expect(await (await fetch(`http://127.0.0.1:${ask()}/`)).text()).toBe(String(Date.parse(AT)));
    });
    await new Promise((resolve) => app.close(resolve));
  });
});

describe("recording", () => {
  const prompt = () =>
    `It is ${new Date().toISOString()}, my id is ${crypto.randomUUID()}, my number ${Math.random()}.`;
  const ask = async (content: string) => {
    const client = new OpenAI({ apiKey: "any", baseURL: `${server.url}/v1`, maxRetries: 0 });
    const stream = await client.chat.completions.create({
      model: "gpt-5-mini",
      stream: true,
      messages: [{ role: "user", content }],
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    return text;
  };
  const record = async <T>(
    folder: Tapes,
    name: string,
    options: CoreCassetteOptions,
    body: () => Promise<T>,
  ): Promise<T> => {
    vi.stubEnv("RECORD", "1");
    vi.stubEnv("CI", "");
    try {
      return await folder.play(name, options, body);
    } finally {
      vi.unstubAllEnvs();
    }
  };

  test("stores one time and one seed, and a later day plays without a miss", async () => {
    using folder = tapes();
    const both = async () => [await ask(prompt()), await ask(prompt())];
    const before = Date.now();
    const recorded = await record(folder, "asked", { freeze: true }, both);
    const [, time = "", seed] =
      /^frozen: \{ time: "?([^",]+)"?, seed: (\d+) \}$/m.exec(folder.read("asked")) ?? [];
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before - 1000);
    expect(Date.parse(time)).toBeLessThanOrEqual(Date.now());
    expect(Number(seed)).toBeGreaterThanOrEqual(0);
    expect(await folder.play("asked", { freeze: true }, both)).toEqual(recorded);
  });

  test("the frozen day is that of the recording, not that of a fake clock around it", async () => {
    using folder = tapes();
    vi.useFakeTimers({ now: new Date("2001-01-01"), toFake: ["Date", "performance"] });
    await record(folder, "asked", { freeze: true }, () => ask("hello"));
    expect(folder.read("asked")).toMatch(/^frozen: \{ time: "?20[2-9]/m);
  });

  test("a tape that was recorded without freeze is played at the time of its recording", async () => {
    using folder = tapes();
    folder.tape("old", [], { recorded: { at: "2025-05-05T05:05:05.000Z", with: "vitest-cassette 0.1.0" } });
    await folder.play("old", { freeze: true }, () => {
      expect(new Date().toISOString()).toBe("2025-05-05T05:05:05.000Z");
    });
  });

  test("a tape that says no time at all is a warning", async () => {
    using folder = tapes();
    folder.tape("bare", []);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await folder.play("bare", { freeze: true }, () => {
      expect(Date).toBe(real.Date);
    });
    expect(warn.mock.calls.flat().join()).toContain("Nothing was frozen:");
  });

  test("each attempt starts the random sequence over", async () => {
    using folder = tapes();
    folder.tape("retried", [], { frozen: FROZEN });
    const attempt = () => folder.play("retried", { freeze: true }, drawAll);
    expect(await attempt()).toEqual(await attempt());
  });
});
