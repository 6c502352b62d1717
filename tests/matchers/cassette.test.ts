import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { traceStream } from "../../src/providers/trace-stream.ts";
import type { Cassette } from "../../src/session/cassette.ts";
import { currentScope } from "../../src/session/scope.ts";
import { withCassette } from "../../src/session/with-cassette.ts";
import { cassetteProxy } from "../../src/vitest/cassette-proxy.ts";
import { CHAT, failureOf } from "./support.ts";

const tape = (times: readonly number[]): string => `cassette: 1
interactions:
  - request:
      method: POST
      url: ${CHAT}
      headers: { content-type: application/json }
      body: { model: gpt-5-mini, stream: true }
    response:
      status: 200
      headers: { content-type: text/event-stream }
      timing: { headers: 1, chunks: [${times.join(", ")}] }
      body: |+
        data: {"object":"chat.completion.chunk","choices":[{"delta":{"content":"Why"}}]}

        data: {"object":"chat.completion.chunk","choices":[{"delta":{"content":" not?"}}]}

        data: {"object":"chat.completion.chunk","choices":[{"delta":{},"finish_reason":"stop"}]}

        data: [DONE]

`;

afterEach(() => void vi.useRealTimers());

async function ask(body: object): Promise<Response> {
  return fetch(CHAT, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function play(
  pacing: "instant" | "recorded",
  body: (cassette: Cassette) => Promise<void>,
  times: readonly number[] = [10, 30, 60, 61],
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "cassette-matchers-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, "joke.yaml"), tape(times));
  await withCassette("joke", { dir, pacing }, body);
}

test("matchers check the stream, the requests and the misses of a replayed cassette", async () => {
  await play("instant", async (cassette) => {
    expect(cassette).not.toHaveRequested();
    expect(cassette).not.toBeFullyPlayed();
    await (await ask({ stream: true, model: "gpt-5-mini" })).text();

    expect(cassette).toHaveRequested({ url: CHAT, body: { model: "gpt-5-mini", stream: true } });
    expect(cassette).toHaveRequestedTimes(1);
    expect(cassette).toBeFullyPlayed();
    expect(cassette).toHaveNoMisses();
    expect(cassette).toHaveStreamedText("Why not?");
    expect(cassette).toHaveFirstTokenWithin(10);
    expect(cassette).not.toHaveFirstTokenWithin(9);
    expect(cassette).toHaveNoStallOver(30);
    expect(cassette.interactions[0]).toHaveFinishReason("stop");
  });
});

test("matchers accept the handle of a test's cassette", async () => {
  await play("instant", async (cassette) => {
    const handle = cassetteProxy();
    handle.bind(currentScope()!, cassette);
    await (await ask({ stream: true, model: "gpt-5-mini" })).text();
    expect(handle.cassette).toHaveStreamedText("Why not?");
    expect(handle.cassette).toHaveRequestedTimes(1);
  });
});

test("an application that passes events on at the recorded pace adds no delay", async () => {
  await play("recorded", async (cassette) => {
    const traced = traceStream(await ask({ stream: true, model: "gpt-5-mini" }));
    await traced.done;
    expect(traced).toMatchUpstream(cassette, { maxDelay: 1000 });
  });
});

test("delays are measured by a fake clock if it drives the pace", async () => {
  await play(
    "recorded",
    async (cassette) => {
      vi.useFakeTimers();
      const passedOn = async function* (): AsyncGenerator<string> {
        const body = (await ask({ stream: true, model: "gpt-5-mini" })).body;
        for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
          if (chunk.includes("not?")) await new Promise((resolve) => setTimeout(resolve, 400));
          yield chunk;
        }
      };
      const traced = traceStream(passedOn());
      void traced.done;
      await vi.advanceTimersByTimeAsync(100_000);
      await traced.done;
      vi.useRealTimers();
      expect(traced.trace.chunks.map(({ at }) => at)).toEqual([10, 60_400, 60_400, 60_402]);
      expect(traced).toMatchUpstream(cassette, { maxDelay: 400 });
      expect(failureOf(() => expect(traced).toMatchUpstream(cassette, { maxDelay: 399 }))).toContain(
        "delayed event 1 by 400 ms",
      );
    },
    [10, 60_000, 60_001, 60_402],
  );
});

test("a stream that only its trace waits for is read in time, however far a fake clock is advanced", async () => {
  await play(
    "recorded",
    async (cassette) => {
      vi.useFakeTimers();
      const traced = ask({ stream: true, model: "gpt-5-mini" }).then(async (response) => {
        const stream = traceStream(response);
        await stream.done;
        return stream;
      });
      await vi.advanceTimersByTimeAsync(10_000);
      expect((await traced).trace.chunks.map(({ at }) => at)).toEqual([99, 199, 299, 399]);
      vi.useRealTimers();
      expect(await traced).toMatchUpstream(cassette, { maxDelay: 0 });
    },
    [100, 200, 300, 400],
  );
});

test("delays cannot be checked in an instant replay", async () => {
  const body = async (cassette: Cassette): Promise<void> => {
    const traced = traceStream(await ask({ stream: true, model: "gpt-5-mini" }));
    await traced.done;
    expect(traced).toMatchUpstream(cassette);
    const message = failureOf(() => expect(traced).toMatchUpstream(cassette, { maxDelay: 1000 }));
    expect(message).toContain("Replay the cassette at its recorded pace");
  };
  await play("instant", body, [10, 60_000, 60_001, 60_002]);
});
