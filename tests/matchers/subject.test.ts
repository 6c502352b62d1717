import { expect, test } from "vitest";
import { traceStream } from "../../src/providers/trace-stream.ts";
import { encodeText } from "../../src/streams/text.ts";
import { cassetteOf, failureOf, interactionOf, JOKE, joke, says, timeless, WEATHER } from "./support.ts";

const slow = JOKE.map(([at, text]): readonly [number, string] => [at * 2, text]);
const one = cassetteOf([interactionOf(JOKE)]);
const two = cassetteOf([interactionOf(JOKE), interactionOf(slow)]);

function emit(...texts: readonly string[]): Response {
  const body = new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(encodeText(text));
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

test("a trace, an interaction and a cassette with one stream are checked the same way", () => {
  expect(joke).toHaveFirstTokenWithin(413);
  expect(interactionOf(JOKE)).toHaveFirstTokenWithin(413);
  expect(one).toHaveFirstTokenWithin(413);
  expect(interactionOf(JOKE)).not.toHaveFirstTokenWithin(412);
  expect(one).not.toHaveFirstTokenWithin(412);
});

test("a traced stream is checked after it has ended", async () => {
  const traced = traceStream(emit(says("Why"), says(" not")));
  expect(failureOf(() => expect(traced).toHaveStreamedText("Why not"))).toMatchInlineSnapshot(
    `"Failed to read a traced stream: it has not ended. Wait for it first: await traced.done"`,
  );
  await traced.done;
  expect(traced).toHaveStreamedText("Why not");
});

test("the promise of a trace is checked with resolves", async () => {
  await expect(traceStream(emit(says("Why"))).done).resolves.toHaveStreamedText("Why");
  await expect(traceStream(emit(says("Why"))).done).resolves.not.toHaveStreamedText("How");
});

test("a promise that is not awaited fails with a hint", () => {
  const message = failureOf(() => expect(Promise.resolve(joke)).toHaveTerminated());
  expect(message).toMatchInlineSnapshot(
    `"expected the provider's end marker, but this cannot be checked: expect() needs a Cassette, a StreamTrace, a traced stream or an Interaction, but got Promise: await it first, or use .resolves"`,
  );
});

test("anything but a stream fails, with not as well", () => {
  for (const given of [5, undefined, null, {}, "text", new Map()]) {
    expect(() => expect(given).toHaveTerminated()).toThrow("needs a Cassette");
    expect(() => expect(given).not.toHaveTerminated()).toThrow("needs a Cassette");
  }
  expect(failureOf(() => expect(new Map()).not.toHaveTerminated())).toMatchInlineSnapshot(
    `"expected no end marker of the provider, but this cannot be checked: expect() needs a Cassette, a StreamTrace, a traced stream or an Interaction, but got Map"`,
  );
});

test("a cassette with several streams fails until one is picked", () => {
  expect(failureOf(() => expect(two).toHaveFirstTokenWithin(500))).toMatchInlineSnapshot(`
    "expected the first token within 500 ms, but this cannot be checked: cassette "chat/tells-a-joke" has 2 streams. Pick one, or check every one with { all: true }:
        cassette.stream(0)  openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        cassette.stream(1)  openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 824.6 ms, p50 38.1 ms, longest gap 320 ms, 20.2 tokens/s, in all 1226.4 ms"
  `);
  expect(() => expect(two).not.toHaveFirstTokenWithin(1)).toThrow("has 2 streams");
});

test("a cassette without streams says what happened to the requests", () => {
  const why = (cassette: ReturnType<typeof cassetteOf>): string | undefined =>
    failureOf(() => expect(cassette).not.toHaveTerminated({ all: true })).split("cannot be checked: ")[1];
  expect(why(cassetteOf([]))).toMatchInlineSnapshot(
    `"cassette "chat/tells-a-joke" has no streams. It holds 0 recordings, and this test has sent no request that it records. Open the cassette before the first request, await the call before the assertion, and check \`include\` and \`ignore\`"`,
  );
  const { stats } = one;
  const missed = cassetteOf([], { stats: { ...stats, asked: 2, requests: 2, played: 0, missed: 2 } });
  expect(why(missed)).toMatchInlineSnapshot(
    `"cassette "chat/tells-a-joke" has no streams. It holds 0 recordings, and this test has sent 2 requests (0 played, 0 recorded, 2 without a recording)"`,
  );
  const unread = cassetteOf([interactionOf(JOKE)], {
    streams: [],
    stats: { ...stats, asked: 3, requests: 3, played: 1, recorded: 1, missed: 1 },
  });
  expect(why(unread)).toMatchInlineSnapshot(
    `"cassette "chat/tells-a-joke" has no streams. It holds 1 recording, and this test has sent 3 requests (1 played, 1 recorded, 1 without a recording)"`,
  );
});

test("all checks every stream", () => {
  expect(two).toHaveFirstTokenWithin(900, { all: true });
  expect(failureOf(() => expect(two).toHaveFirstTokenWithin(500, { all: true }))).toMatchInlineSnapshot(`
    "expected the first token within 500 ms, but in cassette.stream(1) it arrived after 824.6 ms, in event 1

    cassette.stream(1): openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 824.6 ms, p50 38.1 ms, longest gap 320 ms, 20.2 tokens/s, in all 1226.4 ms
        0    620.4 ms           chat.completion.chunk  (no content)
      > 1    824.6 ms   +204.2  chat.completion.chunk  text "Why do"
        2    866.2 ms    +41.6  chat.completion.chunk  text " programmers"
        3    866.2 ms     +0.0  chat.completion.chunk  text " prefer"
        …"
  `);
});

test("all with not requires that no stream matches", () => {
  expect(two).not.toHaveFirstTokenWithin(400, { all: true });
  expect(failureOf(() => expect(two).not.toHaveFirstTokenWithin(500, { all: true }))).toMatchInlineSnapshot(`
    "expected the first token not within 500 ms, but in cassette.stream(0) it arrived after 412.3 ms, in event 1

    cassette.stream(0): openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        0    310.2 ms           chat.completion.chunk  (no content)
      > 1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
        …"
  `);
});

test("all fails for a stream that cannot be checked, with not as well", () => {
  const mixed = cassetteOf([interactionOf(JOKE)], { streams: [joke, timeless] });
  expect(failureOf(() => expect(mixed).toHaveFirstTokenWithin(500, { all: true }))).toMatchInlineSnapshot(`
    "expected the first token within 500 ms, but in cassette.stream(1) this cannot be checked: the stream has no timing; a cassette without \`timing\` has none

    cassette.stream(1): openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · no timing
        0  chat.completion.chunk  (no content)
        1  chat.completion.chunk  text "Why do"
        2  chat.completion.chunk  text " programmers"
        3  chat.completion.chunk  text " prefer"
        4  chat.completion.chunk  text " dark"
        5  chat.completion.chunk  text " mode?"
        6  chat.completion.chunk  finish stop
        7  chat.completion.chunk  usage 12 in, 9 out
        8  [DONE]                 end marker"
  `);
  expect(() => expect(mixed).not.toHaveFirstTokenWithin(1, { all: true })).toThrow("has no timing");
});

test("every stream that fails is reported", () => {
  const cassette = cassetteOf([interactionOf(JOKE), interactionOf(WEATHER), interactionOf(slow)]);
  const message = failureOf(() => expect(cassette).toHaveFinishReason("length", { all: true }));
  expect(message.split("\n\n")[0]).toMatchInlineSnapshot(`
    "expected the finish reason "length", but in cassette.stream(0) it is "stop"
    and in cassette.stream(1) it is "tool_use"
    and in cassette.stream(2) it is "stop""
  `);
});

test("matchers stand for values inside other assertions", () => {
  expect({ stream: joke, n: 1 }).toEqual({ stream: expect.toHaveStreamedText(/dark/), n: 1 });
  expect([joke]).toEqual([expect.not.toHaveStreamedText(/light/)]);
  expect(() => expect([joke]).toEqual([expect.toHaveStreamedText(/light/)])).toThrow();
  expect(() => expect([joke]).toEqual([expect.not.toHaveStreamedText(/dark/)])).toThrow();
});

test("as a value, a matcher matches nothing that cannot be checked", () => {
  expect([5, timeless]).not.toContainEqual(expect.toHaveFirstTokenWithin(500));
  expect([5, timeless]).not.toContainEqual(expect.not.toHaveFirstTokenWithin(500));
});

test("a message of the user's own comes first", () => {
  const message = failureOf(() => expect(joke, "the model is slow").toHaveFirstTokenWithin(1));
  expect(message).toMatch(/^the model is slow: expected the first token within 1 ms/);
});

test("an unknown option is an error that names those there are", () => {
  const given = { al: true } as object;
  expect(failureOf(() => expect(joke).toHaveTerminated(given))).toMatchInlineSnapshot(
    `"Failed to check toHaveTerminated: unknown option \`al\`. Valid options: all."`,
  );
  expect(failureOf(() => expect(joke).not.toHaveTerminated({ all: 1 } as object))).toMatchInlineSnapshot(
    `"Failed to check toHaveTerminated: expected \`all\` to be true or false, got 1."`,
  );
  expect(failureOf(() => expect(joke).not.toHaveTerminated(7 as never))).toMatchInlineSnapshot(
    `"Failed to check toHaveTerminated: expected an object with all, got 7."`,
  );
});
