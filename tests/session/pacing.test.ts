import { afterEach, describe, expect, test, vi } from "vitest";
import {
  bytes,
  CHAT_URL,
  chatEvents,
  expectTimes,
  gzipEach,
  interaction,
  SEAMS,
  send,
  type Tapes,
  tapes,
  text,
  until,
} from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

const EVENTS = chatEvents("a", "b", "c", "d");
const TIMES = [412.3, 433.1, 433.1, 455.0, 455.4];

function chatTape(folder: Tapes): void {
  folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS, timing: { headers: 310.2, chunks: TIMES } })]);
}

/** The interceptors set an immediate of their own, which the tests here do not want to count. */
const COUNTED = ["setTimeout", "clearTimeout", "performance"] as const;

describe.for(SEAMS)("$name", (client) => {
  test("instant pacing sets no timer, even if all timers are fake", async () => {
    using folder = tapes();
    chatTape(folder);
    vi.useFakeTimers();
    const started = Date.now();
    // No spy: Vitest would restore the fake once more after the file, and leave it to the next file of the worker.
    const set = vi.fn(globalThis.setTimeout);
    globalThis.setTimeout = set as unknown as typeof setTimeout;
    const { chunks } = await folder.play("chat", {}, () => send(client, CHAT_URL));
    expect(text(chunks)).toBe(text(EVENTS));
    expect(set).not.toHaveBeenCalled();
    expect(Date.now()).toBe(started);
  });

  test("recorded pacing gives fake clocks the recorded times", async () => {
    using folder = tapes();
    chatTape(folder);
    vi.useFakeTimers();
    const { times, chunks } = await folder.play("chat", { pacing: "recorded" }, async (cassette) => {
      const result = send(client, CHAT_URL);
      await until(() => cassette.requests.length === 1);
      await vi.advanceTimersByTimeAsync(1000);
      return result;
    });
    expect(chunks).toHaveLength(5);
    expectTimes(client, times, [310, 412, 433, 433, 455, 455]);
  });

  test("a factor plays that many times faster", async () => {
    using folder = tapes();
    chatTape(folder);
    vi.useFakeTimers();
    const { times } = await folder.play("chat", { pacing: 0.5 }, async (cassette) => {
      const result = send(client, CHAT_URL);
      await until(() => cassette.requests.length === 1);
      await vi.advanceTimersByTimeAsync(1000);
      return result;
    });
    expectTimes(client, times, [620, 825, 866, 866, 910, 911]);
  });

  test("rounding of timers does not add up over a long stream", async () => {
    using folder = tapes();
    const count = 400;
    const chunks = Array.from({ length: count }, (_, index) => bytes(`data: ${index}\n\n`));
    // Each gap is rounded down, were it waited for by itself.
    const recorded = chunks.map((_, index) => (index + 1) * 10.4);
    folder.tape("long", [interaction(CHAT_URL, { chunks, timing: { headers: 0, chunks: recorded } })]);
    vi.useFakeTimers();
    const { times } = await folder.play("long", { pacing: "recorded" }, async (cassette) => {
      const result = send(client, CHAT_URL);
      await until(() => cassette.requests.length === 1);
      await vi.advanceTimersByTimeAsync(5000);
      return result;
    });
    expectTimes(client, times.slice(1), recorded);
  });

  test("recorded pacing takes the recorded time on a real clock", async () => {
    using folder = tapes();
    const timing = { headers: 30, chunks: [60, 90, 90, 120, 150] };
    folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS, timing })]);
    const { times } = await folder.play("chat", { pacing: "recorded" }, () => send(client, CHAT_URL));
    const recorded = [30, 60, 90, 90, 120, 150];
    times.forEach((time, index) => {
      // The request was sent a little before it was seen, and timers may be early by less than one.
      expect(time).toBeGreaterThan((recorded[index] as number) - 1.5);
      expect(time).toBeLessThan((recorded[index] as number) + 10_000);
    });
  });

  test("a tape without times is played without waiting", async () => {
    using folder = tapes();
    folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS })]);
    vi.useFakeTimers();
    const { chunks } = await folder.play("chat", { pacing: "recorded" }, () => send(client, CHAT_URL));
    expect(chunks).toHaveLength(5);
  });

  test("an abort ends the wait for the headers at once, and leaves no timer", async () => {
    using folder = tapes();
    chatTape(folder);
    vi.useFakeTimers({ toFake: [...COUNTED] });
    await folder.play("chat", { pacing: "recorded" }, async (cassette) => {
      const controller = new AbortController();
      const result = client.globalFetch
        ? fetch(CHAT_URL, { method: "POST", signal: controller.signal }).then(
            String,
            (error: Error) => error.name,
          )
        : nodeRequest(CHAT_URL, controller.signal);
      await until(() => cassette.requests.length === 1 && vi.getTimerCount() === 1);
      controller.abort();
      expect(await result).toBe("AbortError");
      await until(() => vi.getTimerCount() === 0);
    });
  });

  test.for([["signal"], ["leave"]] as const)("leaving by %s in the middle leaves no timer", async ([by]) => {
    using folder = tapes();
    chatTape(folder);
    vi.useFakeTimers({ toFake: [...COUNTED] });
    await folder.play("chat", { pacing: "recorded" }, async (cassette) => {
      const result = send(client, CHAT_URL, { stop: { by, after: 2 } });
      await until(() => cassette.requests.length === 1);
      await vi.advanceTimersByTimeAsync(440);
      expect((await result).chunks).toHaveLength(2);
      await until(() => vi.getTimerCount() === 0);
    });
  });

  test("closing the cassette ends all waiting, and whoever still reads gets the rest", async () => {
    using folder = tapes();
    chatTape(folder);
    vi.useFakeTimers({ toFake: [...COUNTED] });
    let result: ReturnType<typeof send> | undefined;
    await folder.play("chat", { pacing: "recorded" }, async (cassette) => {
      result = send(client, CHAT_URL);
      await until(() => cassette.requests.length === 1 && vi.getTimerCount() === 1);
    });
    expect(vi.getTimerCount()).toBe(0);
    expect(text((await result)?.chunks ?? [])).toBe(text(EVENTS));
  });

  test("fake timers that go away in the middle leave the rest on its own clock", async () => {
    using folder = tapes();
    const timing = { headers: 0, chunks: [1000, 2000, 2020, 2040, 2060] };
    folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS, timing })]);
    vi.useFakeTimers();
    await folder.play("chat", { pacing: "recorded" }, async (cassette) => {
      const arrivals: number[] = [];
      const result = send(client, CHAT_URL, {
        onChunk(_, count) {
          if (count === 2) vi.useRealTimers();
          arrivals.push(performance.now());
        },
      });
      await until(() => cassette.requests.length === 1);
      await vi.advanceTimersByTimeAsync(2000);
      await result;
      const took = (arrivals[4] as number) - (arrivals[1] as number);
      expect(took).toBeGreaterThan(57);
      expect(took).toBeLessThan(10_000);
    });
  });

  test("timers may be fake while performance.now is real, and the reverse", async () => {
    using folder = tapes();
    const timing = { headers: 100, chunks: [200, 300, 400, 500, 520] };
    folder.tape("chat", [interaction(CHAT_URL, { chunks: EVENTS, timing })]);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const started = Date.now();
    const seen: number[] = [];
    await folder.play("chat", { pacing: "recorded" }, async (cassette) => {
      const result = send(client, CHAT_URL, { onChunk: () => void seen.push(Date.now() - started) });
      await until(() => cassette.requests.length === 1);
      await vi.advanceTimersByTimeAsync(1000);
      await result;
    });
    seen.forEach((time, index) => {
      // A fake millisecond passes with each turn of the event loop.
      expect(Math.abs(time - (timing.chunks[index] as number))).toBeLessThanOrEqual(80);
    });
    vi.useRealTimers();

    vi.useFakeTimers({ toFake: ["performance"] });
    const before = Date.now();
    const fast = { headers: 10, chunks: [20, 30, 40, 50, 60] };
    folder.tape("fast", [interaction(CHAT_URL, { chunks: EVENTS, timing: fast })]);
    const { chunks } = await folder.play("fast", { pacing: "recorded" }, () => send(client, CHAT_URL));
    expect(chunks).toHaveLength(5);
    expect(Date.now() - before).toBeGreaterThan(55);
  });

  test("a slow reader gets at once what is due by then", async () => {
    using folder = tapes();
    chatTape(folder);
    vi.useFakeTimers();
    const { times } = await folder.play("chat", { pacing: "recorded" }, async (cassette) => {
      const result = send(client, CHAT_URL, {
        onChunk: (_, count) => (count === 1 ? new Promise((resolve) => setTimeout(resolve, 500)) : undefined),
      });
      await until(() => cassette.requests.length === 1);
      await vi.advanceTimersByTimeAsync(2000);
      return result;
    });
    expectTimes(client, times, [310, 412, 912, 912, 912, 912]);
  });
});

