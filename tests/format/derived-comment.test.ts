import { describe, expect, test } from "vitest";
import type { HeaderLines, Interaction } from "../../src/cassette/model.ts";
import { parseTape, renderTape } from "../../src/format/index.ts";
import { describeEntry } from "../../src/session/describe-entry.ts";
import { describeInteraction } from "../../src/session/describe-interaction.ts";
import { eventFrame } from "../support/provider-server/wires/aws-frame.ts";
import { bytes, tape } from "./tape-samples.ts";

interface Sample {
  readonly url: string;
  readonly type?: string;
  readonly request: unknown;
  readonly requestType?: string;
  readonly response: readonly (string | Uint8Array)[] | object;
  readonly status?: number;
}

function interactionOf({ url, type, request, requestType, response, status = 200 }: Sample): Interaction {
  const isStream = Array.isArray(response);
  const headers: HeaderLines = [
    ["content-type", type ?? (isStream ? "text/event-stream" : "application/json")],
  ];
  const chunks = (isStream ? response : [JSON.stringify(response)]).map((chunk: string | Uint8Array) =>
    typeof chunk === "string" ? bytes(chunk) : new Uint8Array(chunk),
  );
  return {
    kind: "request",
    at: 0,
    request: {
      method: "POST",
      url,
      headers: [["content-type", requestType ?? "application/json"]],
      body: bytes(typeof request === "string" ? request : JSON.stringify(request)),
    },
    response: { status, statusText: "OK", headers, chunks, end: "complete" },
  };
}

const event = (data: unknown, name?: string): string =>
  `${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;

const SAMPLES: Readonly<Record<string, readonly [Sample, string]>> = {
  "OpenAI chat with a call of a tool": [
    {
      url: "https://api.openai.com/v1/chat/completions",
      request: {
        model: "gpt-5-mini",
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: [{ type: "text", text: "Weather in Lyon?" }, { type: "image_url" }] },
        ],
      },
      response: [
        event({ model: "gpt-5-mini", choices: [{ index: 0, delta: { content: "Let me " } }] }),
        event({ choices: [{ index: 0, delta: { content: "look." } }] }),
        event({
          choices: [
            {
              index: 0,
              delta: {
                tool_calls: [{ index: 0, id: "c", function: { name: "weather", arguments: '{"city":' } }],
              },
            },
          ],
        }),
        event({
          choices: [
            {
              index: 0,
              delta: { tool_calls: [{ index: 0, function: { arguments: '"Lyon"}' } }] },
              finish_reason: "tool_calls",
            },
          ],
        }),
      ],
    },
    `1 · openai chat · gpt-5-mini
> Weather in Lyon?
> [image_url]
< Let me look.
< weather {"city":"Lyon"}
< finish: tool_calls`,
  ],
  "OpenAI responses with the result of a tool": [
    {
      url: "https://api.openai.com/v1/responses",
      request: {
        model: "gpt-5-mini",
        input: [
          { role: "user", content: "Weather?" },
          { type: "function_call", name: "weather", arguments: "{}", call_id: "c" },
          { type: "function_call_output", call_id: "c", output: '{"sun":true}' },
        ],
      },
      response: {
        object: "response",
        status: "completed",
        model: "gpt-5-mini",
        output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Sunny." }] }],
      },
    },
    `1 · openai responses · gpt-5-mini
> Weather?
> tool result: {"sun":true}
< Sunny.
< finish: completed`,
  ],
  "Anthropic with the result of a tool": [
    {
      url: "https://api.anthropic.com/v1/messages",
      request: {
        model: "claude-sonnet-5",
        messages: [
          { role: "user", content: "Weather?" },
          { role: "assistant", content: [{ type: "tool_use", id: "t", name: "weather", input: {} }] },
          {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "sun" }] }],
          },
        ],
      },
      response: {
        type: "message",
        role: "assistant",
        model: "claude-sonnet-5",
        stop_reason: "end_turn",
        content: [{ type: "text", text: "Sunny." }],
      },
    },
    `1 · anthropic messages · claude-sonnet-5
> Weather?
> tool result: sun
< Sunny.
< finish: end_turn`,
  ],
  Gemini: [
    {
      url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse",
      request: {
        contents: [
          {
            role: "user",
            parts: [{ text: "What is it?" }, { inlineData: { mimeType: "image/png", data: "aaaa" } }],
          },
        ],
      },
      response: [
        event({
          candidates: [{ content: { parts: [{ text: "A cat." }], role: "model" }, finishReason: "STOP" }],
          modelVersion: "gemini-3-flash",
        }),
      ],
    },
    `1 · gcp.gemini generateContent · gemini-3-flash
