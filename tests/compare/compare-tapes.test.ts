import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TapeEntry } from "../../src/cassette/model.ts";
import { align } from "../../src/compare/align.ts";
import { compareTapes } from "../../src/compare/compare-tapes.ts";
import { parseTape } from "../../src/format/index.ts";
import { compileRules } from "../../src/matching/rules.ts";
import { changesBetween, chat, entriesOf, interaction, only, shape } from "./tapes.ts";

const demo = join(import.meta.dirname, "../../cassettes/demo/chat");

describe("not a difference", () => {
  test.for(readdirSync(demo))("other ids, dates and times in %s", (name) => {
    const text = readFileSync(join(demo, name), "utf8");
    const again = text
      .replaceAll(/"(id|responseId)":"[^"]*"/g, '"$1":"another-one"')
      .replaceAll(/"created":\d+/g, '"created":1')
      .replace(/^ {6}timing:\n(?: {8}.*\n)+/m, "");
    expect(again).not.toBe(text);
    const [before, after] = [text, again].map((each) => parseTape(each, { file: name }).interactions) as [
      readonly TapeEntry[],
      readonly TapeEntry[],
    ];
    const { differs, entries } = compareTapes(before, after);
    expect(differs).toBe(false);
    expect(entries.map(({ status }) => status)).toEqual(["same"]);
  });

  test("the same bytes in other chunks, and other bytes that say the same", () => {
    const stream = 'data: {"choices":[{"delta":{"content":"Yes."}}]}\n\ndata: [DONE]\n\n';
    const headers = [["content-type", "text/event-stream"]] as const;
    const whole = interaction({ headers, got: stream });
    const cut = interaction({ headers, got: stream, times: [1, 2] });
    expect(only(whole, cut)).toMatchObject({ status: "same", changes: [], note: "other chunks" });
    expect(only(chat("Hello?"), chat("Hello?", "Yes.", { id: "another" }))).toMatchObject({
      status: "same",
      changes: [],
      note: "other bytes",
    });
  });

  test("what a provider varies, ids of tool calls, and paths that the project ignores", () => {
    const sent = (id: string, run: number) => ({
      model: "gpt-5-mini",
      prompt_cache_key: id,
      metadata: { run },
      messages: [
        { role: "assistant", tool_calls: [{ id, function: { name: "weather", arguments: "{}" } }] },
        { role: "tool", tool_call_id: id, content: "sunny" },
      ],
    });
    const [before, after] = [interaction({ sent: sent("a", 1) }), interaction({ sent: sent("b", 2) })];
    expect(changesBetween(before, after)).toEqual(["request body.metadata.run: 1 → 2"]);
    const rules = compileRules({ match: { ignore: ["metadata.run"] } });
    expect(compareTapes([before], [after], { rules }).differs).toBe(false);
  });

  test("the order of requests that ran at the same time", () => {
    const times = [10, 400];
    const both = (first: string, second: string) => [
      chat(first, "Yes.", { at: 0, times }),
      chat(second, "Yes.", { at: 5, times }),
    ];
    expect(shape(both("a", "b"), both("b", "a"))).toEqual(["same 2-1", "same 1-2"]);
    const apart = (first: string, second: string) => [
      chat(first, "Yes.", { at: 0, times }),
      chat(second, "Yes.", { at: 500, times }),
    ];
    expect(shape(apart("a", "b"), apart("b", "a"))).toContain("moved 2-1");
  });
});

