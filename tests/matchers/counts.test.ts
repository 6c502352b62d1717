import { expect, test } from "vitest";
import { DONE, empty, failureOf, joke, says, streamOf, timeless } from "./support.ts";

test("chunks are counted exactly or within a range", () => {
  expect(joke).toHaveChunkCount(9);
  expect(joke).toHaveChunkCount({ min: 9 });
  expect(joke).toHaveChunkCount({ max: 9 });
  expect(joke).toHaveChunkCount({ min: 1, max: 20 });
  expect(joke).not.toHaveChunkCount(8);
  expect(joke).not.toHaveChunkCount({ max: 8 });
  expect(joke).not.toHaveChunkCount({ min: 10 });
  expect(empty).toHaveChunkCount(0);
});

test("a wrong number of chunks fails with the chunks", () => {
  expect(failureOf(() => expect(joke).toHaveChunkCount(5))).toMatchInlineSnapshot(`
    "expected 5 chunks, but there are 9 chunks

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        0    310.2 ms           chat.completion.chunk  (no content)
        1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
        4    593.1 ms   +160.0  chat.completion.chunk  text " dark"
        5    610.4 ms    +17.3  chat.completion.chunk  text " mode?"
        6    612.0 ms     +1.6  chat.completion.chunk  finish stop
        7    613.0 ms     +1.0  chat.completion.chunk  usage 12 in, 9 out
        8    613.2 ms     +0.2  [DONE]                 end marker"
  `);
});

test("a chunk that completes no event, and one that completes several, say so", () => {
  const whole = `${says("Why")}${says(" not")}`;
  const trace = streamOf([
    [1, whole.slice(0, 20)],
    [2, whole.slice(20)],
    [3.25, DONE],
  ]);
  expect(failureOf(() => expect(trace).toHaveChunkCount(1))).toMatchInlineSnapshot(`
    "expected 1 chunk, but there are 3 chunks

    openai chat gpt-5-mini · 3 events in 3 chunks · 7 characters · first token 2 ms, p50 0 ms, longest gap 1.3 ms, in all 3.3 ms
        0      2.0 ms           chat.completion.chunk  text "Why"
        1      2.0 ms     +0.0  chat.completion.chunk  text " not"
        2      3.3 ms     +1.3  [DONE]                 end marker"
  `);
});

test("an event that no blank line closed belongs to the last chunk", () => {
  const message = failureOf(() => expect(streamOf([says("Why"), "data: [DONE]"])).toHaveChunkCount(1));
  expect(message.split("\n").slice(3).join("\n")).toMatchInlineSnapshot(`
    "    0  chat.completion.chunk  text "Why"
        1  [DONE]                 end marker"
  `);
});