> What is it?
> [image/png]
< A cat.
< finish: STOP`,
  ],
  "Bedrock's binary frames": [
    {
      url: "https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse-stream",
      type: "application/vnd.amazon.eventstream",
      request: { messages: [{ role: "user", content: [{ text: "Hello?" }] }] },
      response: [
        eventFrame("messageStart", { role: "assistant" }),
        eventFrame("contentBlockDelta", { delta: { text: "Good " }, contentBlockIndex: 0 }),
        eventFrame("contentBlockDelta", { delta: { text: "day." }, contentBlockIndex: 0 }),
        eventFrame("messageStop", { stopReason: "end_turn" }),
      ],
    },
    `1 · aws.bedrock converse
> Hello?
< Good day.
< finish: end_turn`,
  ],
  "speech, which answers with audio": [
    {
      url: "https://api.openai.com/v1/audio/speech",
      type: "audio/mpeg",
      request: { model: "gpt-4o-mini-tts", input: "Say this.", voice: "alloy" },
      response: [Uint8Array.of(0xff, 0xf3, 0x84, 0xc4), Uint8Array.of(0, 1)],
    },
    `1 · openai speech
> Say this.
< audio/mpeg, 6 bytes`,
  ],
  "transcription, which sends a form": [
    {
      url: "https://api.openai.com/v1/audio/transcriptions",
      requestType: "multipart/form-data; boundary=x",
      request:
        '--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a.mp3"\r\ncontent-type: audio/mpeg\r\n\r\n\u0000\u0001\r\n--x--\r\n',
      response: { text: "Hello." },
    },
    `1 · openai transcriptions
> model: whisper-1
> file: a.mp3, audio/mpeg
< Hello.`,
  ],
  "a tool called by MCP": [
    {
      url: "http://localhost:3000/mcp",
      request: { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "add", arguments: { a: 1 } } },
      response: { jsonrpc: "2.0", id: 1, result: { content: [{ type: "text", text: "2" }] } },
    },
    `1 · mcp mcp
> tools/call add {"a":1}
< 2`,
  ],
  "an error": [
    {
      url: "https://api.openai.com/v1/embeddings",
      status: 429,
      request: { model: "text-embedding-3-small", input: ["one", "two"] },
      response: { error: { message: "Slow down.", type: "rate_limit" } },
    },
    `1 · openai embeddings · status 429
> one
> two
< error: rate_limit Slow down.`,
  ],
  "what nobody knows": [
    { url: "https://example.test/x", type: "text/html", request: "a=b", response: ["<p>"] },
    "1 · example.test\n< <p>",
  ],
};

describe("the comment above an interaction", () => {
  test.each(Object.keys(SAMPLES))("summarizes the request and the response: %s", (name) => {
    const [sample, comment] = SAMPLES[name] as readonly [Sample, string];
    const interaction = interactionOf(sample);
    expect(describeInteraction(interaction, 0)).toBe(comment);
    const text = renderTape(tape(interaction), { describe: describeEntry });
    expect(text).toContain(comment.replaceAll(/^/gm, "  # "));
    // Reading ignores it.
    expect(parseTape(text, { file: "a.yaml" }).interactions).toEqual([interaction]);
  });

  test("is at most 12 lines of some 100 characters, and is redacted before it is cut", () => {
    const long = "many words and a-very-secret-value\n".repeat(30);
    const interaction = interactionOf({
      url: "https://api.openai.com/v1/chat/completions",
      request: { messages: [{ role: "user", content: "x".repeat(5000) }] },
      response: { model: "m", choices: [{ message: { content: long }, finish_reason: "stop" }] },
    });
    const lines = describeInteraction(interaction, 0, (text) =>
      text.replaceAll("a-very-secret-value", "?"),
    ).split("\n");
    expect(lines).toHaveLength(12);
    expect(lines.every((line) => line.length <= 104)).toBe(true);
    expect(lines.filter((line) => line.endsWith(" ..."))).toHaveLength(2);
    expect(lines.join()).not.toContain("secret");
    expect(lines.at(-1)).toBe("< finish: stop");
  });
});
