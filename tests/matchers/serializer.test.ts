import { expect, test } from "vitest";
import { traceStream } from "../../src/providers/trace-stream.ts";
import { streamTraceSerializer } from "../../src/vitest/stream-trace-serializer.ts";
import {
  chat,
  DONE,
  empty,
  JOKE,
  joke,
  MESSAGES,
  says,
  streamOf,
  unreadable,
  WEATHER,
  weather,
} from "./support.ts";

test("a trace is printed without times", () => {
  expect(joke).toMatchInlineSnapshot(`
    StreamTrace openai chat gpt-5-mini {
      events: chat.completion.chunk × 8, [DONE]
      text: "Why do programmers prefer dark mode?"
      finish: stop
    }
  `);
});

test("many kinds of events, reasoning and tools are printed line by line", () => {
  expect(weather).toMatchInlineSnapshot(`
    StreamTrace anthropic messages claude-9 {
      events:
        message_start
        content_block_start
        content_block_delta × 2
        content_block_stop
        content_block_start
        content_block_delta
        ping
        content_block_delta
        content_block_stop
        content_block_start
        content_block_delta × 2
        content_block_stop
        message_delta
        message_stop
      reasoning: "Look it up."
      text: "One moment."
      tool: get_weather({"city":"Paris"})
      finish: tool_use
    }
  `);
});

test("other times and other ids print the same", () => {
  const print = (trace: unknown): string => streamTraceSerializer.serialize(trace, {}, "");
  const later = JOKE.map(([at, text]) => [at * 3, text.replace("chatcmpl-1", "chatcmpl-2")] as const);
  expect(print(streamOf(later))).toBe(print(joke));
});

test("long texts are printed line by line", () => {
  const trace = streamOf([
    says("# Dark mode\n\nLight attracts bugs,\n"),
    says("which nobody wants.\n"),
    DONE,
  ]);
  expect(trace).toMatchInlineSnapshot(`
    StreamTrace openai chat gpt-5-mini {
      events: chat.completion.chunk × 2, [DONE]
      text:
        | # Dark mode
        |
        | Light attracts bugs,
        | which nobody wants.
        |
    }
  `);
});

test("failures are printed", () => {
  expect(streamOf(WEATHER.slice(0, 12), { url: MESSAGES, end: "reset" })).toMatchInlineSnapshot(`
    StreamTrace anthropic messages claude-9 {
      events:
        message_start
        content_block_start
        content_block_delta × 2
        content_block_stop
        content_block_start
        content_block_delta
        ping
        content_block_delta
        content_block_stop
        content_block_start
        content_block_delta
      reasoning: "Look it up."
      text: "One moment."
      tool: get_weather("{\\"city\\":")
      end: reset, no end marker
    }
  `);
  expect(
    streamOf(['{"error":{"message":"Too many requests","type":"rate_limit","code":"429"}}'], {
      status: 429,
      contentType: "application/json",
    }),
  ).toMatchInlineSnapshot(`
    StreamTrace openai chat {
      events: message
      error: rate_limit · 429 · Too many requests
    }
  `);
});

test("empty and undecoded streams print the known facts", () => {
  expect(empty).toMatchInlineSnapshot(`
    StreamTrace openai chat {
      events: none
      end: truncated, no end marker
    }
  `);
  expect(unreadable).toMatchInlineSnapshot(`
    StreamTrace {
      events: message × 2
    }
  `);
});

test("a trace inside of other values is indented with them", () => {
  expect({ streams: [streamOf([chat({ refusal: "No." }), DONE])] }).toMatchInlineSnapshot(`
    {
      "streams": [
        StreamTrace openai chat gpt-5-mini {
          events: chat.completion.chunk, [DONE]
          refusal: "No."
        },
      ],
    }
  `);
});

test("a traced stream prints its trace", async () => {
  const traced = traceStream(new Response("Why not?"));
  await traced.done;
  expect(traced).toMatchInlineSnapshot(`
    StreamTrace {
      events: message
      text: "Why not?"
    }
  `);
});
