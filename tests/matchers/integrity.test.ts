import { describe, expect, test } from "vitest";
import {
  anthropic,
  chat,
  DONE,
  delta,
  empty,
  failureOf,
  JOKE,
  joke,
  MESSAGES,
  RESPONSES,
  says,
  sse,
  streamOf,
  unreadable,
  WEATHER,
  weather,
} from "./support.ts";

const joking = JOKE.map(([, text]) => text);
const asking = WEATHER.map(([, text]) => text);

/** Events of the Responses API with these sequence numbers and texts. */
function numbered(...events: readonly (readonly [number, string])[]) {
  return streamOf(
    events.map(([sequence_number, text]) =>
      sse(
        { type: "response.output_text.delta", sequence_number, output_index: 0, delta: text },
        "response.output_text.delta",
      ),
    ),
    { url: RESPONSES },
  );
}

function counted(...ids: readonly string[]) {
  return streamOf(
    ids.map((id, index) => sse({ jsonrpc: "2.0", method: `m${index}` }, "message", id)),
    {
      url: "https://mcp.example.com/mcp",
    },
  );
}

function texts(...pieces: readonly string[]) {
  return streamOf([...pieces.map(says), DONE]);
}

describe("duplicates", () => {
  test("whole streams have none", () => {
    expect(joke).toHaveNoDuplicateEvents();
    expect(weather).toHaveNoDuplicateEvents();
    expect(numbered([0, "a"], [1, "a"], [2, "a"])).toHaveNoDuplicateEvents();
  });

  test("a model that repeats itself sends no duplicates", () => {
    for (const said of [
      [" ha", " ha", " ha", " ha", "!"],
      ["the", " the", " the"],
      ["no", ",", " no", ",", " no", ",", " no"],
      ["0", ",", " ", "0", ",", " ", "0", ",", " ", "0"],
      [" |", " :", "---", " |", " :", "---", " |", " :", "---", " |"],
      ["- ", "TODO", "\n", "- ", "TODO", "\n", "- ", "TODO", "\n"],
      ["so", "so", "big", "big", "."],
      ["Left", ",", " right", ",", " left", ",", " right", ",", " left", ",", " right", "."],
      ["[", "yes", ",", " no", ",", " yes", ",", " no", ",", " yes", ",", " no", "]"],
      ['{"', "role", '":"', "user", '"}', ",", '{"', "role", '":"', "user", '"}', ",", '{"'],
      ["it is", "it is", " so"],
    ]) {
      expect(texts(...said)).toHaveNoDuplicateEvents();
    }
  });

  test("an event with the number of an earlier one is a duplicate", () => {
    const trace = numbered([0, "Why"], [1, " do"], [2, " they"], [1, " do"], [2, " they"], [3, "?"]);
    expect(trace).not.toHaveNoDuplicateEvents();
    expect(failureOf(() => expect(trace).toHaveNoDuplicateEvents())).toMatchInlineSnapshot(`
      "expected no duplicate events, but event 3 repeats event 1 and event 4 repeats event 2 with the same sequence_number

      openai responses · 6 events in 6 chunks · 20 characters · truncated · no timing
          …
          1  response.output_text.delta  text " do"
          2  response.output_text.delta  text " they"
        > 3  response.output_text.delta  text " do"
        > 4  response.output_text.delta  text " they"
          5  response.output_text.delta  text "?""
    `);
  });

  test("an event with the id of an earlier one is a duplicate", () => {
    expect(counted("a-1", "a-2", "a-3")).toHaveNoDuplicateEvents();
    expect(
      failureOf(() => expect(counted("a-1", "a-2", "a-1")).toHaveNoDuplicateEvents()),
    ).toMatchInlineSnapshot(`
      "expected no duplicate events, but event 2 repeats event 0 with the same id

      mcp mcp · 3 events in 3 chunks · truncated · no timing
          0  m0  {"jsonrpc":"2.0","method":"m0"}
          1  m1  {"jsonrpc":"2.0","method":"m1"}
        > 2  m2  {"jsonrpc":"2.0","method":"m2"}"
    `);
  });

  test("an id that all events share identifies no event", () => {
    expect(counted("a", "a", "a", "a")).toHaveNoDuplicateEvents();
    expect(counted("a", "a", "a", "b", "b", "b")).toHaveNoDuplicateEvents();
  });

  test("a run of different words that is repeated immediately is a duplicate", () => {
    const trace = texts(
      "Why",
      " do",
      " programmers",
      " prefer",
      " do",
      " programmers",
      " prefer",
      " dark",
      "?",
    );
    expect(trace).not.toHaveNoDuplicateEvents();
    expect(failureOf(() => expect(trace).toHaveNoDuplicateEvents())).toMatchInlineSnapshot(`
      "expected no duplicate events, but event 4 repeats event 1, event 5 repeats event 2 and event 6 repeats event 3 byte for byte

      openai chat gpt-5-mini · 10 events in 10 chunks · 53 characters · no timing
          …
          2  chat.completion.chunk  text " programmers"
          3  chat.completion.chunk  text " prefer"
        > 4  chat.completion.chunk  text " do"
        > 5  chat.completion.chunk  text " programmers"
        > 6  chat.completion.chunk  text " prefer"
          7  chat.completion.chunk  text " dark"
          8  chat.completion.chunk  text "?"
          …"
    `);
  });

  test("a run is a duplicate despite a ping in it", () => {
    const trace = streamOf(
      [...asking.slice(0, 9), ...asking.slice(5, 7), ...asking.slice(8, 10), ...asking.slice(10)],
      { url: MESSAGES },
    );
    expect(failureOf(() => expect(trace).toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no duplicate events, but event 9 repeats event 5, event 10 repeats event 6 and event 11 repeats event 8 byte for byte"`,
    );
  });

  test("a run with bookkeeping is a duplicate, however few words it has", () => {
    const block = [...asking.slice(5, 7), ...asking.slice(9, 10)];
    const trace = streamOf(
      [...asking.slice(0, 5), ...block, ...block, ...block, ...block, ...asking.slice(14)],
      {
        url: MESSAGES,
      },
    );
    expect(failureOf(() => expect(trace).toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no duplicate events, but event 8 repeats event 5, event 9 repeats event 6, event 10 repeats event 7, event 11 repeats event 5 and 5 more byte for byte"`,
    );
  });

  test("a long run that is repeated immediately is one duplicate", () => {
    const story =
      " the man in the house at the end of the street gave the key of the house to the woman in the garden, and the " +
      "woman in the garden gave the key to the child at the end of the street, and the child gave it to the man";
    const words = story.split(/(?= )/);
    const again = texts("So", ...words, ...words, " end");
    expect(failureOf(() => expect(again).toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no duplicate events, but event 50 repeats event 1, event 51 repeats event 2, event 52 repeats event 3, event 53 repeats event 4 and 45 more byte for byte"`,
    );
    expect(texts("So", ...words, " and", ...words, " end")).toHaveNoDuplicateEvents();
  });

  test("a run that is repeated later is not a duplicate", () => {
    const run = ["Why", " do", " programmers", " ask"];
    expect(texts(...run, "?", ...run, ".")).toHaveNoDuplicateEvents();
  });

  test("a chorus passes with a larger minRun", () => {
    const line = ["Happy", " birthday", " to", " you", ",\n"];
    const song = texts(...line, ...line, ...line, "dear", " reader");
    expect(song).not.toHaveNoDuplicateEvents();
    expect(song).toHaveNoDuplicateEvents({ minRun: 6 });
  });

  test("events that each arrive twice are duplicates", () => {
    const trace = streamOf(joking.slice(0, 7).flatMap((event) => [event, event]));
    expect(failureOf(() => expect(trace).toHaveNoDuplicateEvents())).toMatchInlineSnapshot(`
      "expected no duplicate events, but event 1 repeats event 0, event 3 repeats event 2, event 5 repeats event 4, event 7 repeats event 6 and 3 more byte for byte

      openai chat gpt-5-mini · 14 events in 14 chunks · 72 characters · stop · truncated · no timing
           0  chat.completion.chunk  (no content)
        >  1  chat.completion.chunk  (no content)
           2  chat.completion.chunk  text "Why do"
        >  3  chat.completion.chunk  text "Why do"
           4  chat.completion.chunk  text " programmers"
        >  5  chat.completion.chunk  text " programmers"
           6  chat.completion.chunk  text " prefer"
        >  7  chat.completion.chunk  text " prefer"
           8  chat.completion.chunk  text " dark"
        >  9  chat.completion.chunk  text " dark"
          10  chat.completion.chunk  text " mode?"
        > 11  chat.completion.chunk  text " mode?"
          12  chat.completion.chunk  finish stop
        > 13  chat.completion.chunk  finish stop"
    `);
  });

  test("repeated bookkeeping is a duplicate, a repeated ping is not", () => {
    const twice = streamOf([...joking.slice(0, 7), DONE, DONE]);
    expect(failureOf(() => expect(twice).toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no duplicate events, but event 8 repeats event 7 byte for byte"`,
    );
    const stop = anthropic({ type: "content_block_stop", index: 1 });
    expect(streamOf([...asking.slice(0, 9), stop, stop], { url: MESSAGES })).not.toHaveNoDuplicateEvents();
    const ping = anthropic({ type: "ping" });
    expect(streamOf([...asking.slice(0, 9), ping, ping, ping], { url: MESSAGES })).toHaveNoDuplicateEvents();
  });

  test("a repeated event of several words is a duplicate", () => {
    const said = "It sees the bugs.";
    const trace = texts("Why?", said, said);
    expect(failureOf(() => expect(trace).toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no duplicate events, but event 2 repeats event 1 byte for byte"`,
    );
    expect(texts("Why?", said, " No.", said)).toHaveNoDuplicateEvents();
    expect(trace).toHaveNoDuplicateEvents({ minRun: 5 });
  });

  test("a repeated word is a duplicate if minRun is 1", () => {
    const trace = texts("Why", " do", " do", " they", ",", ",", " ask");
    expect(trace).toHaveNoDuplicateEvents();
    expect(
      failureOf(() => expect(trace).toHaveNoDuplicateEvents({ minRun: 1 })).split("\n")[0],
    ).toMatchInlineSnapshot(`"expected no duplicate events, but event 2 repeats event 1 byte for byte"`);
    expect(joke).toHaveNoDuplicateEvents({ minRun: 1 });
    expect(weather).toHaveNoDuplicateEvents({ minRun: 1 });
  });

  test("a tool that is called twice with the same input is not a duplicate", () => {
    const call = (name: string) =>
      streamOf(
        Array.from({ length: 2 }, () =>
          sse({
            candidates: [
              { content: { parts: [{ functionCall: { name, args: { of: "the six sided kind" } } }] } },
            ],
          }),
        ),
        { url: "https://generativelanguage.googleapis.com/v1beta/models/g:streamGenerateContent?alt=sse" },
      );
    expect(call("roll_dice").toolCalls).toHaveLength(2);
    expect(call("roll_dice")).toHaveNoDuplicateEvents();
  });

  test("a repeated end of a response is a duplicate, with text in it and in a stamped stream as well", () => {
    const gemini = (text: string, more: object = {}): string =>
      sse({ candidates: [{ content: { parts: [{ text }] } }], ...more });
    const parts = {
      url: "https://generativelanguage.googleapis.com/v1beta/models/g:streamGenerateContent?alt=sse",
    };
    const end = sse({ candidates: [{ content: { parts: [{ text: "!" }] }, finishReason: "STOP" }] });
    expect(streamOf([gemini("Ha"), gemini("Ha"), end], parts)).toHaveNoDuplicateEvents();
    expect(streamOf([gemini("Ha"), gemini("Ha"), end, end], parts)).not.toHaveNoDuplicateEvents();
    const padded = ["Why", " do", " they"].map((content, index) =>
      chat({ content }, { obfuscation: `x${index}` }),
    );
    expect(streamOf([...padded, DONE])).toHaveNoDuplicateEvents();
    const twice = streamOf([...padded, DONE, DONE]);
    expect(failureOf(() => expect(twice).toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no duplicate events, but event 4 repeats event 3 byte for byte"`,
    );
  });

  test("each response in a stream has its own numbers", () => {
    const answer = (id: string) => [
      sse({ type: "response.created", sequence_number: 0, response: { id } }),
      ...["Why", " not"].map((delta, index) =>
        sse({ type: "response.output_text.delta", sequence_number: index + 1, output_index: 0, delta }),
      ),
    ];
    const both = streamOf([...answer("resp_1"), ...answer("resp_2")], { url: RESPONSES });
    expect(both).toHaveNoDuplicateEvents();
    expect(both).toHaveNoSequenceGaps();
    expect(failureOf(() => expect(both).not.toHaveNoSequenceGaps()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected a gap in the numbers of the events, but sequence_number goes up by one in 6 events"`,
    );
    const again = streamOf([...answer("resp_1"), ...answer("resp_1")], { url: RESPONSES });
    expect(again).not.toHaveNoDuplicateEvents();
    expect(again).not.toHaveNoSequenceGaps();
    const lossy = streamOf([...answer("resp_1"), ...answer("resp_2").toSpliced(1, 1)], { url: RESPONSES });
    expect(failureOf(() => expect(lossy).toHaveNoSequenceGaps()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no gaps in the numbers of the events, but sequence_number goes from 0 to 2 at event 4"`,
    );
  });

  test("empty deltas that keep a connection alive are not duplicates", () => {
    const empty = chat({ content: "" });
    expect(streamOf([empty, empty, empty, ...joking])).toHaveNoDuplicateEvents();
  });

  test("a single event is a duplicate if the stream stamps every event", () => {
    const line = (content: string, second: number): string =>
      `${JSON.stringify({ model: "m", created_at: `2026-11-20T07:00:0${second}.1Z`, message: { role: "assistant", content }, done: false })}\n`;
    const lines = [line(" ha", 1), line(" ha", 2), line(" ha", 3)];
    const parts = { url: "http://localhost:11434/api/chat", contentType: "application/x-ndjson" };
    expect(streamOf(lines, parts)).toHaveNoDuplicateEvents();
    const sameSecond = [" ha", " ho", " ha"].map((content) => line(content, 1));
    expect(streamOf([...sameSecond, line("!", 2)], parts)).toHaveNoDuplicateEvents();
    const again = streamOf([...lines, lines[2]!], parts);
    expect(failureOf(() => expect(again).toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no duplicate events, but event 3 repeats event 2 byte for byte"`,
    );
  });

  test("many duplicates are listed and counted", () => {
    const trace = numbered(...[0, 1, 0, 2, 1, 3, 2, 4, 3, 5, 4, 6, 5].map((n) => [n, `${n}`] as const));
    expect(failureOf(() => expect(trace).toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no duplicate events, but event 2 repeats event 0, event 4 repeats event 1, event 6 repeats event 3, event 8 repeats event 5 and 2 more with the same sequence_number"`,
    );
  });

  test("any event of an undecoded stream may be content, whatever its name", () => {
    const says = (text: string): string => sse({ text }, "token");
    expect(
      streamOf([says(" ha"), says(" ha"), says(" ha"), says("!")], { url: "" }),
    ).toHaveNoDuplicateEvents();
  });

  test("undecoded events are compared by their data", () => {
    const words = ["Why", " do", " they", " do", " they"].map((token) => sse({ token }));
    expect(streamOf([...words, ...words], { url: "" })).not.toHaveNoDuplicateEvents();
    expect(unreadable).toHaveNoDuplicateEvents();
  });

  test("negated, streams without duplicates fail; streams without events always fail", () => {
    expect(failureOf(() => expect(joke).not.toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected duplicate events, but there are none among 9 events"`,
    );
    expect(failureOf(() => expect(empty).toHaveNoDuplicateEvents()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no duplicate events, but this cannot be checked: the stream has no events"`,
    );
    expect(() => expect(empty).not.toHaveNoDuplicateEvents()).toThrow("has no events");
    expect(() => expect(joke).toHaveNoDuplicateEvents({ minRun: "3" } as object)).toThrow(
      "to be a non-negative number",
    );
  });
});

describe("sequence gaps", () => {
  test("numbers that go up by one have no gap, at any start", () => {
    expect(numbered([0, "a"], [1, "b"], [2, "c"])).toHaveNoSequenceGaps();
    expect(numbered([7, "a"], [8, "b"])).toHaveNoSequenceGaps();
    expect(counted("1", "2", "3")).toHaveNoSequenceGaps();
  });

  test("numbers that are missing are named", () => {
    const trace = numbered([0, "a"], [1, "b"], [4, "c"], [5, "d"], [7, "e"]);
    expect(trace).not.toHaveNoSequenceGaps();
    expect(failureOf(() => expect(trace).toHaveNoSequenceGaps())).toMatchInlineSnapshot(`
      "expected no gaps in the numbers of the events, but sequence_number goes from 1 to 4 at event 2 and from 5 to 7 at event 4

      openai responses · 5 events in 5 chunks · 5 characters · truncated · no timing
          0  response.output_text.delta  text "a"
          1  response.output_text.delta  text "b"
        > 2  response.output_text.delta  text "c"
          3  response.output_text.delta  text "d"
        > 4  response.output_text.delta  text "e""
    `);
  });

  test("repeated and late numbers are named", () => {
    const again = numbered([0, "a"], [1, "b"], [1, "b"], [2, "c"]);
    expect(failureOf(() => expect(again).toHaveNoSequenceGaps()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no gaps in the numbers of the events, but sequence_number goes from 1 to 1 at event 2"`,
    );
    const late = numbered([0, "a"], [2, "c"], [1, "b"], [3, "d"]);
    expect(failureOf(() => expect(late).toHaveNoSequenceGaps()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no gaps in the numbers of the events, but sequence_number goes from 0 to 2 at event 1, from 2 to 1 at event 2 and from 1 to 3 at event 3"`,
    );
  });

  test("only missing numbers that never arrive are named", () => {
    const late = numbered([0, "a"], [4, "e"], [1, "b"], [5, "f"]);
    expect(failureOf(() => expect(late).toHaveNoSequenceGaps()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no gaps in the numbers of the events, but sequence_number goes from 0 to 4 at event 1, from 4 to 1 at event 2 and from 1 to 5 at event 3"`,
    );
  });

  test("a counting SSE id is checked separately", () => {
    expect(
      failureOf(() => expect(counted("1", "2", "4")).toHaveNoSequenceGaps()).split("\n")[0],
    ).toMatchInlineSnapshot(
      `"expected no gaps in the numbers of the events, but id goes from 2 to 4 at event 2"`,
    );
  });

  test("many gaps are listed and counted", () => {
    const trace = numbered(...[0, 2, 4, 6, 8, 10, 12, 14].map((n) => [n, `${n}`] as const));
    expect(failureOf(() => expect(trace).toHaveNoSequenceGaps()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no gaps in the numbers of the events, but sequence_number goes from 0 to 2 at event 1, from 2 to 4 at event 2, from 4 to 6 at event 3, from 6 to 8 at event 4, from 8 to 10 at event 5 and 2 more"`,
    );
  });

  test("negated, a stream without gaps fails", () => {
    const trace = numbered([0, "a"], [1, "b"]);
    expect(failureOf(() => expect(trace).not.toHaveNoSequenceGaps()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected a gap in the numbers of the events, but sequence_number goes up by one in 2 events"`,
    );
  });

  test("events without numbers cannot be checked, with not as well", () => {
    expect(failureOf(() => expect(joke).toHaveNoSequenceGaps()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no gaps in the numbers of the events, but this cannot be checked: its events have no numbers, neither a sequence_number nor a numeric SSE id"`,
    );
    expect(() => expect(joke).not.toHaveNoSequenceGaps()).toThrow("have no numbers");
    const times = counted("1712345678901", "1712345678950", "1712345679020");
    expect(failureOf(() => expect(times).toHaveNoSequenceGaps()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no gaps in the numbers of the events, but this cannot be checked: the SSE ids of its events do not count up by one"`,
    );
    expect(() => expect(times).not.toHaveNoSequenceGaps()).toThrow("do not count up");
  });
});

describe("restarts", () => {
  test("whole streams have none", () => {
    expect(joke).toHaveNoRestart();
    expect(weather).toHaveNoRestart();
  });

  test("a model that repeats itself does not start over", () => {
    expect(texts("ha", " ha", " ha")).toHaveNoRestart();
    expect(texts("Row", ", row", ", row", " your boat")).toHaveNoRestart();
    expect(
      texts("Thank you", " for the hint", ", it helps. ", "Thank you", " for the hint", "."),
    ).toHaveNoRestart();
    expect(texts("1", ", ", "2", ", ", "1", ", ", "2", ", ")).toHaveNoRestart();
    expect(
      texts("Cross the road", " with care.\n```\n", "Cross the road", " with care.\n", "```"),
    ).toHaveNoRestart();
  });

  test("a text starts over if everything before is repeated", () => {
    const trace = texts("Why", " do", " programmers", "Why", " do", " programmers", " prefer", " it?");
    expect(trace).not.toHaveNoRestart();
    expect(failureOf(() => expect(trace).toHaveNoRestart())).toMatchInlineSnapshot(`
      "expected no restart of the text, but the text starts over at event 3: "Why do programmers" is repeated

      openai chat gpt-5-mini · 9 events in 9 chunks · 47 characters · no timing
          …
          1  chat.completion.chunk  text " do"
          2  chat.completion.chunk  text " programmers"
        > 3  chat.completion.chunk  text "Why"
          4  chat.completion.chunk  text " do"
          5  chat.completion.chunk  text " programmers"
          …"
    `);
  });

  test("a text may be split differently when it starts over", () => {
    expect(texts("Why do", " programmers", "Why", " do pro", "grammers", "?")).not.toHaveNoRestart();
  });

  test("three numbers count as words", () => {
    expect(
      texts("1", ", ", "2", ", ", "3", ", ", "1", ", ", "2", ", ", "3", ", ", "4"),
    ).not.toHaveNoRestart();
    expect(texts("1", ", ", "0", ", ", "1", ", ", "0", ", ", "1")).toHaveNoRestart();
  });

  test("a second response that begins like the first is a restart, however it continues", () => {
    const start = asking[0]!;
    const trace = streamOf(
      [
        start,
        delta(0, { type: "text_delta", text: "Let me" }),
        delta(0, { type: "text_delta", text: " think about it" }),
        start,
        delta(0, { type: "text_delta", text: "Let me" }),
        delta(0, { type: "text_delta", text: " think hard" }),
      ],
      { url: MESSAGES },
    );
    expect(failureOf(() => expect(trace).toHaveNoRestart()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no restart of the text, but the text starts over at event 4, after a second message_start: "Let me think " is repeated"`,
    );
  });

  test("another response id is a restart as well", () => {
    const other = (content: string): string => chat({ content }, { id: "chatcmpl-2" });
    const trace = streamOf([says("Let me"), says(" think so"), other("Let me"), other(" think hard"), DONE]);
    expect(failureOf(() => expect(trace).toHaveNoRestart()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no restart of the text, but the text starts over at event 2, with another id, chatcmpl-2: "Let me think " is repeated"`,
    );
    expect(texts("Let me", " think so", "Let me", " think hard")).toHaveNoRestart();
  });

  test("a text that is cut off while it starts over is a restart", () => {
    const pieces = ["Why", " do", " programmers", " care", "Why", " do", " programmers"].map(says);
    expect(streamOf(pieces)).not.toHaveNoRestart();
    expect(streamOf([...pieces, DONE])).toHaveNoRestart();
  });

  test("reasoning that starts over is named", () => {
    const trace = streamOf([...asking.slice(0, 4), ...asking.slice(2, 4), ...asking.slice(4)], {
      url: MESSAGES,
    });
    expect(failureOf(() => expect(trace).toHaveNoRestart()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no restart of the text, but the reasoning starts over at event 4: "Look it up." is repeated"`,
    );
  });

  test("negated, a stream without a restart fails", () => {
    expect(failureOf(() => expect(joke).not.toHaveNoRestart()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected a restart of the text, but there is none"`,
    );
  });

  test("several choices and undecoded streams cannot be checked, with not as well", () => {
    const second = sse({
      id: "c",
      object: "chat.completion.chunk",
      choices: [{ index: 1, delta: { content: "Why" } }],
    });
    const several = streamOf([...joking.slice(0, 3), second, DONE]);
    expect(failureOf(() => expect(several).toHaveNoRestart()).split("\n")[0]).toMatchInlineSnapshot(
      `"expected no restart of the text, but this cannot be checked: the stream mixes the texts of several choices"`,
    );
    expect(() => expect(several).not.toHaveNoRestart()).toThrow("several choices");
    expect(() => expect(unreadable).toHaveNoRestart()).toThrow("no provider profile can decode");
    expect(() => expect(unreadable).not.toHaveNoRestart()).toThrow("no provider profile can decode");
  });
});
