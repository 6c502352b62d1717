import { expect, test } from "vitest";
import {
  chat,
  DONE,
  empty,
  errorOf,
  failureOf,
  joke,
  says,
  streamOf,
  unreadable,
  weather,
} from "./support.ts";

const TEXT = "Why do programmers prefer dark mode?";

test("the text is compared as a whole, by a pattern or by a matcher", () => {
  expect(joke).toHaveStreamedText(TEXT);
  expect(joke).toHaveStreamedText(/dark \w+\?$/);
  expect(joke).toHaveStreamedText(expect.stringContaining("dark"));
  expect(joke).not.toHaveStreamedText("dark");
  expect(joke).not.toHaveStreamedText(/light/);
  expect(weather).toHaveStreamedText("One moment.");
});

test("a global pattern is looked for from the beginning each time", () => {
  const pattern = /dark/g;
  expect(joke).toHaveStreamedText(pattern);
  expect(joke).toHaveStreamedText(pattern);
});

test("a wrong text fails with the event in which it differs", () => {
  const expected = "Why do programmers prefer light mode?";
  expect(failureOf(() => expect(joke).toHaveStreamedText(expected))).toMatchInlineSnapshot(`
    "expected the text to be "Why do programmers prefer light mode?", but it is "Why do programmers prefer dark mode?"

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        …
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
      > 4    593.1 ms   +160.0  chat.completion.chunk  text " dark"
        5    610.4 ms    +17.3  chat.completion.chunk  text " mode?"
        6    612.0 ms     +1.6  chat.completion.chunk  finish stop
        …"
  `);
});

test("a wrong text has a diff", () => {
  const error = errorOf(() => expect(joke).toHaveStreamedText("Why?"));
  expect(error).toMatchObject({ actual: TEXT, expected: "Why?" });
});

test("a text that only contains the expected text fails with a hint", () => {
  expect(failureOf(() => expect(joke).toHaveStreamedText("dark mode")).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the text to be "dark mode", but it is "Why do programmers prefer dark mode?"; to check that it contains the text, use expect.stringContaining()"`,
  );
});

test("long texts are cut to the part that differs", () => {
  const words = Array.from({ length: 60 }, (_, index) => `word${index} `);
  const trace = streamOf(words.map(says));
  const expected = words.join("").replace("word41", "wort41");
  expect(failureOf(() => expect(trace).toHaveStreamedText(expected))).toMatchInlineSnapshot(`
    "expected the text to be "word0 word1 word2 word3 word4 word5 word6 word7 word8 word9…", but it is "word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12 word13 word14 word15 word16 word17 wor…"

    openai chat gpt-5-mini · 60 events in 60 chunks · 410 characters · truncated · no timing
        …
        39  chat.completion.chunk  text "word39 "
        40  chat.completion.chunk  text "word40 "
      > 41  chat.completion.chunk  text "word41 "
        42  chat.completion.chunk  text "word42 "
        43  chat.completion.chunk  text "word43 "
        …"
  `);
});

