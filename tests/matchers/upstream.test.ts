import { describe, expect, test } from "vitest";
import { traceStream } from "../../src/providers/trace-stream.ts";
import type { StreamTrace } from "../../src/streams/stream-trace.ts";
import {
  cassetteOf,
  chat,
  DONE,
  failureOf,
  interactionOf,
  JOKE,
  joke,
  MESSAGES,
  says,
  sse,
  streamOf,
  type Timed,
  timeless,
  unreadable,
  WEATHER,
  weather,
} from "./support.ts";

/** What an application emits as an AI SDK UI message stream. */
function emitted(...parts: readonly (readonly [number, string])[]): StreamTrace {
  return streamOf(
    [
      [0, sse({ type: "start" })],
      [0, sse({ type: "text-start", id: "0" })],
      ...parts.map(([at, text]): Timed => [at, sse({ type: "text-delta", id: "0", delta: text })]),
      [9999, sse({ type: "text-end", id: "0" })],
      [9999, sse({ type: "finish", finishReason: "stop" })],
      [9999, DONE],
    ],
    { url: "" },
  );
}

const passedOn = JOKE.slice(1, 6).map(
  ([at], index) => [at + 2, ["Why do", " programmers", " prefer", " dark", " mode?"][index]!] as const,
);

describe("content", () => {
  test("an answer that is passed on in another protocol and other pieces matches", () => {
    expect(emitted(...passedOn)).toMatchUpstream(joke);
    expect(emitted([1, "Why do programmers"], [2, " prefer da"], [3, "rk mode?"])).toMatchUpstream(joke);
    expect(
      streamOf(["Why do programmers", " prefer dark mode?"], { url: "", contentType: "text/plain" }),
    ).toMatchUpstream(joke);
    expect(joke).toMatchUpstream(joke);
  });

  test("the upstream may be a cassette, an interaction or a trace, and the application's a traced stream", async () => {
    const traced = traceStream(new Response("Why do programmers prefer dark mode?"));
    await traced.done;
    expect(traced).toMatchUpstream(joke);
    expect(traced).toMatchUpstream(interactionOf(JOKE));
    expect(traced).toMatchUpstream(cassetteOf([interactionOf(JOKE)]));
    expect(traced).not.toMatchUpstream(weather);
  });

  test("lost content is named with the provider's events", () => {
    const lossy = emitted(...passedOn.filter((_, index) => index !== 2));
    expect(lossy).not.toMatchUpstream(joke);
    expect(failureOf(() => expect(lossy).toMatchUpstream(joke))).toMatchInlineSnapshot(`
      "expected what the provider sent, but text " prefer" of the provider's event 3 is lost

      ai-sdk-ui ui-message-stream · 9 events in 9 chunks · 29 characters · stop · first token 414.3 ms, p50 20.8 ms, longest gap 9386.6 ms, in all 9999 ms
          …
          2    414.3 ms   +414.3  text-delta  text "Why do"
          3    435.1 ms    +20.8  text-delta  text " programmers"
        > 4    595.1 ms   +160.0  text-delta  text " dark"
          5    612.4 ms    +17.3  text-delta  text " mode?"
          6   9999.0 ms  +9386.6  text-end    {"type":"text-end","id":"0"}
          …

      upstream: openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
          …
          1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
          2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        > 3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
          4    593.1 ms   +160.0  chat.completion.chunk  text " dark"
          5    610.4 ms    +17.3  chat.completion.chunk  text " mode?"
          …"
    `);
  });

  test("an application that emits nothing loses all of it", () => {
    const nothing = streamOf([], { url: "", contentType: "text/plain" });
    expect(nothing).not.toMatchUpstream(joke);
    expect(failureOf(() => expect(nothing).toMatchUpstream(joke)).split("\n")[0]).toMatchInlineSnapshot(
      `"expected what the provider sent, but text "Why do programmers prefer dark mode?" of the provider's events 1 to 5 is lost"`,
    );
  });

  test("a lost end is named", () => {
    const message = failureOf(() => expect(emitted(...passedOn.slice(0, 3))).toMatchUpstream(joke));
    expect(message.split("\n")[0]).toMatchInlineSnapshot(
      `"expected what the provider sent, but text " dark mode?" of the provider's events 4 to 5 is lost"`,
    );
  });

  test("repeated content is named with the application's events", () => {
    const [first, second, ...rest] = passedOn;
    const doubled = emitted(first!, second!, second!, ...rest);
    expect(failureOf(() => expect(doubled).toMatchUpstream(joke)).split("\n")[0]).toMatchInlineSnapshot(
      `"expected what the provider sent, but text " programmers" is repeated with the application's event 4"`,
    );
  });

  test("content out of order is named", () => {
    const [first, second, third, ...rest] = passedOn;
    const message = failureOf(() => expect(emitted(first!, third!, second!, ...rest)).toMatchUpstream(joke));
    expect(message.split("\n")[0]).toMatchInlineSnapshot(
      `"expected what the provider sent, but text " programmers prefer" of the provider's events 2 to 3 became " prefer programmers", out of order"`,
    );
  });

  test("added and changed content is named", () => {
    const added = emitted(...passedOn, [700, " Sorry."]);
    expect(failureOf(() => expect(added).toMatchUpstream(joke)).split("\n")[0]).toMatchInlineSnapshot(
      `"expected what the provider sent, but text " Sorry." is added with the application's event 7"`,
    );
    const changed = emitted(...passedOn.map(([at, text]) => [at, text.replace("dark", "light")] as const));
    expect(failureOf(() => expect(changed).toMatchUpstream(joke)).split("\n")[0]).toMatchInlineSnapshot(
      `"expected what the provider sent, but text " dark" of the provider's event 4 became " light""`,
    );
  });

  test("reasoning and tool calls are compared if the application emits any", () => {
    expect(streamOf([says("One moment."), DONE])).toMatchUpstream(weather);
    const withThoughts = (thought: string) =>
      streamOf([chat({ reasoning_content: thought }), says("One moment."), DONE]);
    expect(withThoughts("Look it up.")).toMatchUpstream(weather);
    expect(
      failureOf(() => expect(withThoughts("Look it")).toMatchUpstream(weather)).split("\n")[0],
    ).toMatchInlineSnapshot(
      `"expected what the provider sent, but reasoning " up." of the provider's event 3 is lost"`,
    );
    const withCall = (city: string) =>
      streamOf([
        says("One moment."),
        chat({
          tool_calls: [
            { index: 0, id: "x", function: { name: "get_weather", arguments: JSON.stringify({ city }) } },
          ],
        }),
        DONE,
      ]);
    expect(withCall("Paris")).toMatchUpstream(weather);
    expect(
      failureOf(() => expect(withCall("Rome")).toMatchUpstream(weather)).split("\n")[0],
    ).toMatchInlineSnapshot(
      `"expected what the provider sent, but tool call "get_weather({\\"city\\":\\"Paris" of the provider's event 10 became "get_weather({\\"city\\":\\"Rome""`,
    );
  });

  test("the text option reads the application's own protocol", () => {
    const own = streamOf(
      passedOn.map(([at, token]) => [at, sse({ token })] as const),
      { url: "" },
    );
    const text = ({ payload }: { readonly payload: unknown }) => (payload as { token: string }).token;
    expect(own).toMatchUpstream(joke, { text });
    expect(own).not.toMatchUpstream(weather, { text });
    expect(failureOf(() => expect(own).toMatchUpstream(joke)).split("\n")[0]).toMatchInlineSnapshot(
      `"expected what the provider sent, but this cannot be checked: no provider profile can decode the application's stream. Pass { text: (event) => ... } to read its events"`,
    );
    expect(() => expect(own).not.toMatchUpstream(joke)).toThrow("Pass { text");
  });

  test("undecoded events are compared unchanged if the application passes them on unchanged", () => {
    expect(unreadable).toMatchUpstream(unreadable);
    const half = streamOf([sse({ token: "Why" })], { url: "" });
    expect(failureOf(() => expect(half).toMatchUpstream(unreadable)).split("\n")[0]).toMatchInlineSnapshot(
      `"expected what the provider sent, but data "{\\"token\\":\\" not\\"}\\n" of the provider's event 1 is lost"`,
    );
  });

  test("one answer made of several streams is compared with all of them", () => {
    const both = cassetteOf([interactionOf(JOKE), interactionOf(WEATHER, MESSAGES)]);
    const answer = emitted(...passedOn, [700, "One"], [710, " moment."]);
    expect(answer).toMatchUpstream(both, { all: true });
    expect(failureOf(() => expect(answer).toMatchUpstream(both)).split("\n")[0]).toMatchInlineSnapshot(
      `"expected what the provider sent, but this cannot be checked: cassette "chat/tells-a-joke" has 2 streams. Pick one, or check every one with { all: true }:"`,
    );
    const lossy = emitted(...passedOn, [700, "One"]);
    expect(failureOf(() => expect(lossy).toMatchUpstream(both, { all: true }))).toMatchInlineSnapshot(`
      "expected what the provider sent, but text " moment." of the provider's event 8 is lost

      ai-sdk-ui ui-message-stream · 11 events in 11 chunks · 39 characters · stop · first token 414.3 ms, p50 20.8 ms, longest gap 9299 ms, in all 9999 ms
          …
          5    595.1 ms   +160.0  text-delta  text " dark"
          6    612.4 ms    +17.3  text-delta  text " mode?"
        > 7    700.0 ms    +87.6  text-delta  text "One"
          8   9999.0 ms  +9299.0  text-end    {"type":"text-end","id":"0"}
          9   9999.0 ms     +0.0  finish      finish stop
          …

      cassette.stream(1): anthropic messages claude-9 · 16 events in 16 chunks · 11 characters · 1 tool call · 31 output tokens · tool_use · first token 320 ms, p50 20 ms, longest gap 20 ms, 333.3 tokens/s, in all 421 ms
          …
           6    360.0 ms    +18.0  content_block_delta  text "One"
           7    361.0 ms     +1.0  ping                 {"type":"ping"}
        >  8    380.0 ms    +19.0  content_block_delta  text " moment."
           9    381.0 ms     +1.0  content_block_stop   {"type":"content_block_stop","index":1}
          10    390.0 ms     +9.0  content_block_start  tool get_weather
          …"
    `);
  });

  test("an invalid upstream, and one without content, cannot be checked", () => {
    expect(
      failureOf(() => expect(joke).toMatchUpstream("joke" as never)).split("\n")[0],
    ).toMatchInlineSnapshot(
      `"expected what the provider sent, but this cannot be checked: toMatchUpstream() needs a Cassette, a StreamTrace, a traced stream or an Interaction, but got "joke""`,
    );
    const silent = streamOf([DONE]);
    expect(failureOf(() => expect(silent).not.toMatchUpstream(silent)).split("\n")[0]).toMatchInlineSnapshot(
      `"expected something other than what the provider sent, but this cannot be checked: the provider sent no content"`,
    );
    expect(() => expect(silent).toMatchUpstream(silent)).toThrow("sent no content");
  });

  test("a negated match fails", () => {
    expect(failureOf(() => expect(emitted(...passedOn)).not.toMatchUpstream(joke))).toMatchInlineSnapshot(`
      "expected something other than what the provider sent, but the content of 5 events arrived in 5 events, complete and in order

      ai-sdk-ui ui-message-stream · 10 events in 10 chunks · 36 characters · stop · first token 414.3 ms, p50 19.1 ms, longest gap 9386.6 ms, in all 9999 ms
          0      0.0 ms           start       {"type":"start"}
          1      0.0 ms     +0.0  text-start  {"type":"text-start","id":"0"}
          2    414.3 ms   +414.3  text-delta  text "Why do"
          3    435.1 ms    +20.8  text-delta  text " programmers"
          4    435.1 ms     +0.0  text-delta  text " prefer"
          5    595.1 ms   +160.0  text-delta  text " dark"
          6    612.4 ms    +17.3  text-delta  text " mode?"
          7   9999.0 ms  +9386.6  text-end    {"type":"text-end","id":"0"}
          8   9999.0 ms     +0.0  finish      finish stop
          9   9999.0 ms     +0.0  [DONE]      end marker"
    `);
  });
});