describe("how entries are paired", () => {
  const questions = (...texts: readonly string[]) => texts.map((text) => chat(text));

  test("an entry in between is added, and one that is gone removed", () => {
    const [long, other] = ["Tell me a joke about programmers.", "What is the weather like in Lyon?"];
    expect(shape(questions(long, other), questions(long, "New?", other))).toEqual([
      "same 1-1",
      "added 2",
      "same 2-3",
    ]);
    expect(shape(questions(long, "New?", other), questions(long, other))).toEqual([
      "same 1-1",
      "removed 2",
      "same 3-2",
    ]);
    expect(shape([], questions("a"))).toEqual(["added 1"]);
    expect(shape(questions("a", "b"), [])).toEqual(["removed 1", "removed 2"]);
  });

  test("the same question twice keeps its order, and one time more is added", () => {
    const before = [chat("a", "1"), chat("a", "2")];
    expect(shape(before, [chat("a", "1"), chat("a", "2"), chat("a", "3")])).toEqual([
      "same 1-1",
      "same 2-2",
      "added 3",
    ]);
    expect(shape(before, [chat("a", "2"), chat("a", "1")])).toEqual(["changed 1-1", "changed 2-2"]);
  });

  test("a changed prompt finds the most similar one", () => {
    const conversation = (turns: number, first: string) =>
      interaction({
        sent: {
          model: "gpt-5-mini",
          messages: Array.from({ length: turns }, (_, turn) => ({
            role: "user",
            content: turn === 0 ? first : `turn ${turn}`,
          })),
        },
      });
    const before = [1, 2, 3].map((turns) => conversation(turns, "Hello there, I am Ada."));
    const after = [3, 1, 2].map((turns) => conversation(turns, "Hello there, I am Grace."));
    expect(shape(before, after)).toEqual(["changed 3-1", "changed 1-2", "changed 2-3"]);
  });

  test("an entirely different request alone in its place is a change, also to another provider", () => {
    const before = interaction({
      sent: { model: "gpt-5-mini", messages: [{ role: "user", content: "Hello?" }] },
    });
    const after = interaction({
      url: "https://api.anthropic.com/v1/messages",
      sent: {
        max_tokens: 5,
        system: "Be brief.",
        messages: [{ role: "user", content: [{ type: "text", text: "Other" }] }],
      },
    });
    expect(shape([before], [after])).toEqual(["changed 1-1"]);
    expect(changesBetween(before, after)[0]).toBe(
      "request url: https://api.openai.com/v1/chat/completions → https://api.anthropic.com/v1/messages",
    );
  });

  test("entries that have little in common are one removed and one added", () => {
    const sent = (prompt: string, more: object) => interaction({ sent: { prompt, ...more } });
    const before = [sent("Hello?", { a: 1, b: 2, c: 3, d: 4 })];
    const after = [sent("News?", { e: 1, f: 2, g: 3 }), sent("Weather?", { h: 1, i: 2, j: 3 })];
    expect(shape(before, after)).toEqual(["removed 1", "added 1", "added 2"]);
  });

  test("of a thousand changed entries, only neighbors are compared", () => {
    const numbers = [...Array(1000).keys()];
    let compared = 0;
    const pairs = align(
      numbers.map((number) => `old ${number}`),
      numbers.map((number) => `new ${number}`),
      {
        keyOf: (entry) => entry,
        groupOf: () => "all",
        likeness: (before, after) => {
          compared += 1;
          return before.slice(4) === after.slice(4) ? 1 : 0;
        },
        mayReplace: () => false,
      },
    );
    expect(pairs).toEqual(numbers.map((number) => ({ before: number, after: number })));
    expect(compared).toBeLessThan(20_000);
  });
});

