import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Interaction } from "../../src/cassette/model.ts";
import { readRecording } from "../../src/importers/read-recording.ts";

const SSE = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n';
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
const URL = "https://api.openai.com/v1/chat/completions";
const ASKED = '{"model":"gpt-5-mini","messages":[{"role":"user","content":"Hi?"}]}';

function first(content: unknown): Interaction {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return readRecording(text, "sample").interactions[0] as Interaction;
}

const bodyOf = ({ response }: Interaction): string => Buffer.concat(response.chunks).toString("latin1");

const harEntry = (response: object, more: object = {}): object => ({
  log: {
    creator: { name: "WebInspector", version: "1" },
    entries: [
      {
        startedDateTime: "2026-11-20T07:00:00.000Z",
        time: 500,
        timings: { send: 1, wait: 299, receive: 200 },
        request: {
          method: "POST",
          url: URL,
          headers: [
            { name: ":authority", value: "api.openai.com" },
            { name: "content-type", value: "application/json" },
          ],
          postData: { mimeType: "application/json", text: ASKED },
        },
        response: {
          status: 200,
          statusText: "OK",
          headers: [{ name: "content-type", value: "text/event-stream" }],
          ...response,
        },
        ...more,
      },
    ],
  },
});

/** The same exchange as each tool keeps it. */
const STREAMS: Readonly<Record<string, string | object>> = {
  HAR: harEntry({ content: { text: SSE, mimeType: "text/event-stream" } }),
  nock: [
    {
      scope: "https://api.openai.com:443",
      method: "POST",
      path: "/v1/chat/completions",
      body: JSON.parse(ASKED),
      status: 200,
      response: SSE,
      rawHeaders: ["Content-Type", "text/event-stream"],
      responseIsBinary: false,
    },
  ],
  "vcr-test": `- request:
    url: ${URL}
    method: POST
    headers: { content-type: application/json }
    body: '${ASKED}'
  response:
    status: 200
    statusText: OK
    headers: { content-type: text/event-stream }
    body: ${JSON.stringify(SSE)}
`,
  "VCR.py": `interactions:
- request:
    body: '${ASKED}'
    headers: { content-type: [application/json] }
    method: POST
    uri: ${URL}
  response:
    body: { string: ${JSON.stringify(SSE)} }
    headers: { content-type: [text/event-stream] }
    status: { code: 200, message: OK }
version: 1
`,
  VCR: `---
http_interactions:
- request:
    method: post
    uri: ${URL}
    body: { encoding: UTF-8, string: '${ASKED}' }
    headers: { Content-Type: [application/json] }
  response:
    status: { code: 200, message: OK }
    headers: { Content-Type: [text/event-stream] }
    body: { encoding: UTF-8, string: ${JSON.stringify(SSE)} }
  recorded_at: Fri, 20 Nov 2026 07:00:00 GMT
recorded_with: VCR 6.3.1
`,
  cassetter: `version: 1
interactions:
  - request:
      method: POST
      uri: ${URL}
      headers: { content-type: [application/json] }
      body: { type: json, content: ${ASKED} }
    response:
      status: 200
      headers: { content-type: [text/event-stream] }
      body: { type: text, content: ${JSON.stringify(SSE)} }
    recorded_at: '2026-11-20T07:00:00Z'
`,
};

describe.each(Object.entries(STREAMS))("a recording of %s", (from, content) => {
  test("keeps the request, and each event of the stream as a chunk", () => {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    const imported = readRecording(text, "sample");
    expect(imported.from).toBe(from);
    const interaction = first(content);
    expect(interaction.request).toMatchObject({ method: "POST", url: URL });
    expect(JSON.parse(Buffer.from(interaction.request.body ?? []).toString())).toEqual(JSON.parse(ASKED));
    expect(interaction.response).toMatchObject({ status: 200, end: "complete" });
    expect(interaction.response.chunks.map((chunk) => Buffer.from(chunk).toString())).toEqual(
      SSE.split(/(?<=\n\n)/),
    );
  });
});

