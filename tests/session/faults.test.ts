import { afterEach, describe, expect, test, vi } from "vitest";
import type { Fault } from "../../src/core.ts";
import { decodeStream } from "../../src/core.ts";
import {
  bytes,
  CHAT_URL,
  chatEvents,
  expectTimes,
  gzipEach,
  interaction,
  MESSAGES_URL,
  SEAMS,
  send,
  tapes,
  text,
  until,
} from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

const EVENTS = chatEvents("a", "b", "c", "d");
const TIMING = { headers: 10, chunks: [100, 200, 300, 400, 410] };
const RECORDED = interaction(CHAT_URL, { chunks: EVENTS, timing: TIMING });

describe.for(SEAMS)("$name", (client) => {
  const play = async (fault: Fault, name = "chat") => {
    using folder = tapes();
    folder.tape(name, [RECORDED]);
    return folder.play(name, { fault }, () => send(client, CHAT_URL));
  };

  test("a cut ends the body in order, as if it were complete", async () => {
    const result = await play({ after: 2, kind: "cut" });
    expect(result.chunks.map((chunk) => text([chunk]))).toEqual(
      EVENTS.slice(0, 2).map((event) => text([event])),
    );
    expect(result).toMatchObject({ ended: true });
  });

  test("a cut of a body with a content-length does not break the connection", async () => {
    using folder = tapes();
    const headers = [
      ["content-type", "application/json"],
      ["content-length", "13"],
    ] as const;
    folder.tape("chat", [interaction(CHAT_URL, { headers, chunks: [bytes('{"whole":'), bytes("true}")] })]);
    const result = await folder.play("chat", { fault: { after: 1, kind: "cut" } }, () =>
      send(client, CHAT_URL),
    );
    expect(text(result.chunks)).toBe('{"whole":');
    expect(result).toMatchObject({ ended: true });
    expect(result.headers["content-length"]).toBeUndefined();
    const stall = { after: 1, kind: "stall", ms: 1 } as const;
    const stalled = await folder.play("chat", { fault: stall }, () => send(client, CHAT_URL));
    expect(stalled).toMatchObject({ ended: true, headers: { "content-length": "13" } });
  });

  test("a reset fails the connection after the earlier chunks", async () => {
    const result = await play({ after: { chunks: 2 }, kind: "reset" });
    expect(text(result.chunks)).toBe(text(EVENTS.slice(0, 2)));
    expect(result.ended).toBe(false);
    const cause = result.error?.cause ?? result.error;
    expect(cause).toMatchObject({ code: "ECONNRESET" });
  });

  test("a reset may come before the first byte, and after the last", async () => {
    const first = await play({ after: 0, kind: "reset" });
    expect(first).toMatchObject({ status: 200, chunks: [], ended: false });
    const last = await play({ after: 5, kind: "reset" });
    expect(text(last.chunks)).toBe(text(EVENTS));
    expect(last.ended).toBe(false);
  });

  test("an error is the provider's own event, and nothing after it", async () => {
    const { chunks, ended } = await play({ after: { events: 2 }, kind: "error" });
    expect(ended).toBe(true);
    expect(text(chunks.slice(0, 2))).toBe(text(EVENTS.slice(0, 2)));
    const trace = decodeStream({ url: CHAT_URL, chunks: chunks.map((each, at) => ({ at, bytes: each })) });
    expect(trace.error).toMatchObject({ code: "server_is_overloaded" });
    expect(trace.text).toBe("ab");
  });

  test("a stall lasts as long as it says, by the timers of the test, and then the rest comes", async () => {
    using folder = tapes();
    folder.tape("chat", [RECORDED]);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const stalled = await folder.play(
      "chat",
      { fault: { after: 2, kind: "stall", ms: 5000 } },
      async (cassette) => {
        let read = 0;
        const result = send(client, CHAT_URL, {
          onChunk(_, count) {
            read = count;
          },
        });
        await until(() => cassette.requests.length === 1 && read === 2 && vi.getTimerCount() > 0);
        let done = false;
        void result.then(() => {
          done = true;
        });
        await vi.advanceTimersByTimeAsync(4990);
        expect(done).toBe(false);
        await vi.advanceTimersByTimeAsync(20);
        return result;
      },
    );
    expect(text(stalled.chunks)).toBe(text(EVENTS));
    expect(stalled.ended).toBe(true);
  });

  test("with recorded pacing a stall delays everything after it", async () => {
    using folder = tapes();
    folder.tape("chat", [RECORDED]);
    vi.useFakeTimers();
    const options = { fault: { after: { ms: 250 }, kind: "stall", ms: 1000 }, pacing: "recorded" } as const;
    const { times } = await folder.play("chat", options, async (cassette) => {
      const result = send(client, CHAT_URL);
      await until(() => cassette.requests.length === 1);
      await vi.advanceTimersByTimeAsync(3000);
      return result;
    });
    expectTimes(client, times, [10, 100, 200, 1300, 1400, 1410]);
  });

  test("with recorded pacing a fault after milliseconds comes at that time", async () => {
    using folder = tapes();
    folder.tape("chat", [RECORDED]);
    vi.useFakeTimers();
    const options = { fault: { after: { ms: 250 }, kind: "reset" }, pacing: "recorded" } as const;
    await folder.play("chat", options, async (cassette) => {
      const sent = performance.now();
      const failed = send(client, CHAT_URL).then(() => performance.now() - sent);
      await until(() => cassette.requests.length === 1);
      // The failure of a socket is told some turns of the event loop later.
      await vi.advanceTimersByTimeAsync(250);
      await until(() => cassette.stats.played === 1);
      expectTimes(client, [await failed], [250]);
    });
  });

  test("an endless stall ends when the client aborts", async () => {
    const started = performance.now();
    using folder = tapes();
    folder.tape("chat", [RECORDED]);
    const result = await folder.play("chat", { fault: { after: 2, kind: "stall" } }, () =>
      send(client, CHAT_URL, { stop: { by: "signal", after: 2 } }),
    );
    expect(result.chunks).toHaveLength(2);
    expect(result.ended).toBe(false);
    expect(result.error).toMatchObject(client.globalFetch ? { name: "AbortError" } : { code: "ECONNRESET" });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("an endless stall ends with the cassette: a reader gets the rest", async () => {
    using folder = tapes();
    folder.tape("chat", [RECORDED]);
    let result: ReturnType<typeof send> | undefined;
    await folder.play("chat", { fault: { after: 2, kind: "stall" } }, async () => {
      await new Promise<void>((resolve) => {
        result = send(client, CHAT_URL, { onChunk: (_, count) => (count === 2 ? resolve() : undefined) });
      });
    });
    expect(text((await result)?.chunks ?? [])).toBe(text(EVENTS));
  });

  test("places are those of the recording, however it is cut", async () => {
    using folder = tapes();
    folder.tape("chat", [RECORDED]);
    for (const after of [2, { events: 2 }, { ms: 250 }]) {
      const options = { fault: { after, kind: "cut" }, chunks: "bytes" } as const;
      const { chunks } = await folder.play("chat", options, () => send(client, CHAT_URL));
      expect(chunks).toHaveLength(Buffer.concat(EVENTS.slice(0, 2)).length);
    }
  });

  test("a fault in a compressed recording is applied to the decoded body if necessary", async () => {
    using folder = tapes();
    const headers = [
      ["content-type", "text/event-stream"],
      ["content-encoding", "gzip"],
    ] as const;
    folder.tape("chat", [interaction(CHAT_URL, { headers, chunks: await gzipEach(EVENTS) })]);
    const fault = { after: { events: 2 }, kind: "error" } as const;
    const { chunks } = await folder.play("chat", { fault }, () => send(client, CHAT_URL));
    expect(text(chunks)).toMatch(/"content":"b".*\n\ndata: \{"error":/s);
    expect(text(chunks)).not.toContain('"content":"c"');
  });

  test("the trace of the tape stays as recorded", async () => {
    using folder = tapes();
    folder.tape("chat", [RECORDED]);
    await folder.play("chat", { fault: { after: 1, kind: "cut" } }, async (cassette) => {
      await send(client, CHAT_URL);
      expect(cassette.stream()).toMatchObject({ end: "complete", text: "abcd", terminated: true });
      expect(cassette.stats).toMatchObject({ requests: 1, played: 1, unplayed: 0 });
    });
  });
});

const [byFetch] = SEAMS as [(typeof SEAMS)[number]];

describe("places", () => {
  const events = async (
    url: string,
    chunks: readonly Uint8Array[],
    type: string,
    after: Fault["after"],
    kind: Fault["kind"] = "cut",
  ) => {
    using folder = tapes();
    folder.tape("any", [interaction(url, { headers: [["content-type", type]], chunks })]);
    const result = await folder.play("any", { fault: { after, kind } }, () => send(byFetch, url));
    return text(result.chunks);
  };

  test("comments and blank lines are no events", async () => {
    const body = [": hello\n\n", "\n", "data: 1\n\n", ": ping\n\ndata: 2\n", "\n", "data: 3\n\n"].map(bytes);
    expect(await events(CHAT_URL, body, "text/event-stream", { events: 2 })).toBe(text(body.slice(0, 5)));
  });

  test("an event ends with its blank line, for any line ending", async () => {
    for (const eol of ["\n", "\r", "\r\n"]) {
      const body = ["data: 1", "data: 2", "data: 3"].map((line) => bytes(line + eol + eol));
      expect(await events(CHAT_URL, [Buffer.concat(body)], "text/event-stream", { events: 2 })).toBe(
        text(body.slice(0, 2)),
      );
    }
  });

  test("lines of JSON are events", async () => {
    const body = ['{"message":{"content":"}"}}\n', '{"done":false}\n\n', '{"done":true}\n'].map(bytes);
    const url = "http://ollama.com/api/chat";
    expect(await events(url, body, "application/x-ndjson", { events: 2 })).toBe(
      '{"message":{"content":"}"}}\n{"done":false}\n',
    );
    expect(await events(url, body, "application/x-ndjson", { events: 1 }, "error")).toBe(
      '{"message":{"content":"}"}}\n{"error":"The model is currently overloaded. Please try again later."}\n',
    );
  });

  test("elements of an array are events, and an error is one of them", async () => {
    const url = "http://generativelanguage.googleapis.com/v1beta/models/gemini-3:streamGenerateContent";
    const body = bytes('[{"a":[1]}\n,\r\n{"a":[2]}\n,\r\n{"a":[3]}\n]');
    expect(await events(url, [body], "application/json", { events: 2 })).toBe('[{"a":[1]}\n,\r\n{"a":[2]}');
    for (const [after, count] of [
      [{ events: 0 }, 0],
      [{ events: 2 }, 2],
      [1, 3],
    ] as const) {
      const elements = JSON.parse(await events(url, [body], "application/json", after, "error"));
      expect(elements).toHaveLength(count + 1);
      expect(elements.at(-1)).toMatchObject({ error: { status: "UNAVAILABLE" } });
    }
  });

  test("an error in the middle of an event comes after that event", async () => {
    const [one, two] = chatEvents("one") as [Uint8Array, Uint8Array];
    const body = [one.subarray(0, 20), Buffer.concat([one.subarray(20), two])];
    const result = await events(CHAT_URL, body, "text/event-stream", 1, "error");
    expect(result.startsWith(`${text([one])}data: {"error"`)).toBe(true);
  });

  test("the provider's own event is that of whoever is asked", async () => {
    const body = [
      bytes('event: message_start\ndata: {"type":"message_start","message":{}}\n\n'),
      bytes("event: ping\ndata: {}\n\n"),
    ];
    expect(await events(MESSAGES_URL, body, "text/event-stream", 1, "error")).toContain(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    );
  });
});

describe("a fault that no response has a place for", () => {
  const problem = async (fault: Fault, response: Parameters<typeof interaction>[1] = {}, url = CHAT_URL) => {
    using folder = tapes();
    folder.tape("chat", [interaction(url, { chunks: EVENTS, timing: TIMING, ...response })]);
    return folder
      .play("chat", { fault }, () => send(byFetch, url))
      .then(
        () => "nothing",
        (error: Error & { code: string }) => `${error.code}\n${error.message}`,
      );
  };

  test("fails the test, and says why", async () => {
    expect(await problem({ after: 6, kind: "reset" })).toMatchInlineSnapshot(`
      "CASSETTE_FAULT
      Failed to inject a fault (reset after 6 chunks): no response has that place.
        POST http://api.openai.com/v1/chat/completions: it has 5 chunks
      Choose a place that the recording has, or remove the option."
    `);
    expect(await problem({ after: { events: 9 }, kind: "cut" })).toContain("it has 5 events");
    expect(await problem({ after: { ms: 500 }, kind: "stall" })).toContain("it was complete after 410 ms");
    expect(await problem({ after: { ms: 1 }, kind: "stall" }, { timing: undefined })).toContain(
      "its recording has no timing",
    );
    expect(await problem({ after: 5, kind: "cut" })).toContain("it ends there in the recording, too");
    const json = {
      headers: [["content-type", "application/json"]] as const,
      chunks: [bytes("{}")],
      timing: undefined,
    };
    expect(await problem({ after: 0, kind: "error" }, json)).toContain("it is not a stream of events");
    expect(await problem({ after: 1, kind: "error" }, {}, "http://unknown.example/stream")).toContain(
      "we know no error event of its provider",
    );
  });

  test("does no harm if another response had it", async () => {
    using folder = tapes();
    const short = interaction(`${CHAT_URL}?short`, { chunks: EVENTS.slice(0, 1) });
    folder.tape("chat", [short, RECORDED]);
    await folder.play("chat", { fault: { after: 2, kind: "cut" } }, async () => {
      expect((await send(byFetch, `${CHAT_URL}?short`)).chunks).toHaveLength(1);
      expect((await send(byFetch, CHAT_URL)).chunks).toHaveLength(2);
    });
  });
});
