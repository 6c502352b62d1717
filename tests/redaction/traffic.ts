import { gzipSync } from "node:zlib";
import type { HeaderLines, RecordedRequest, RecordedResponse } from "../../src/cassette/model.ts";
import { encodeEventStreamMessage } from "../../src/streams/event-stream-message.ts";
import { requestOf, responseOf } from "./support.ts";

/** A place in a provider's traffic: what a text that the model or the caller said looks like on the wire. */
export interface StreamPlace {
  readonly name: string;
  readonly contentType: string;
  /** Pieces of something else stand between. */
  readonly isMixed?: boolean;
  /** The text is encoded in a way that is not undone to replace a secret: the gate refuses the tape. */
  readonly isEncoded?: boolean;
  /** The events of a stream that says `pieces`, one after another. */
  readonly events: (pieces: readonly string[]) => readonly (string | Uint8Array)[];
}

export interface WholePlace {
  readonly name: string;
  /** As for {@link StreamPlace}. */
  readonly isEncoded?: boolean;
  readonly request?: (secret: string) => RecordedRequest;
  readonly response?: (secret: string) => RecordedResponse;
}

const SSE = "text/event-stream; charset=utf-8";
const data = (...events: readonly unknown[]): string[] =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`);
const named = (...events: readonly { readonly type: string }[]): string[] =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
const lines = (...events: readonly unknown[]): string[] =>
  events.map((event) => `${JSON.stringify(event)}\n`);
/** As the argument text of a tool call: JSON in pieces, of which the secret is a value. */
const asArguments = (pieces: readonly string[]): string[] => {
  const escaped = pieces.map((piece) => JSON.stringify(piece).slice(1, -1));
  return escaped.map(
    (piece, at) => (at === 0 ? '{"note":"' : "") + piece + (at === pieces.length - 1 ? '","n":1}' : ""),
  );
};
const chat = (delta: unknown): unknown => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1_790_000_000,
  model: "gpt-5-mini",
  choices: [{ index: 0, delta, finish_reason: null }],
  obfuscation: "xY2",
});
const frame = (type: string, payload: unknown): Uint8Array =>
  encodeEventStreamMessage(
    { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
    Buffer.from(JSON.stringify(payload)),
  );
const chunkFrame = (event: unknown): Uint8Array =>
  frame("chunk", { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: "abcdef" });
const gemini = (part: unknown): unknown => ({
  candidates: [{ content: { role: "model", parts: [part] }, index: 0 }],
  usageMetadata: { promptTokenCount: 7 },
});

export const STREAM_PLACES: readonly StreamPlace[] = [
  {
    name: "OpenAI chat, text",
    contentType: SSE,
    events: (pieces) => [
      ...data(chat({ role: "assistant", content: "" }), ...pieces.map((content) => chat({ content }))),
      "data: [DONE]\n\n",
    ],
  },
  {
    name: "OpenAI chat, refusal",
    contentType: SSE,
    events: (pieces) => data(...pieces.map((refusal) => chat({ refusal }))),
  },
  {
    name: "OpenAI chat, tool arguments, two calls at once",
    isMixed: true,
    contentType: SSE,
    events: (pieces) =>
      data(
        chat({
          tool_calls: [{ index: 0, id: "call_a", type: "function", function: { name: "f", arguments: "" } }],
        }),
        ...asArguments(pieces).flatMap((text, at) => [
          chat({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
          chat({ tool_calls: [{ index: 1, function: { arguments: `{"part":${at},` } }] }),
        ]),
      ),
  },
  {
    name: "OpenAI chat, several choices",
    isMixed: true,
    contentType: SSE,
    events: (pieces) =>
      data(
        ...pieces.flatMap((content) =>
          [0, 1].map((index) => ({
            choices: [{ index, delta: { content: index === 0 ? content : "other " } }],
          })),
        ),
      ),
  },
  {
    name: "OpenAI chat, log probabilities",
    contentType: SSE,
    events: (pieces) =>
      data(
        ...pieces.map((token) => ({
          choices: [
            { index: 0, delta: { content: token }, logprobs: { content: [{ token, logprob: -0.1 }] } },
          ],
        })),
      ),
  },
  {
    name: "DeepSeek, reasoning",
    contentType: SSE,
    events: (pieces) => data(...pieces.map((text) => chat({ reasoning_content: text, content: null }))),
  },
  {
    name: "OpenAI responses, text with its repetitions",
    contentType: SSE,
    events: (pieces) => {
      const text = pieces.join("");
      return named(
        ...pieces.map((delta, at) => ({
          type: "response.output_text.delta",
          sequence_number: at,
          item_id: `msg_${at}`,
          output_index: 0,
          content_index: 0,
          delta,
          obfuscation: "q9",
        })),
        { type: "response.output_text.done", ...{ output_index: 0, text } },
        {
          type: "response.completed",
          ...{ response: { output: [{ content: [{ type: "output_text", text }] }] } },
        },
      );
    },
  },
  {
    name: "OpenAI responses, function arguments",
    contentType: SSE,
    events: (pieces) =>
      named(
        ...asArguments(pieces).map((delta) => ({
          type: "response.function_call_arguments.delta",
          ...{ item_id: "fc_1", output_index: 1, delta },
        })),
        {
          type: "response.function_call_arguments.done",
          ...{ item_id: "fc_1", output_index: 1, arguments: asArguments([pieces.join("")])[0] },
        },
      ),
  },
  {
    name: "OpenAI responses, reasoning summary",
    contentType: SSE,
    events: (pieces) =>
      named(
        ...pieces.map((delta) => ({
          type: "response.reasoning_summary_text.delta",
          ...{ output_index: 0, summary_index: 0, delta },
        })),
      ),
  },
  {
    name: "Anthropic, text",
    contentType: SSE,
    events: (pieces) =>
      named(
        { type: "message_start", ...{ message: { id: "msg_1", content: [] } } },
        { type: "content_block_start", ...{ index: 0, content_block: { type: "text", text: "" } } },
        ...pieces.flatMap((text) => [
          { type: "content_block_delta", ...{ index: 0, delta: { type: "text_delta", text } } },
          { type: "ping" },
        ]),
        { type: "message_stop" },
      ),
  },
  {
    name: "Anthropic, text that begins with its block",
    contentType: SSE,
    events: ([first = "", ...rest]) =>
      named(
        { type: "content_block_start", ...{ index: 0, content_block: { type: "text", text: first } } },
        ...rest.map((text) => ({
          type: "content_block_delta",
          ...{ index: 0, delta: { type: "text_delta", text } },
        })),
      ),
  },
  {
    name: "Anthropic, thinking",
    contentType: SSE,
    events: (pieces) =>
      named(
        ...pieces.map((thinking) => ({
          type: "content_block_delta",
          ...{ index: 0, delta: { type: "thinking_delta", thinking } },
        })),
      ),
  },
  {
    name: "Anthropic, tool input between that of another",
    isMixed: true,
    contentType: SSE,
    events: (pieces) =>
      named(
        ...asArguments(pieces).flatMap((partial_json) => [
          { type: "content_block_delta", ...{ index: 1, delta: { type: "input_json_delta", partial_json } } },
          {
            type: "content_block_delta",
            ...{ index: 2, delta: { type: "input_json_delta", partial_json: '{"a":' } },
          },
        ]),
      ),
  },
  {
    name: "Gemini, text",
    contentType: SSE,
    events: (pieces) =>
      data(...pieces.map((text) => gemini({ text }))).map((event) => event.replaceAll("\n", "\r\n")),
  },
  {
    name: "Gemini, parts of one event",
    contentType: SSE,
    events: (pieces) =>
      data({ candidates: [{ content: { parts: pieces.map((text) => ({ text, thought: true })) } }] }),
  },
  {
    name: "Gemini, a JSON array in pieces",
    contentType: "application/json",
    events: (pieces) => {
      const parts = pieces.map((text) => JSON.stringify(gemini({ text }), null, 2));
      return [...parts.map((part, at) => (at === 0 ? `[${part}` : `,\r\n${part}`)), "\n]"];
    },
  },
  {
    name: "Vertex, partial arguments",
    contentType: SSE,
    events: (pieces) =>
      data(
        ...pieces.map((stringValue) =>
          gemini({
            functionCall: { partialArgs: [{ jsonPath: "$.note", stringValue, willContinue: true }] },
          }),
        ),
      ),
  },
  {
    name: "Ollama, text",
    contentType: "application/x-ndjson",
    events: (pieces) =>
      lines(
        ...pieces.map((content) => ({
          model: "qwen3",
          message: { role: "assistant", content },
          done: false,
        })),
        { model: "qwen3", message: { role: "assistant", content: "" }, done: true, eval_count: 4 },
      ),
  },
  {
    name: "Ollama, thinking",
    contentType: "application/x-ndjson",
    events: (pieces) =>
      lines(...pieces.map((thinking) => ({ message: { content: "", thinking }, done: false }))),
  },
  {
    name: "Ollama, generate",
    contentType: "application/x-ndjson",
    events: (pieces) => lines(...pieces.map((response) => ({ response, done: false }))),
  },
  {
    name: "Bedrock converse, text",
    isEncoded: true,
    contentType: "application/vnd.amazon.eventstream",
    events: (pieces) => [
      frame("messageStart", { p: "abcd", role: "assistant" }),
      ...pieces.map((text) =>
        frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text }, p: "abcdef" }),
      ),
      frame("messageStop", { stopReason: "end_turn" }),
    ],
  },
  {
    name: "Bedrock converse, tool input",
    isEncoded: true,
    contentType: "application/vnd.amazon.eventstream",
    events: (pieces) =>
      asArguments(pieces).map((input) =>
        frame("contentBlockDelta", { contentBlockIndex: 1, delta: { toolUse: { input } } }),
      ),
  },
  {
    name: "Bedrock converse, reasoning",
    isEncoded: true,
    contentType: "application/vnd.amazon.eventstream",
    events: (pieces) =>
      pieces.map((text) =>
        frame("contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: { text } } }),
      ),
  },
  {
    name: "Bedrock invoke, text in base64",
    isEncoded: true,
    contentType: "application/vnd.amazon.eventstream",
    events: (pieces) =>
      pieces.map((text) =>
        chunkFrame({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
      ),
  },
  {
    name: "Bedrock invoke, tool input in base64",
    isEncoded: true,
    contentType: "application/vnd.amazon.eventstream",
    events: (pieces) =>
      asArguments(pieces).map((partial_json) =>
        chunkFrame({
          type: "content_block_delta",
          index: 0,
          delta: { type: "input_json_delta", partial_json },
        }),
      ),
  },
  {
    name: "Cohere, text",
    contentType: SSE,
    events: (pieces) =>
      named(
        ...pieces.map((text) => ({
          type: "content-delta",
          ...{ index: 0, delta: { message: { content: { text } } } },
        })),
      ),
  },
  {
    name: "Cohere, tool plan",
    contentType: SSE,
    events: (pieces) =>
      named(
        ...pieces.map((tool_plan) => ({ type: "tool-plan-delta", ...{ delta: { message: { tool_plan } } } })),
      ),
  },
  {
    name: "Cohere, tool arguments",
    contentType: SSE,
    events: (pieces) =>
      named(
        ...asArguments(pieces).map((text) => ({
          type: "tool-call-delta",
          ...{ index: 0, delta: { message: { tool_calls: { function: { arguments: text } } } } },
        })),
      ),
  },
  {
    name: "a UI message stream, tool input of two calls",
    isMixed: true,
    contentType: SSE,
    events: (pieces) =>
      data(
        ...asArguments(pieces).flatMap((inputTextDelta) => [
          { type: "tool-input-delta", toolCallId: "a", inputTextDelta },
          { type: "tool-input-delta", toolCallId: "b", inputTextDelta: "[1," },
        ]),
      ),
  },
  {
    name: "a stream of plain text events",
    contentType: SSE,
    events: (pieces) => pieces.map((piece) => `data: ${piece}\n\n`),
  },
  { name: "a stream of plain text", contentType: "text/plain", events: (pieces) => [...pieces] },
  {
    name: "the AI SDK's data stream",
    isMixed: true,
    contentType: "text/plain; charset=utf-8",
    events: (pieces) => [
      'f:{"messageId":"msg-1"}\n',
      ...pieces.flatMap((piece, at) => [
        `0:${JSON.stringify(piece)}\n`,
        `g:${JSON.stringify(`thought ${at}`)}\n`,
      ]),
      'e:{"finishReason":"stop","usage":{"promptTokens":1,"completionTokens":2}}\n',
    ],
  },
  {
    name: "the AI SDK's data stream, tool arguments",
    contentType: "text/plain; charset=utf-8",
    events: (pieces) => [
      'b:{"toolCallId":"call-1","toolName":"note"}\n',
      ...asArguments(pieces).map(
        (argsTextDelta) => `c:${JSON.stringify({ toolCallId: "call-1", argsTextDelta })}\n`,
      ),
    ],
  },
  {
    name: "lines of JSON behind a word",
    contentType: "text/plain",
    events: (pieces) => pieces.map((text) => `chunk: ${JSON.stringify({ text })}\n`),
  },
];

const percent = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
const inBase64 = (secret: string): string => Buffer.from(`user:${secret}`).toString("base64");

const json: HeaderLines = [["content-type", "application/json; charset=utf-8"]];
const body = (value: unknown): RecordedRequest => requestOf({ headers: json, body: value });
const answer = (value: unknown): RecordedResponse => responseOf([JSON.stringify(value)], json);

export const WHOLE_PLACES: readonly WholePlace[] = [
  {
    name: "a prompt",
    request: (secret) => body({ messages: [{ role: "user", content: `my key is ${secret}.` }] }),
  },
  { name: "an object key", request: (secret) => body({ headers: { [secret]: true } }) },
  {
    name: "tool arguments",
    request: (secret) =>
      body({ tool_calls: [{ function: { arguments: JSON.stringify({ deep: [{ note: secret }] }) } }] }),
  },
  { name: "a secret field", request: (secret) => body({ auth: { access_token: secret } }) },
  {
    name: "a tool's result with a URL",
    request: (secret) =>
      body({ output: `see https://x.test/?access_token=${encodeURIComponent(secret)}&alt=sse` }),
  },
  {
    name: "a file in a data URL",
    isEncoded: true,
    request: (secret) =>
      body({
        file_data: `data:text/plain;base64,${Buffer.from(`# notes\nuse ${secret}, it works\n`).toString("base64")}`,
      }),
  },
  {
    name: "a file in base64",
    isEncoded: true,
    request: (secret) =>
      body({
        inlineData: { data: Buffer.from(`{"note":"${encodeURIComponent(secret)}"}`).toString("base64url") },
      }),
  },
  {
    name: "the query",
    request: (secret) => requestOf({ url: `https://x.test/v1/m?alt=sse&key=${encodeURIComponent(secret)}` }),
  },
  {
    name: "a query of another name",
    request: (secret) => requestOf({ url: `https://x.test/v1/m?q=${encodeURIComponent(secret)}&alt=sse` }),
  },
  {
    name: "the path",
    request: (secret) => requestOf({ url: `https://x.test/hooks/${encodeURIComponent(secret)}/run` }),
  },
  {
    name: "a header that is kept",
    request: (secret) =>
      requestOf({ headers: [["anthropic-beta", `a,${Buffer.from(secret).toString("latin1")}`]] }),
  },
  {
    name: "a header that is not",
    request: (secret) =>
      requestOf({
        headers: [
          ["x-whatever", secret],
          ["authorization", `Bearer ${secret}`],
        ],
      }),
  },
  {
    name: "a form",
    request: (secret) =>
      requestOf({
        headers: [["content-type", "application/x-www-form-urlencoded"]],
        body: new URLSearchParams({ grant_type: "x", note: secret }).toString(),
      }),
  },
  {
    name: "a multipart file",
    request: (secret) =>
      requestOf({
        headers: [["content-type", "multipart/form-data; boundary=b1"]],
        body: `--b1\r\ncontent-disposition: form-data; name="file"; filename="a.env"\r\n\r\nKEY=${secret}\r\n--b1--\r\n`,
      }),
  },
  {
    name: "the name of a file",
    isEncoded: true,
    request: (secret) =>
      requestOf({
        headers: [["content-type", "multipart/form-data; boundary=b1"]],
        body: `--b1\r\ncontent-disposition: form-data; name="file"; filename*=UTF-8''${percent(secret)}.txt\r\n\r\nhi\r\n--b1--\r\n`,
      }),
  },
  {
    name: "the head of a part",
    request: (secret) =>
      requestOf({
        headers: [["content-type", "multipart/mixed; boundary=b1"]],
        body: `--b1\r\ncontent-type: application/http\r\nx-api-key: ${Buffer.from(secret).toString("base64")}\r\n\r\nGET /\r\n--b1--\r\n`,
      }),
  },
  {
    name: "a part that is encoded",
    isEncoded: true,
    request: (secret) =>
      requestOf({
        headers: [["content-type", "multipart/form-data; boundary=b1"]],
        body: `--b1\r\ncontent-disposition: form-data; name="a"\r\ncontent-transfer-encoding: base64\r\n\r\n${inBase64(secret)}\r\n--b1--\r\n`,
      }),
  },
  {
    name: "a URL in a prompt, every letter encoded",
    isEncoded: true,
    request: (secret) => body({ content: `look at https://x.test/${percent(secret)}/a and tell` }),
  },
  {
    name: "a URL within a URL",
    isEncoded: true,
    request: (secret) =>
      requestOf({
        url: `https://x.test/?next=${encodeURIComponent(`https://y.test/${percent(secret)}`)}`,
      }),
  },
  {
    name: "JSON in the query",
    request: (secret) =>
      requestOf({ url: `https://x.test/?q=${encodeURIComponent(JSON.stringify({ a: secret }))}` }),
  },
  {
    name: "base64 in the query",
    isEncoded: true,
    request: (secret) => requestOf({ url: `https://x.test/?state=${encodeURIComponent(inBase64(secret))}` }),
  },
  {
    name: "base64 in the path",
    isEncoded: true,
    request: (secret) =>
      requestOf({ url: `https://x.test/a/${inBase64(secret).replaceAll("+", "-").replaceAll("/", "_")}/b` }),
  },
  {
    name: "an object key in base64",
    isEncoded: true,
    request: (secret) => body({ seen: { [inBase64(secret)]: 1 } }),
  },
  {
    name: "the name of a field of a form",
    request: (secret) =>
      requestOf({
        headers: [["content-type", "application/x-www-form-urlencoded"]],
        body: `a=b&${percent(secret)}=1`,
      }),
  },
  {
    name: "a compressed request with a URL",
    isEncoded: true,
    request: (secret) =>
      requestOf({
        headers: [...json, ["content-encoding", "gzip"]],
        body: gzipSync(JSON.stringify({ input: `https://x.test/${percent(secret)}` })),
      }),
  },
  {
    name: "a compressed request",
    request: (secret) =>
      requestOf({
        headers: [...json, ["content-encoding", "gzip"]],
        body: gzipSync(JSON.stringify({ input: secret })),
      }),
  },
  {
    name: "an answer",
    response: (secret) =>
      answer({ choices: [{ message: { role: "assistant", content: `It is ${secret}` } }] }),
  },
  {
    name: "an answer with every letter escaped",
    response: (secret) =>
      responseOf(
        [
          `{"text":"${Array.from(secret, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"}`,
        ],
        json,
      ),
  },
  {
    name: "an answer that escapes slashes",
    response: (secret) => responseOf([JSON.stringify({ text: secret }).replaceAll("/", "\\/")], json),
  },
  {
    name: "source code in an answer",
    isEncoded: true,
    response: (secret) =>
      answer({
        text: `const key = "\\u${secret.charCodeAt(0).toString(16).padStart(4, "0")}${secret.slice(1).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}";`,
      }),
  },
  {
    name: "an error",
    response: (secret) =>
      responseOf(
        [JSON.stringify({ error: { message: `Incorrect API key provided: ${secret}.` } }, null, 2)],
        [["content-type", "text/event-stream"]],
      ),
  },
  {
    name: "an error in a field that is no part of SSE",
    response: (secret) => responseOf([`error: ${JSON.stringify({ message: secret })}\n\n`]),
  },
  {
    name: "base64 between the words of an answer",
    isEncoded: true,
    response: (secret) => answer({ error: `not allowed: Basic ${inBase64(secret)}, sorry` }),
  },
  {
    name: "base64 on a page",
    isEncoded: true,
    response: (secret) => responseOf([`<p>${inBase64(secret)}</p>`], [["content-type", "text/html"]]),
  },
  {
    name: "base64 in the id of an event",
    isEncoded: true,
    response: (secret) => responseOf([`id: ${inBase64(secret)}\ndata: {"a":1}\n\n`]),
  },
  {
    name: "base64 in a header of the response",
    isEncoded: true,
    response: (secret) => responseOf(["{}"], [["x-debug", `cursor=${inBase64(secret)};`]]),
  },
  {
    name: "a message of the connection, in base64",
    isEncoded: true,
    response: (secret) =>
      responseOf([], [], { end: "reset", error: { code: "X", message: `refused ${inBase64(secret)}` } }),
  },
  { name: "a comment of a stream", response: (secret) => responseOf([`: debug ${secret}\n\ndata: {}\n\n`]) },
  {
    name: "a header of the response",
    response: (secret) => responseOf(["{}"], [["x-debug", `key=${Buffer.from(secret).toString("latin1")};`]]),
  },
  {
    name: "a redirect",
    response: (secret) =>
      responseOf(
        [""],
        [["location", `https://x.test/cb?code_verifier=1&id_token=${encodeURIComponent(secret)}`]],
      ),
  },
  {
    name: "a message of the connection",
    response: (secret) =>
      responseOf([], [], { end: "reset", error: { code: "X", message: `cannot reach ${secret}` } }),
  },
];
