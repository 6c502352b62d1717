import { expect, test } from "vitest";
import {
  chat,
  DONE,
  errorOf,
  failureOf,
  joke,
  MESSAGES,
  streamOf,
  unreadable,
  WEATHER,
  weather,
} from "./support.ts";

function calls(...pieces: readonly (readonly [index: number, name: string, args: string])[]): string[] {
  return pieces.map(([index, name, args]) =>
    chat({
      tool_calls: [{ index, id: `call_${index}`, type: "function", function: { name, arguments: args } }],
    }),
  );
}

const three = streamOf([
  ...calls([0, "search", '{"q":"cats"}'], [1, "open", '{"page":1}'], [2, "open", '{"page":2}']),
  chat({}, {}, "tool_calls"),
  DONE,
]);
const cut = streamOf(WEATHER.slice(0, 12), { url: MESSAGES });

test("a call is found by its tool, and by its input", () => {
  expect(weather).toHaveCalledTool("get_weather");
  expect(weather).toHaveCalledTool("get_weather", { city: "Paris" });
  expect(weather).toHaveCalledTool(/^get_/, expect.objectContaining({ city: expect.any(String) }));
  expect(three).toHaveCalledTool("open", { page: 2 });
  expect(weather).not.toHaveCalledTool("search");
  expect(weather).not.toHaveCalledTool("get_weather", { city: "Rome" });
  expect(joke).not.toHaveCalledTool("get_weather");
});

test("a tool that was not called fails with those that were", () => {
  expect(failureOf(() => expect(three).toHaveCalledTool("close"))).toMatchInlineSnapshot(`
    "expected a call of close, but the model called search with { q: "cats" }, open with { page: 1 } and open with { page: 2 }

    openai chat gpt-5-mini · 5 events in 5 chunks · 3 tool calls · tool_calls · no timing
      > 0  chat.completion.chunk  tool search {"q":"cats"}
      > 1  chat.completion.chunk  tool open {"page":1}
      > 2  chat.completion.chunk  tool open {"page":2}
        3  chat.completion.chunk  finish tool_calls
        4  [DONE]                 end marker"
  `);
  expect(failureOf(() => expect(joke).toHaveCalledTool("close")).split("\n")[0]).toMatchInlineSnapshot(
    `"expected a call of close, but the model called no tool"`,
  );
});

test("a wrong input fails with a diff", () => {
  expect(
    failureOf(() => expect(weather).toHaveCalledTool("get_weather", { city: "Rome" })),
  ).toMatchInlineSnapshot(`
    "expected a call of get_weather with { city: "Rome" }, but the model called get_weather with { city: "Paris" }

    anthropic messages claude-9 · 16 events in 16 chunks · 11 characters · 1 tool call · 31 output tokens · tool_use · first token 320 ms, p50 20 ms, longest gap 20 ms, 333.3 tokens/s, in all 421 ms
        …
         8    380.0 ms    +19.0  content_block_delta  text " moment."
         9    381.0 ms     +1.0  content_block_stop   {"type":"content_block_stop","index":1}
      > 10    390.0 ms     +9.0  content_block_start  tool get_weather
      > 11    400.0 ms    +10.0  content_block_delta  tool {"city":
      > 12    410.0 ms    +10.0  content_block_delta  tool  "Paris"}
        13    411.0 ms     +1.0  content_block_stop   {"type":"content_block_stop","index":2}
        14    420.0 ms     +9.0  message_delta        finish tool_use, usage 20 in, 31 out
        …"
  `);
  expect(
    failureOf(() => expect(three).toHaveCalledTool("open", { page: expect.any(String) })).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected a call of open with { page: Any<String> }, but the model called search with { q: "cats" }, open with { page: 1 } and open with { page: 2 }"`,
  );
});

test("a negated call fails", () => {
  expect(
    failureOf(() => expect(weather).not.toHaveCalledTool("get_weather")).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected no call of get_weather, but the model called get_weather with { city: "Paris" }"`,
  );
  expect(
    failureOf(() => expect(three).not.toHaveCalledTool("open", { page: 1 })).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected no call of open with { page: 1 }, but the model called search with { q: "cats" }, open with { page: 1 } and open with { page: 2 }"`,
  );
});

test("arguments that were cut off cannot be checked, with not as well", () => {
  expect(cut).toHaveCalledTool("get_weather");
  expect(
    failureOf(() => expect(cut).toHaveCalledTool("get_weather", { city: "Paris" })),
  ).toMatchInlineSnapshot(`
    "expected a call of get_weather with { city: "Paris" }, but this cannot be checked: the arguments of get_weather are not valid JSON: {"city":

    anthropic messages claude-9 · 12 events in 12 chunks · 11 characters · 1 tool call · truncated · first token 320 ms, p50 20 ms, longest gap 20 ms, in all 400 ms
        …
         8    380.0 ms    +19.0  content_block_delta  text " moment."
         9    381.0 ms     +1.0  content_block_stop   {"type":"content_block_stop","index":1}
      > 10    390.0 ms     +9.0  content_block_start  tool get_weather
      > 11    400.0 ms    +10.0  content_block_delta  tool {"city":"
  `);
  expect(() => expect(cut).not.toHaveCalledTool("get_weather", { city: "Rome" })).toThrow("not valid JSON");
});