describe("bodies", () => {
  const compressed = gzipSync('{"ok":true}');

  test.each([
    ["HAR, base64", harEntry({ headers: [], content: { text: PNG.toString("base64"), encoding: "base64" } })],
    [
      "nock, hexadecimal",
      [
        {
          scope: "https://a.test",
          path: "/",
          status: 200,
          response: PNG.toString("hex"),
          responseIsBinary: true,
        },
      ],
    ],
    [
      "VCR.py, !!binary",
      `version: 1\ninteractions:\n- request: { method: GET, uri: https://a.test/ }\n  response: { status: { code: 200 }, headers: {}, body: { string: !!binary ${PNG.toString("base64")} } }\n`,
    ],
    [
      "VCR, base64_string",
      `http_interactions:\n- request: { method: get, uri: https://a.test/ }\n  response: { status: { code: 200 }, headers: {}, body: { base64_string: "${PNG.toString("base64")}" } }\n`,
    ],
    [
      "vcr-test, an image",
      `- request: { url: https://a.test/, method: GET }\n  response: { status: 200, headers: { content-type: image/png }, body: ${PNG.toString("base64")} }\n`,
    ],
    [
      "cassetter, binary",
      `version: 1\ninteractions:\n- request: { method: GET, uri: https://a.test/ }\n  response: { status: 200, headers: {}, body: { type: binary, content: "${PNG.toString("hex")}" } }\n`,
    ],
  ])("that are binary are kept byte for byte: %s", (_, content) => {
    expect(bodyOf(first(content))).toBe(PNG.toString("latin1"));
  });

  test.each([
    ["still compressed", { text: compressed.toString("base64"), encoding: "base64" }],
    ["decoded already", { text: '{"ok":true}' }],
  ])("with a content-encoding are decoded, whether they were %s", (_, content) => {
    const interaction = first(harEntry({ headers: [{ name: "content-encoding", value: "gzip" }], content }));
    expect(bodyOf(interaction)).toBe('{"ok":true}');
    expect(interaction.response.decoded).toBe(true);
  });

  test("of Polly.js in pieces are put together", () => {
    const text = JSON.stringify([
      compressed.toString("hex").slice(0, 20),
      compressed.toString("hex").slice(20),
    ]);
    const headers = [{ name: "content-encoding", value: "gzip" }];
    expect(bodyOf(first(harEntry({ headers, content: { text, _isBinary: true } })))).toBe('{"ok":true}');
  });

  test("that a HAR was exported without are named", () => {
    const { notes } = readRecording(JSON.stringify(harEntry({ content: { size: 12 } })), "sample");
    expect(notes.join()).toContain("HAR with content");
  });
});

test("a HAR keeps how long a response took", () => {
  const { timing } = first(harEntry({ content: { text: SSE } })).response;
  expect(timing).toEqual({ headers: 300, chunks: [300, 500] });
});

test("fixtures of aimock become answers of the chat API, and say that they have no requests", () => {
  const { interactions, notes } = readRecording(
    JSON.stringify({
      fixtures: [
        {
          match: { userMessage: "weather" },
          response: { toolCalls: [{ name: "weather", arguments: { city: "Oslo" } }] },
        },
        { match: { userMessage: "hello" }, response: { content: "Hi" } },
        { match: { inputText: "x" }, response: { embedding: [1] } },
      ],
    }),
    "sample",
  );
  expect(interactions.map((each) => JSON.parse(bodyOf(each)).choices[0].message)).toMatchObject([
    { content: null, tool_calls: [{ function: { name: "weather", arguments: '{"city":"Oslo"}' } }] },
    { content: "Hi" },
  ]);
  expect(notes.join()).toMatch(/hold no requests.*1 fixtures are no chat answers/);
});

test.each(["", "{}", "[]", "just text", "a: [", '{"log":1}'])(
  "%j is no recording of a known tool",
  (text) => {
    expect(() => readRecording(text, "sample")).toThrow(
      expect.objectContaining({ code: "CASSETTE_IMPORT_UNKNOWN" }),
    );
  },
);