describe("a change", () => {
  test("in a request: prompts and settings", () => {
    const sent = (model: string, system: string, question: string, more = {}) => ({
      model,
      messages: [
        { role: "system", content: system },
        { role: "user", content: question },
      ],
      ...more,
    });
    expect(
      changesBetween(
        interaction({ sent: sent("gpt-5-mini", "Be brief.", "Hello?", { seed: 1 }) }),
        interaction({ sent: sent("gpt-5", "Be brief.", "Hello!", { tools: [] }) }),
      ),
    ).toEqual([
      "request body.model: gpt-5-mini → gpt-5",
      "prompt body.messages[1].content: Hello? → Hello!",
      "request body.tools: nothing → []",
      "request body.seed: 1 → nothing",
    ]);
  });

  test("in an answer: model, text, reasoning, refusal, calls, finish and usage", () => {
    const answer = (message: object, reason: string, output: number, model = "m1") =>
      interaction({
        got: {
          id: "x",
          model,
          choices: [{ index: 0, message, finish_reason: reason }],
          usage: { prompt_tokens: 5, completion_tokens: output, total_tokens: 5 + output },
        },
      });
    const call = (name: string, input: object) => ({
      tool_calls: [
        { id: `${Math.random()}`, type: "function", function: { name, arguments: JSON.stringify(input) } },
      ],
    });
    expect(
      changesBetween(
        answer({ content: "Yes.", reasoning_content: "Easy." }, "stop", 2),
        answer({ content: "No.", reasoning_content: "Hard." }, "length", 3, "m2"),
      ),
    ).toEqual([
      "model: m1 → m2",
      "reasoning: Easy. → Hard.",
      "text: Yes. → No.",
      "finish: stop → length",
      "usage outputTokens: 2 → 3",
      "usage totalTokens: 7 → 8",
    ]);
    expect(
      changesBetween(answer({ content: "Yes." }, "stop", 2), answer({ refusal: "I won't." }, "stop", 2)),
    ).toEqual(["text: Yes. → nothing", "refusal: nothing → I won't."]);
    expect(
      changesBetween(
        answer(call("weather", { city: "Lyon", days: 1 }), "tool_calls", 2),
        answer(call("weather", { city: "Paris", days: 1 }), "tool_calls", 2),
      ),
    ).toEqual(["tool call weather.city: Lyon → Paris"]);
    expect(
      changesBetween(
        answer(call("weather", { city: "Lyon" }), "tool_calls", 2),
        answer(call("search", { query: "Lyon" }), "tool_calls", 2),
      ),
    ).toEqual(['tool call: weather {"city":"Lyon"} → search {"query":"Lyon"}']);
  });

  test("in how a response went: status, error, headers that clients act on, end", () => {
    const error = { error: { type: "rate_limit_error", message: "Slow down." } };
    const json = ["content-type", "application/json"] as const;
    expect(
      changesBetween(
        chat("Hello?"),
        interaction({
          sent: { model: "gpt-5-mini", temperature: 1, messages: [{ role: "user", content: "Hello?" }] },
          status: 429,
          headers: [json, ["retry-after", "2"], ["x-ratelimit-remaining", "0"]],
          got: error,
          end: "truncated",
        }),
      ),
    ).toEqual([
      "status: 200 → 429",
      "header retry-after: nothing → 2",
      "end: complete → truncated",
      "model: gpt-5-mini → nothing",
      "text: Yes. → nothing",
      "finish: stop → nothing",
      "usage inputTokens: 5 → nothing",
      "usage outputTokens: 2 → nothing",
      "usage totalTokens: 7 → nothing",
      "error: nothing → rate_limit_error Slow down.",
    ]);
  });

  test("in responses that no decoder reads: JSON, events, text and bytes", () => {
    const of = (got: unknown, type = "application/json") =>
      interaction({ url: "https://example.test/v1/things", headers: [["content-type", type]], got });
    expect(
      changesBetween(of({ id: 1, items: [{ id: 1, n: 2 }] }), of({ id: 2, items: [{ id: 1, n: 3 }] })),
    ).toEqual(["body items[0].n: 2 → 3"]);
    expect(
      changesBetween(
        of('data: {"n":1}\n\ndata: {"n":2}\n\n', "text/event-stream"),
        of('data: {"n":1}\n\ndata: {"n":3}\n\n', "text/event-stream"),
      ),
    ).toEqual(["body [1].n: 2 → 3"]);
    expect(changesBetween(of("one", "text/plain"), of("two", "text/plain"))).toEqual(["text: one → two"]);
    const bytes = (last: number) => of(Uint8Array.of(0xff, 0xd8, last), "image/jpeg");
    expect(changesBetween(bytes(1), bytes(2))[0]).toMatch(/^body sha256: \w{64} → \w{64}$/);
    expect(changesBetween(bytes(1), bytes(1))).toEqual([]);
  });

  test("in times, as ratios; only large ones count", () => {
    const stream = ["a", "b", "c"]
      .map((text) => `data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`)
      .join("");
    const timed = (...times: readonly number[]) =>
      interaction({ headers: [["content-type", "text/event-stream"]], got: stream, times });
    const slower = only(timed(100, 200, 300), timed(150, 250, 700));
    expect(slower.status).toBe("changed");
    expect(slower.timing).toEqual([
      { name: "first token", before: 100, after: 150, ratio: 1.5, notable: false },
      { name: "duration", before: 300, after: 700, ratio: 2.33, notable: true },
    ]);
    // Twice as long, but short.
    expect(only(timed(10, 20, 30), timed(20, 40, 60)).status).toBe("same");
    expect(only(timed(700, 800, 900), timed(100, 200, 300)).timing[0]).toMatchObject({
      ratio: 0.14,
      notable: true,
    });
    expect(
      only(timed(1, 2, 3), interaction({ headers: [["content-type", "text/event-stream"]], got: stream }))
        .timing,
    ).toEqual([]);
  });

  test("in processes", () => {
    const tape = (asked: string, said: string, time: number) =>
      entriesOf(`
  - process: agent
    args: [--fast]
    exit: 0
    duration: ${time}
    times: [1, ${time}]
    io:
      - stdin: ${asked}
      - stdout: ${said}
  - { process: git, args: [status] }
`);
    const changes = (before: readonly TapeEntry[], after: readonly TapeEntry[]) =>
      compareTapes(before, after).entries.map(({ status, changes: found }) => [
        status,
        ...found.map(({ path, before: old, after: now }) => `${path}: ${old} → ${now}`),
      ]);
    expect(changes(tape("hi", "hello", 20), tape("hi", "hello", 21))).toEqual([["same"], ["same"]]);
    expect(changes(tape("hi", "hello", 20), tape("hi", "bye", 20))).toEqual([
      ["changed", "io[1].stdout: hello → bye"],
      ["same"],
    ]);
  });

  test("in calls, MCP messages, steps and checkpoints", () => {
    const tape = (city: string, output: number, duration: number, label = "planned") =>
      entriesOf(`
  - { at: 0, step: research, type: agent, duration: ${duration} }
  - { at: 1, parent: research, call: weather, type: tool, input: { city: ${city} }, output: { celsius: ${output} }, duration: 3 }
  - { at: 2, mcp: tools/call, params: { name: search }, result: { found: ${output} }, duration: 3 }
  - { at: 3, checkpoint: ${label}, value: { city: ${city} }, metadata: { at: ${duration} } }
`);
    const changes = (before: readonly TapeEntry[], after: readonly TapeEntry[]) =>
      compareTapes(before, after).entries.map(({ status, changes: found }) => [
        status,
        ...found.map(({ path, before: old, after: now }) => `${path}: ${old} → ${now}`),
      ]);
    expect(changes(tape("Lyon", 20, 30), tape("Lyon", 20, 31))).toEqual([
      ["same"],
      ["same"],
      ["same"],
      ["same"],
    ]);
    expect(changes(tape("Lyon", 20, 30), tape("Paris", 21, 30))).toEqual([
      ["same"],
      ["changed", "input.city: Lyon → Paris", "output.celsius: 20 → 21"],
      ["changed", "result.found: 20 → 21"],
      ["changed", "value.city: Lyon → Paris"],
    ]);
    expect(changes(tape("Lyon", 20, 30), tape("Lyon", 20, 500, "done"))).toEqual([
      ["changed"],
      ["same"],
      ["same"],
      ["removed"],
      ["added"],
    ]);
  });
});