test("a negated number of chunks fails with the number", () => {
  expect(failureOf(() => expect(timeless).not.toHaveChunkCount({ min: 3 }))).toMatchInlineSnapshot(`
    "expected not at least 3 chunks, but there are 9 chunks

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · no timing
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
});

test("long streams are shown by their ends", () => {
  const trace = streamOf(Array.from({ length: 40 }, (_, index) => [index * 10, says(` ${index}`)] as const));
  expect(failureOf(() => expect(trace).toHaveChunkCount({ min: 2, max: 20 }))).toMatchInlineSnapshot(`
    "expected 2 to 20 chunks, but there are 40 chunks

    openai chat gpt-5-mini · 40 events in 40 chunks · 110 characters · truncated · first token 0 ms, p50 10 ms, longest gap 10 ms, in all 390 ms
         0      0.0 ms           chat.completion.chunk  text " 0"
         1     10.0 ms    +10.0  chat.completion.chunk  text " 1"
         2     20.0 ms    +10.0  chat.completion.chunk  text " 2"
         3     30.0 ms    +10.0  chat.completion.chunk  text " 3"
         4     40.0 ms    +10.0  chat.completion.chunk  text " 4"
         5     50.0 ms    +10.0  chat.completion.chunk  text " 5"
         6     60.0 ms    +10.0  chat.completion.chunk  text " 6"
         7     70.0 ms    +10.0  chat.completion.chunk  text " 7"
         8     80.0 ms    +10.0  chat.completion.chunk  text " 8"
         9     90.0 ms    +10.0  chat.completion.chunk  text " 9"
        10    100.0 ms    +10.0  chat.completion.chunk  text " 10"
        11    110.0 ms    +10.0  chat.completion.chunk  text " 11"
        12    120.0 ms    +10.0  chat.completion.chunk  text " 12"
        13    130.0 ms    +10.0  chat.completion.chunk  text " 13"
        14    140.0 ms    +10.0  chat.completion.chunk  text " 14"
        15    150.0 ms    +10.0  chat.completion.chunk  text " 15"
        …"
  `);
});

test("events are counted exactly or within a range", () => {
  expect(joke).toHaveEventCount(9);
  expect(joke).toHaveEventCount({ min: 2, max: 9 });
  expect(joke).not.toHaveEventCount(1);
  expect(streamOf([`${says("Why")}${says(" not")}`])).toHaveEventCount(2);
});

test("a wrong number of events fails with the events", () => {
  expect(failureOf(() => expect(joke).toHaveEventCount({ max: 8 }))).toMatchInlineSnapshot(`
    "expected at most 8 events, but there are 9 events

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        0    310.2 ms           chat.completion.chunk  (no content)
        1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
        4    593.1 ms   +160.0  chat.completion.chunk  text " dark"
        5    610.4 ms    +17.3  chat.completion.chunk  text " mode?"
        6    612.0 ms     +1.6  chat.completion.chunk  finish stop
        7    613.0 ms     +1.0  chat.completion.chunk  usage 12 in, 9 out
        8    613.2 ms     +0.2  [DONE]                 end marker"
  `);
  expect(failureOf(() => expect(empty).toHaveEventCount(1))).toMatchInlineSnapshot(`
    "expected 1 event, but there are 0 events

    openai chat · 0 events in 0 chunks · truncated · no timing
        no events"
  `);
  expect(failureOf(() => expect(streamOf([DONE])).not.toHaveEventCount(1))).toMatchInlineSnapshot(`
    "expected not 1 event, but there is 1 event

    openai chat · 1 event in 1 chunk · no timing
        0  [DONE]  end marker"
  `);
});

test("an invalid count throws", () => {
  const messages = [{}, -1, Number.NaN, "3", { min: 3, max: 2 }, { mni: 3 }, { min: "1" }, null].map(
    (given) => failureOf(() => expect(joke).toHaveChunkCount(given as number)),
  );
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "Failed to check toHaveChunkCount: expected at least one of min, max, got {}.
    Failed to check toHaveChunkCount: expected the count or its min and max to be a non-negative number, got -1.
    Failed to check toHaveChunkCount: expected the count or its min and max to be a non-negative number, got NaN.
    Failed to check toHaveChunkCount: expected the count or its min and max to be a non-negative number, got "3".
    Failed to check toHaveChunkCount: \`min\` (3) is more than \`max\` (2).
    Failed to check toHaveChunkCount: unknown limit \`mni\`. Valid limits: min, max.
    Failed to check toHaveChunkCount: expected \`min\` to be a non-negative number, got "1".
    Failed to check toHaveChunkCount: expected the count or its min and max to be a non-negative number, got null."
  `);
});

test("options instead of limits fail with a hint", () => {
  const given = { min: 3, all: true } as { min: number };
  expect(failureOf(() => expect(joke).toHaveEventCount(given))).toMatchInlineSnapshot(
    `"Failed to check toHaveEventCount: unknown limit \`all\`. Valid limits: min, max. Pass \`all\` in a second argument: { all: true }."`,
  );
});
