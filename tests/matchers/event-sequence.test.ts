import { expect, test } from "vitest";
import {
  anyNumberOf,
  anything,
  oneOrMore,
  optional,
  type Quantified,
} from "../../src/vitest/matchers/quantifiers.ts";
import { DONE, empty, failureOf, joke, says, sse, streamOf, unreadable, weather } from "./support.ts";

const block = ["content_block_start", oneOrMore("content_block_delta"), "content_block_stop"] as const;

test("a whole sequence of types fits", () => {
  expect(weather).toHaveEventSequence([
    "message_start",
    "content_block_start",
    oneOrMore("content_block_delta"),
    "content_block_stop",
    "content_block_start",
    "content_block_delta",
    optional("ping"),
    "content_block_delta",
    "content_block_stop",
    ...block,
    "message_delta",
    "message_stop",
  ]);
});

test("groups are repeated as a whole", () => {
  expect(weather).toHaveEventSequence([
    "message_start",
    oneOrMore(
      "content_block_start",
      oneOrMore(oneOrMore("content_block_delta"), anyNumberOf("ping")),
      "content_block_stop",
    ),
    "message_delta",
    "message_stop",
  ]);
});

test("optional events may be missing, and any number includes zero", () => {
  expect(joke).toHaveEventSequence([
    optional("ping"),
    anyNumberOf("ping"),
    oneOrMore("chat.completion.chunk"),
    optional("[DONE]"),
    optional("[DONE]"),
  ]);
  expect(joke).toHaveEventSequence([anyNumberOf("chat.completion.chunk"), "[DONE]"]);
  expect(joke).not.toHaveEventSequence([oneOrMore("ping"), oneOrMore("chat.completion.chunk"), "[DONE]"]);
});

test("anything() matches events of any kind, or no event", () => {
  expect(weather).toHaveEventSequence([anything(), "message_start", anything(), "message_stop", anything()]);
  expect(weather).toHaveEventSequence([anything()]);
  expect(empty).toHaveEventSequence([anything()]);
  expect(empty).toHaveEventSequence([]);
  expect(weather).not.toHaveEventSequence([anything(), "message_start"]);
});

test("expect.anything stands for one event", () => {
  const two = streamOf([says("a"), DONE]);
  expect(two).toHaveEventSequence([expect.anything(), expect.anything()]);
  expect(two).not.toHaveEventSequence([expect.anything()]);
});

test("a type is the SSE name, a field of the payload or the end marker", () => {
  const trace = streamOf([
    sse({ type: "inner" }, "outer"),
    sse({ event_type: "step.delta" }),
    sse({ object: "chat.completion.chunk" }),
    sse({ jsonrpc: "2.0", method: "notifications/progress" }, "message"),
    sse({ neither: 1 }),
    DONE,
  ]);
  const after = ["step.delta", "chat.completion.chunk", "notifications/progress", "message", "[DONE]"];
  expect(trace).toHaveEventSequence(["outer", ...after]);
  expect(trace).toHaveEventSequence(["inner", ...after]);
  expect(trace).toHaveEventSequence([/^out/, /step/, /chunk$/, /progress/, /./, /DONE/]);
});

test("objects are compared with the payload and may contain matchers", () => {
  expect(weather).toHaveEventSequence(
    [
      { type: "content_block_start", content_block: { name: "get_weather" } },
      { delta: { partial_json: expect.stringContaining("city") } },
      expect.objectContaining({ type: "message_delta" }),
    ],
    { partial: true },
  );
  expect(weather).not.toHaveEventSequence([{ content_block: { name: "search" } }], { partial: true });
});

test("string matchers are compared with the type", () => {
  expect(joke).toHaveEventSequence([
    oneOrMore(expect.stringContaining("completion")),
    expect.stringMatching(/DONE/),
  ]);
  expect(joke).toHaveEventSequence([oneOrMore(expect.not.stringContaining("ping"))]);
  expect(weather).not.toHaveEventSequence([oneOrMore(expect.not.stringContaining("ping"))]);
});

test("a negated object matcher is compared only with the payload", () => {
  expect(weather).not.toHaveEventSequence([oneOrMore(expect.not.objectContaining({ type: "ping" }))]);
});