describe("delay", () => {
  const slow = emitted(
    ...passedOn.map(([at, text], index) => [at + (index === 2 ? 95.5 : 0), text] as const),
  );

  test("the delay of each event is compared with a limit", () => {
    expect(emitted(...passedOn)).toMatchUpstream(joke, { maxDelay: 0 });
    expect(slow).toMatchUpstream(joke, { maxDelay: 96 });
    expect(slow).not.toMatchUpstream(joke, { maxDelay: 95 });
  });

  test("the clocks may start at different moments", () => {
    const later = emitted(...passedOn.map(([at, text]) => [at - 100, text] as const));
    expect(later).toMatchUpstream(joke, { maxDelay: 0 });
  });

  test("late events are marked", () => {
    expect(failureOf(() => expect(slow).toMatchUpstream(joke, { maxDelay: 50 }))).toMatchInlineSnapshot(`
      "expected what the provider sent, each event at most 50 ms later, but the application delayed event 3 by 95.5 ms

      ai-sdk-ui ui-message-stream · 10 events in 10 chunks · 36 characters · stop · first token 414.3 ms, p50 42.7 ms, longest gap 9386.6 ms, in all 9999 ms
          …
          2    414.3 ms   +414.3  text-delta  text "Why do"
          3    435.1 ms    +20.8  text-delta  text " programmers"
        > 4    530.6 ms    +95.5  text-delta  text " prefer"
          5    595.1 ms    +64.5  text-delta  text " dark"
          6    612.4 ms    +17.3  text-delta  text " mode?"
          …"
    `);
    expect(
      failureOf(() => expect(slow).not.toMatchUpstream(joke, { maxDelay: 100 })).split("\n")[0],
    ).toMatchInlineSnapshot(
      `"expected something other than what the provider sent, each event at most 100 ms later, but none is later"`,
    );
  });

  test("a response that is held back until its end is late from its first event", () => {
    const held = emitted(...passedOn.map(([, text]) => [620, text] as const));
    expect(failureOf(() => expect(held).toMatchUpstream(joke, { maxDelay: 50 }))).toMatchInlineSnapshot(`
      "expected what the provider sent, each event at most 50 ms later, but the application delayed event 1 by 198.1 ms, event 2 by 177.3 ms and event 3 by 177.3 ms

      ai-sdk-ui ui-message-stream · 10 events in 10 chunks · 36 characters · stop · first token 620 ms, p50 0 ms, longest gap 9379 ms, in all 9999 ms
          0      0.0 ms           start       {"type":"start"}
          1      0.0 ms     +0.0  text-start  {"type":"text-start","id":"0"}
        > 2    620.0 ms   +620.0  text-delta  text "Why do"
        > 3    620.0 ms     +0.0  text-delta  text " programmers"
        > 4    620.0 ms     +0.0  text-delta  text " prefer"
          5    620.0 ms     +0.0  text-delta  text " dark"
          6    620.0 ms     +0.0  text-delta  text " mode?"
          …"
    `);
  });

  test("delays cannot be checked if the cassette was replayed faster than recorded", () => {
    const instant = emitted(...passedOn.map(([, text], index) => [index, text] as const));
    expect(instant).toMatchUpstream(joke);
    expect(
      failureOf(() => expect(instant).toMatchUpstream(joke, { maxDelay: 50 })).split("\n")[0],
    ).toMatchInlineSnapshot(
      `"expected what the provider sent, each event at most 50 ms later, but this cannot be checked: the provider took 198.1 ms, but the application was done after 4 ms. Replay the cassette at its recorded pace (pacing: 'recorded'), and let the test's clock run. If the application answers only after the provider is done, measure from the request: traceStream(response, { since })"`,
    );
    expect(() => expect(instant).not.toMatchUpstream(joke, { maxDelay: 50 })).toThrow("recorded pace");
  });

  test("an answer that begins when the provider is done is late, counted from the request", () => {
    const held = (at: number) => emitted([at, "Why do programmers prefer dark mode?"]);
    expect(() => expect(held(1)).toMatchUpstream(joke, { maxDelay: 50 })).toThrow("{ since }");
    expect(
      failureOf(() => expect(held(613)).toMatchUpstream(joke, { maxDelay: 50 })).split("\n")[0],
    ).toMatchInlineSnapshot(
      `"expected what the provider sent, each event at most 50 ms later, but the application delayed event 1 by 198.1 ms, event 2 by 177.3 ms and event 3 by 177.3 ms"`,
    );
  });

  test("delays cannot be checked without timing, or with several provider streams", () => {
    const good = emitted(...passedOn);
    expect(
      failureOf(() => expect(good).toMatchUpstream(timeless, { maxDelay: 50 })).split("\n")[0],
    ).toMatchInlineSnapshot(
      `"expected what the provider sent, each event at most 50 ms later, but this cannot be checked: in the provider's stream: the stream has no timing; a cassette without \`timing\` has none"`,
    );
    expect(() => expect(good).not.toMatchUpstream(timeless, { maxDelay: 50 })).toThrow("has no timing");
    expect(() => expect(timeless).toMatchUpstream(joke, { maxDelay: 50 })).toThrow(
      "application's stream has no timing",
    );
    const both = cassetteOf([interactionOf(JOKE), interactionOf(WEATHER, MESSAGES)]);
    const answer = emitted(...passedOn, [700, "One"], [710, " moment."]);
    expect(() => expect(answer).toMatchUpstream(both, { all: true, maxDelay: 1 })).toThrow(
      "different moments",
    );
  });

  test("an invalid limit throws", () => {
    expect(() => expect(joke).toMatchUpstream(joke, { maxDelay: -1 })).toThrow(
      "`maxDelay` to be a non-negative number",
    );
    expect(() => expect(joke).toMatchUpstream(joke, { max: 1 } as object)).toThrow("unknown option `max`");
  });
});