test("a compressed recording is paced as the fetch client reads it", async () => {
  using folder = tapes();
  const zipped = await gzipEach(EVENTS);
  const headers = [
    ["content-type", "text/event-stream"],
    ["content-encoding", "gzip"],
  ] as const;
  folder.tape("chat", [
    interaction(CHAT_URL, { headers, chunks: zipped, timing: { headers: 310.2, chunks: TIMES } }),
  ]);
  vi.useFakeTimers();
  const [client] = SEAMS;
  const { times, chunks } = await folder.play("chat", { pacing: "recorded" }, async (cassette) => {
    const result = send(client as NonNullable<typeof client>, CHAT_URL);
    await until(() => cassette.requests.length === 1);
    await vi.advanceTimersByTimeAsync(1000);
    return result;
  });
  expect(chunks.map((chunk) => text([chunk]))).toEqual(EVENTS.map((event) => text([event])));
  expect(times.map(Math.round)).toEqual([310, 412, 433, 433, 455, 455]);
});

async function nodeRequest(url: string, signal: AbortSignal): Promise<string> {
  const { request } = await import("node:http");
  return new Promise((resolve) => {
    const outgoing = request(url, { method: "POST", signal });
    outgoing.on("error", (error) => resolve(error.name));
    outgoing.on("response", () => resolve("response"));
    outgoing.end();
  });
}