test("a partial sequence may have other events before, between and after", () => {
  expect(weather).toHaveEventSequence(["content_block_start", "ping", "message_stop"], { partial: true });
  expect(weather).toHaveEventSequence(["content_block_delta", "content_block_delta"], { partial: true });
  expect(weather).toHaveEventSequence([oneOrMore("content_block_delta"), "message_delta"], { partial: true });
  expect(weather).toHaveEventSequence([oneOrMore("content_block_start", "content_block_stop")], {
    partial: true,
  });
  expect(weather).not.toHaveEventSequence(["ping", "message_start"], { partial: true });
});

test("a failure names the actual and the expected event", () => {
  const sequence = ["message_start", oneOrMore(...block), "message_delta", "message_stop"];
  expect(failureOf(() => expect(weather).toHaveEventSequence(sequence))).toMatchInlineSnapshot(`
    "expected the events message_start, oneOrMore(content_block_start, oneOrMore(content_block_delta), content_block_stop), message_delta, message_stop, but it stops matching at event 7: ping instead of content_block_delta or content_block_stop

    anthropic messages claude-9 · 16 events in 16 chunks · 11 characters · 1 tool call · 31 output tokens · tool_use · first token 320 ms, p50 20 ms, longest gap 20 ms, 333.3 tokens/s, in all 421 ms
        …
        5    342.0 ms     +1.0  content_block_start  {"type":"content_block_start","index":1,"content_block"…
        6    360.0 ms    +18.0  content_block_delta  text "One"
      > 7    361.0 ms     +1.0  ping                 {"type":"ping"}
        8    380.0 ms    +19.0  content_block_delta  text " moment."
        9    381.0 ms     +1.0  content_block_stop   {"type":"content_block_stop","index":1}
        …"
  `);
});

test("a failure at the very first event has nothing before it", () => {
  expect(
    failureOf(() => expect(streamOf([DONE])).toHaveEventSequence(["ping", "[DONE]"])),
  ).toMatchInlineSnapshot(`
    "expected the events ping, [DONE], but it stops matching at event 0: [DONE] instead of ping

    openai chat · 1 event in 1 chunk · no timing
      > 0  [DONE]  end marker"
  `);
});

test("a failure says that the stream ended too early", () => {
  const trace = streamOf([says("Why"), says(" not")]);
  const sequence = [oneOrMore("chat.completion.chunk"), "[DONE]"];
  expect(failureOf(() => expect(trace).toHaveEventSequence(sequence))).toMatchInlineSnapshot(`
    "expected the events oneOrMore(chat.completion.chunk), [DONE], but the stream ended after 2 events, before chat.completion.chunk or [DONE]

    openai chat gpt-5-mini · 2 events in 2 chunks · 7 characters · truncated · no timing
        0  chat.completion.chunk  text "Why"
      > 1  chat.completion.chunk  text " not""
  `);
  expect(failureOf(() => expect(empty).toHaveEventSequence(sequence))).toMatchInlineSnapshot(`
    "expected the events oneOrMore(chat.completion.chunk), [DONE], but the stream ended after 0 events, before chat.completion.chunk

    openai chat · 0 events in 0 chunks · truncated · no timing
        no events"
  `);
});

test("a failure says that the stream went on", () => {
  const trace = streamOf([says("Why"), DONE, says(" not")]);
  const sequence = ["chat.completion.chunk", optional("ping"), "[DONE]", optional("ping")];
  expect(failureOf(() => expect(trace).toHaveEventSequence(sequence))).toMatchInlineSnapshot(`
    "expected the events chat.completion.chunk, optional(ping), [DONE], optional(ping), but it stops matching at event 2: chat.completion.chunk instead of ping or the end of the stream

    openai chat gpt-5-mini · 3 events in 3 chunks · 7 characters · no timing
        0  chat.completion.chunk  text "Why"
        1  [DONE]                 end marker
      > 2  chat.completion.chunk  text " not""
  `);
});