test("calls with arguments that were cut off cannot be checked if these alone decide", () => {
  const expected = [{ name: "get_weather", input: { city: "Paris" } }];
  expect(failureOf(() => expect(cut).toHaveCalledTools(expected)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the tool calls to be get_weather with { city: "Paris" }, but this cannot be checked: the arguments of get_weather are not valid JSON: {"city":"`,
  );
  expect(() => expect(cut).not.toHaveCalledTools(expected)).toThrow("not valid JSON");
  expect(cut).not.toHaveCalledTools([...expected, "search"]);
  expect(cut).not.toHaveCalledTools([{ name: "search", input: { city: "Paris" } }]);
});

test("a tool of free text is compared by its text", () => {
  const free = streamOf([...calls([0, "apply_patch", "*** Begin Patch"]), chat({}, {}, "tool_calls"), DONE]);
  expect(free).toHaveCalledTool("apply_patch", "*** Begin Patch");
  expect(free).not.toHaveCalledTool("apply_patch", "*** End Patch");
});

test("calls are compared in order, all of them", () => {
  expect(three).toHaveCalledTools(["search", "open", "open"]);
  expect(three).toHaveCalledTools([
    "search",
    { name: "open", input: { page: 1 } },
    { name: expect.any(String) },
  ]);
  expect(three).not.toHaveCalledTools(["open", "search", "open"]);
  expect(three).not.toHaveCalledTools(["search", "open"]);
  expect(joke).toHaveCalledTools([]);
  expect(weather).not.toHaveCalledTools([]);
});

test("wrong calls fail with a diff of the expected fields", () => {
  const expected = ["search", { name: "open", input: { page: 2 } }];
  expect(failureOf(() => expect(three).toHaveCalledTools(expected))).toMatchInlineSnapshot(`
    "expected the tool calls to be search, open with { page: 2 }, but the model called search, open with { page: 1 }, open

    openai chat gpt-5-mini · 5 events in 5 chunks · 3 tool calls · tool_calls · no timing
      > 0  chat.completion.chunk  tool search {"q":"cats"}
      > 1  chat.completion.chunk  tool open {"page":1}
      > 2  chat.completion.chunk  tool open {"page":2}
        3  chat.completion.chunk  finish tool_calls
        4  [DONE]                 end marker"
  `);
  const error = errorOf(() => expect(three).toHaveCalledTools(expected));
  expect(error).toMatchObject({ actual: ["search", { name: "open", input: { page: 1 } }, "open"], expected });
  expect(failureOf(() => expect(weather).toHaveCalledTools([])).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the tool calls to be none, but the model called get_weather"`,
  );
  expect(failureOf(() => expect(joke).toHaveCalledTools(["open"])).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the tool calls to be open, but the model called none"`,
  );
});

test("negated calls fail", () => {
  expect(
    failureOf(() => expect(three).not.toHaveCalledTools(["search", "open", "open"])).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected the tool calls not to be search, open, open, but the model called search, open, open"`,
  );
  expect(failureOf(() => expect(joke).not.toHaveCalledTools([])).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the tool calls not to be none, but the model called none"`,
  );
});

test("the calls of an undecoded stream cannot be checked", () => {
  expect(() => expect(unreadable).not.toHaveCalledTool("x")).toThrow("no provider profile can decode");
  expect(() => expect(unreadable).toHaveCalledTool("x")).toThrow("no provider profile can decode");
  expect(() => expect(unreadable).toHaveCalledTools([])).toThrow("no provider profile can decode");
  expect(() => expect(unreadable).not.toHaveCalledTools(["x"])).toThrow("no provider profile can decode");
});

test("long names are cut", () => {
  const call = { tool_calls: [{ index: 0, id: "t", function: { name: "f".repeat(300), arguments: "{}" } }] };
  const trace = streamOf([chat(call), DONE]);
  for (const message of [
    failureOf(() => expect(trace).toHaveCalledTool("x")),
    failureOf(() => expect(trace).toHaveCalledTools(["x"])),
  ]) {
    expect(message).not.toContain("f".repeat(100));
  }
});

test("an invalid tool call throws", () => {
  const messages = [
    failureOf(() => expect(joke).toHaveCalledTool(undefined as never)),
    failureOf(() => expect(joke).toHaveCalledTools("open" as never)),
    failureOf(() => expect(joke).toHaveCalledTools([5] as never)),
    failureOf(() => expect(joke).toHaveCalledTools([{ nam: "open" }] as never)),
    failureOf(() => expect(joke).toHaveCalledTools([{ name: "open", arguments: {} }] as never)),
    failureOf(() => expect(joke).not.toHaveCalledTools([{ name: /open/ }] as never)),
  ];
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "Failed to check toHaveCalledTool: expected the name of the tool to be a string, a regular expression or an asymmetric matcher, got undefined.
    Failed to check toHaveCalledTools: expected a list, got "open".
    Failed to check toHaveCalledTools: expected an object with name, input, got 5.
    Failed to check toHaveCalledTools: unknown field \`nam\`. Valid fields: name, input.
    Failed to check toHaveCalledTools: unknown field \`arguments\`. Valid fields: name, input.
    Failed to check toHaveCalledTools: expected each name to be a string or an asymmetric matcher, got /open/."
  `);
});