test("a pattern that does not match fails with the text", () => {
  expect(failureOf(() => expect(joke).toHaveStreamedText(/light/)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the text to match /light/, but it is "Why do programmers prefer dark mode?""`,
  );
  const matcher = expect.stringContaining("light");
  expect(failureOf(() => expect(joke).toHaveStreamedText(matcher)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the text to match StringContaining("light"), but it is "Why do programmers prefer dark mode?""`,
  );
});

test("a negated text fails with the text", () => {
  expect(
    failureOf(() => expect(streamOf([says("No.")])).not.toHaveStreamedText("No.")),
  ).toMatchInlineSnapshot(`
    "expected the text not to be "No.", but it is "No."

    openai chat gpt-5-mini · 1 event in 1 chunk · 3 characters · truncated · no timing
        0  chat.completion.chunk  text "No.""
  `);
});

test("the text of an undecoded stream cannot be checked", () => {
  expect(failureOf(() => expect(unreadable).toHaveStreamedText("Why not"))).toMatchInlineSnapshot(`
    "expected the text to be "Why not", but this cannot be checked: no provider profile can decode this stream

    stream · 2 events in 2 chunks · first chunk 10 ms, longest gap 10 ms, in all 20 ms
        0     10.0 ms           message  {"token":"Why"}
        1     20.0 ms    +10.0  message  {"token":" not"}"
  `);
  expect(() => expect(unreadable).not.toHaveStreamedText("How")).toThrow("no provider profile can decode");
  expect(() => expect(empty).not.toHaveStreamedText("How")).toThrow("has no events");
});

test("control characters in a text do not reach the terminal", () => {
  const message = failureOf(() =>
    expect(streamOf([says("\u001b[31mred\u202e\n")])).toHaveStreamedText("red"),
  );
  expect(message).not.toContain("\u001b");
  expect(message).not.toContain("\u202e");
  expect(message.split("\n")[0]).toMatchInlineSnapshot(
    `"expected the text to be "red", but it is "\\u001b[31mred\\u202e\\n"; to check that it contains the text, use expect.stringContaining()"`,
  );
});

test("reasoning is compared separately from the text", () => {
  expect(weather).toHaveStreamedReasoning("Look it up.");
  expect(weather).toHaveStreamedReasoning(/up/);
  expect(weather).not.toHaveStreamedReasoning("One moment.");
  expect(failureOf(() => expect(weather).toHaveStreamedReasoning("Look it down."))).toMatchInlineSnapshot(`
    "expected the reasoning to be "Look it down.", but it is "Look it up."

    anthropic messages claude-9 · 16 events in 16 chunks · 11 characters · 1 tool call · 31 output tokens · tool_use · first token 320 ms, p50 20 ms, longest gap 20 ms, 333.3 tokens/s, in all 421 ms
        …
        1    301.0 ms     +1.0  content_block_start  {"type":"content_block_start","index":0,"content_block"…
        2    320.0 ms    +19.0  content_block_delta  reasoning "Look it"
      > 3    340.0 ms    +20.0  content_block_delta  reasoning " up."
        4    341.0 ms     +1.0  content_block_stop   {"type":"content_block_stop","index":0}
        5    342.0 ms     +1.0  content_block_start  {"type":"content_block_start","index":1,"content_block"…
        …"
  `);
  expect(
    failureOf(() => expect(weather).not.toHaveStreamedReasoning(/Look/)).split("\n")[0],
  ).toMatchInlineSnapshot(`"expected the reasoning not to match /Look/, but it is "Look it up.""`);
  expect(() => expect(unreadable).not.toHaveStreamedReasoning("x")).toThrow("no provider profile can decode");
});

test("a stream without reasoning says so", () => {
  expect(failureOf(() => expect(joke).toHaveStreamedReasoning("Hm.")).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the reasoning to be "Hm.", but there is none"`,
  );
});

test("text in several events is incremental", () => {
  expect(joke).toHaveStreamedIncrementally();
  expect(joke).toHaveStreamedIncrementally({ minTextEvents: 5 });
  expect(joke).not.toHaveStreamedIncrementally({ minTextEvents: 6 });
});

test("bookkeeping does not make an answer incremental", () => {
  const trace = streamOf([
    [1, chat({ role: "assistant", content: "" })],
    [2, says("All at once.")],
    [3, chat({}, {}, "stop")],
    [4, DONE],
  ]);
  expect(failureOf(() => expect(trace).toHaveStreamedIncrementally())).toMatchInlineSnapshot(`
    "expected the text in 2 events or more, but it arrived in 1 event

    openai chat gpt-5-mini · 4 events in 4 chunks · 12 characters · stop · first token 2 ms, longest gap 1 ms, in all 4 ms
        0      1.0 ms           chat.completion.chunk  (no content)
      > 1      2.0 ms     +1.0  chat.completion.chunk  text "All at once."
        2      3.0 ms     +1.0  chat.completion.chunk  finish stop
        3      4.0 ms     +1.0  [DONE]                 end marker"
  `);
});

test("many events in one chunk are not incremental", () => {
  const held = streamOf([
    [1, chat({ role: "assistant", content: "" })],
    [900, says("Why") + says(" not") + says("?")],
    [901, DONE],
  ]);
  expect(held).not.toHaveStreamedIncrementally();
  expect(
    failureOf(() => expect(held).toHaveStreamedIncrementally({ minTextEvents: 3 })),
  ).toMatchInlineSnapshot(`
    "expected the text in 3 events or more, but it arrived in 3 events, all in one chunk

    openai chat gpt-5-mini · 5 events in 3 chunks · 8 characters · first token 900 ms, p50 0 ms, longest gap 899 ms, in all 901 ms
        0      1.0 ms           chat.completion.chunk  (no content)
      > 1    900.0 ms   +899.0  chat.completion.chunk  text "Why"
      > 2    900.0 ms     +0.0  chat.completion.chunk  text " not"
      > 3    900.0 ms     +0.0  chat.completion.chunk  text "?"
        4    901.0 ms     +1.0  [DONE]                 end marker"
  `);
});

test("negated, an incremental answer fails", () => {
  expect(
    failureOf(() => expect(joke).not.toHaveStreamedIncrementally()).split("\n")[0],
  ).toMatchInlineSnapshot(`"expected the text in fewer than 2 events, but it arrived in 5 events"`);
});

test("an answer without text is not incremental, and an undecoded one cannot be checked", () => {
  expect(
    failureOf(() => expect(streamOf([DONE])).toHaveStreamedIncrementally()).split("\n")[0],
  ).toMatchInlineSnapshot(`"expected the text in 2 events or more, but it arrived in 0 events"`);
  expect(() => expect(unreadable).toHaveStreamedIncrementally()).toThrow("no provider profile can decode");
  expect(() => expect(unreadable).not.toHaveStreamedIncrementally()).toThrow(
    "no provider profile can decode",
  );
});

test("an invalid text throws", () => {
  const messages = [
    failureOf(() => expect(joke).toHaveStreamedText(5 as never)),
    failureOf(() => expect(joke).toHaveStreamedReasoning(undefined as never)),
    failureOf(() => expect(joke).toHaveStreamedIncrementally({ minTextEvents: -1 })),
    failureOf(() => expect(joke).toHaveStreamedIncrementally({ minTextEvent: 2 } as object)),
  ];
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "Failed to check toHaveStreamedText: expected the text to be a string, a regular expression or an asymmetric matcher, got 5.
    Failed to check toHaveStreamedReasoning: expected the reasoning to be a string, a regular expression or an asymmetric matcher, got undefined.
    Failed to check toHaveStreamedIncrementally: expected \`minTextEvents\` to be a non-negative number, got -1.
    Failed to check toHaveStreamedIncrementally: unknown option \`minTextEvent\`. Valid options: minTextEvents, all."
  `);
});