test("a failed partial sequence names the missing event and the one before it", () => {
  const sequence = ["message_start", "ping", { delta: { text: "One" } }, "message_stop"];
  expect(
    failureOf(() => expect(weather).toHaveEventSequence(sequence, { partial: true })),
  ).toMatchInlineSnapshot(`
    "expected the events message_start, ping, { delta: { text: "One" } }, message_stop, but there is no { delta: { text: "One" } } after event 7

    anthropic messages claude-9 · 16 events in 16 chunks · 11 characters · 1 tool call · 31 output tokens · tool_use · first token 320 ms, p50 20 ms, longest gap 20 ms, 333.3 tokens/s, in all 421 ms
        …
        5    342.0 ms     +1.0  content_block_start  {"type":"content_block_start","index":1,"content_block"…
        6    360.0 ms    +18.0  content_block_delta  text "One"
      > 7    361.0 ms     +1.0  ping                 {"type":"ping"}
        8    380.0 ms    +19.0  content_block_delta  text " moment."
        9    381.0 ms     +1.0  content_block_stop   {"type":"content_block_stop","index":1}
        …"
  `);
  expect(
    failureOf(() => expect(weather).toHaveEventSequence(["error"], { partial: true })).split("\n")[0],
  ).toMatchInlineSnapshot(`"expected the events error, but there is no error"`);
});

test("a negated sequence fails with the events", () => {
  expect(
    failureOf(() => expect(unreadable).not.toHaveEventSequence([{ token: "Why" }, anything()])),
  ).toMatchInlineSnapshot(`
    "expected other events than { token: "Why" }, anything(), but that is what arrived

    stream · 2 events in 2 chunks · first chunk 10 ms, longest gap 10 ms, in all 20 ms
        0     10.0 ms           message  {"token":"Why"}
        1     20.0 ms    +10.0  message  {"token":" not"}"
  `);
  expect(
    failureOf(() => expect(unreadable).not.toHaveEventSequence([{ token: "Why" }], { partial: true })).split(
      "\n",
    )[0],
  ).toMatchInlineSnapshot(`"expected other events than { token: "Why" }, but that is what arrived"`);
});

test("quantifiers in quantifiers come to an end", () => {
  const trace = streamOf(Array.from({ length: 2000 }, () => says("a")));
  const many = Array.from({ length: 30 }, () =>
    anyNumberOf(oneOrMore(anyNumberOf("chat.completion.chunk"), optional("chat.completion.chunk"))),
  );
  expect(trace).not.toHaveEventSequence([...many, "[DONE]"]);
  expect(trace).toHaveEventSequence(many);
});

test("an invalid sequence throws", () => {
  const given: readonly unknown[] = [
    "ping",
    [5],
    ["ping", undefined],
    [null],
    [["a", "b"]],
    [anything],
    [new Date(0)],
    ["a", oneOrMore("b", anyNumberOf(5 as never))],
    [(oneOrMore as () => Quantified)()],
  ];
  const messages = given.map((each) => failureOf(() => expect(joke).not.toHaveEventSequence(each as never)));
  messages.push(failureOf(() => expect(joke).toHaveEventSequence([], { parital: true } as object)));
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "Failed to check toHaveEventSequence: expected a list of events, got "ping".
    Failed to check toHaveEventSequence: expected element 0 to be an event type, a pattern, an object or a quantifier, got 5.
    Failed to check toHaveEventSequence: expected element 1 to be an event type, a pattern, an object or a quantifier, got undefined.
    Failed to check toHaveEventSequence: expected element 0 to be an event type, a pattern, an object or a quantifier, got null.
    Failed to check toHaveEventSequence: expected element 0 to be an event type, a pattern, an object or a quantifier, got ["a", "b"].
    Failed to check toHaveEventSequence: element 0 is a function. Call it: anything().
    Failed to check toHaveEventSequence: expected element 0 to be an event type, a pattern, an object or a quantifier, got Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time).
    Failed to check toHaveEventSequence: expected element 0 of anyNumberOf() in element 1 of oneOrMore() in element 1 to be an event type, a pattern, an object or a quantifier, got 5.
    Failed to check toHaveEventSequence: element 0 is oneOrMore() without elements.
    Failed to check toHaveEventSequence: unknown option \`parital\`. Valid options: partial, all."
  `);
});
