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
          headers: [
            { name: ":status", value: "200" },
            { name: "content-type", value: "text/event-stream" },
            { name: "Transfer-Encoding", value: "chunked" },
          ],
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
      reqheaders: { "content-type": "application/json" },
      status: 200,
      response: SSE,
      rawHeaders: ["Content-Type", "text/event-stream", "Transfer-Encoding", "chunked"],
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
    headers: { Content-Type: [text/event-stream], Connection: [keep-alive] }
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
    const { request, response } = first(content);
    const inLowerCase = (headers: typeof request.headers) =>
      headers.map(([name, value]) => [name.toLowerCase(), value]);
    expect(request).toMatchObject({ method: "POST", url: URL });
    expect(inLowerCase(request.headers)).toEqual([["content-type", "application/json"]]);
    expect(JSON.parse(Buffer.from(request.body ?? []).toString())).toEqual(JSON.parse(ASKED));
    // nock and cassetter keep no status text.
    expect(response).toMatchObject({
      status: 200,
      statusText: /nock|cassetter/.test(from) ? "" : "OK",
      end: "complete",
    });
    // What describes the bytes on the wire would be wrong.
    expect(inLowerCase(response.headers)).toEqual([["content-type", "text/event-stream"]]);
    expect(response.chunks.map((chunk) => Buffer.from(chunk).toString())).toEqual(SSE.split(/(?<=\n\n)/));
  });
});

const NOCK = { scope: "https://a.test:443", path: "/", status: 200, response: "" };

const harRequest = (postData: object | undefined): object =>
  harEntry({ content: {} }, { request: { method: "PUT", url: "https://a.test/", headers: [], postData } });

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

  test("of Polly.js are known by the name of their tool", () => {
    const har = { log: { creator: { name: "Polly.JS", version: "6" }, entries: [] } };
    expect(readRecording(JSON.stringify(har), "sample").from).toBe("Polly.js");
  });

  test.each([
    ["HAR, a form", harRequest({ params: [{ name: "a", value: "1 2" }] }), "a=1+2"],
    ["HAR, base64", harRequest({ text: PNG.toString("base64"), encoding: "base64" }), PNG.toString("latin1")],
    ["HAR, none", harRequest(undefined), undefined],
    [
      "nock, hexadecimal",
      [{ ...NOCK, body: PNG.toString("hex"), bodyIsBinary: true }],
      PNG.toString("latin1"),
    ],
    ["nock, in pieces", [{ ...NOCK, body: [PNG.toString("hex")] }], PNG.toString("latin1")],
    ["nock, a list that is JSON", [{ ...NOCK, body: ["not", "bytes"] }], '["not","bytes"]'],
    ["nock, text that looks like bytes", [{ ...NOCK, body: "cafe" }], "cafe"],
    ["nock, none", [{ ...NOCK, body: "" }], undefined],
  ])("of requests are kept: %s", (_, content, expected) => {
    const { body } = first(content).request;
    expect(body && Buffer.from(body).toString("latin1")).toBe(expected);
  });

  test("of responses in pieces are put together: nock's of compressed bytes, Polly's in base64", () => {
    const hex = compressed.toString("hex");
    const rawHeaders = ["content-encoding", "gzip"];
    expect(bodyOf(first([{ ...NOCK, response: [hex.slice(0, 8), hex.slice(8)], rawHeaders }]))).toBe(
      '{"ok":true}',
    );
    const text = JSON.stringify([PNG.subarray(0, 2).toString("base64"), PNG.subarray(2).toString("base64")]);
    const polly = harEntry({ headers: [], content: { text, encoding: "base64" } });
    expect(bodyOf(first(polly))).toBe(PNG.toString("latin1"));
  });

  test("that a HAR was exported without are named", () => {
    const { notes } = readRecording(JSON.stringify(harEntry({ content: { size: 12 } })), "sample");
    expect(notes.join()).toContain("HAR with content");
  });
});

test("a HAR keeps how long a response took, if it says so", () => {
  const timing = (more: object) => first(harEntry({ content: { text: SSE } }, more)).response.timing;
  expect(timing({})).toEqual({ headers: 300, chunks: [300, 500] });
  expect(timing({ time: -1 })).toBeUndefined();
  expect(timing({ time: 0 })).toBeUndefined();
  const whole = harEntry({ headers: [], content: { text: "{}" } });
  expect(first(whole).response.timing).toEqual({ headers: 300, chunks: [500] });
  // What it does not say is no measurement.
  const notes = (content: object): string => readRecording(JSON.stringify(content), "sample").notes.join();
  expect(notes(harEntry({ content: { text: SSE } }))).toContain("those of 1 stream are spread evenly");
  expect(notes(whole)).toBe("");
});

test("recordings keep the time between requests", () => {
  const [entry, later] = ["07:00:00.000", "07:00:01.500"].map((time) => ({
    startedDateTime: `2026-11-20T${time}Z`,
    request: { method: "GET", url: "https://a.test/" },
    response: { status: 200 },
  }));
  const har = JSON.stringify({ log: { entries: [entry, later, { ...later, startedDateTime: "" }] } });
  const vcr = `http_interactions:
- { request: { method: get, uri: "https://a.test/" }, response: {}, recorded_at: "Fri, 20 Nov 2026 07:00:00 GMT" }
- { request: { method: get, uri: "https://a.test/" }, response: {}, recorded_at: "Fri, 20 Nov 2026 07:00:03 GMT" }
`;
  const times = (text: string) => readRecording(text, "sample").interactions.map(({ at }) => at);
  expect([times(har), times(vcr)]).toEqual([
    [0, 1_500, 0],
    [0, 3_000],
  ]);
});

test("a HAR's requests without a response are left out, and the file says so", () => {
  const { interactions, notes } = readRecording(
    JSON.stringify({ log: { entries: [{ request: { method: "GET" }, response: { status: 0 } }] } }),
    "sample",
  );
  expect([interactions, notes]).toEqual([[], ["1 of the requests have no response and were left out."]]);
});

test("headers with several values are as many lines, whatever the tool calls them", () => {
  const headers = { "x-one": "1", "x-two": ["2", "3"] };
  const lines = [
    ["x-one", "1"],
    ["x-two", "2"],
    ["x-two", "3"],
  ];
  expect(first([{ ...NOCK, headers }]).response.headers).toEqual(lines);
  const vcr = { version: 1, interactions: [{ request: { uri: "https://a.test/" }, response: { headers } }] };
  expect(first(vcr).response.headers).toEqual(lines);
});

test("features without a counterpart are reported", () => {
  const notes = (content: object) => readRecording(JSON.stringify(content), "sample").notes.join();
  expect(notes([{ ...NOCK, filteringPath: "x" }])).toContain("match.normalize");
  expect(notes([NOCK])).toBe("");
  const cassetter = { version: 1, interactions: [], grpc_interactions: [{}], ws_interactions: [{}] };
  expect(notes(cassetter)).toBe("2 gRPC and WebSocket interactions were left out.");
});

test("methods are in upper case, and GET if a tool leaves them out", () => {
  expect(first([NOCK]).request.method).toBe("GET");
  // Old versions of VCR keep a symbol.
  const old = `http_interactions:\n- { request: { method: :put, uri: "https://a.test/" }, response: {} }\n`;
  expect(first(old).request.method).toBe("PUT");
  expect(first(harRequest({ text: "x" })).request.method).toBe("PUT");
});

test("fixtures of aimock become answers of the chat API, and say that they have no requests", () => {
  const weather = { name: "weather", arguments: { city: "Oslo" } };
  const { interactions, notes } = readRecording(
    JSON.stringify({
      fixtures: [
        { match: { userMessage: "weather", model: "gpt-5" }, response: { toolCalls: [weather] } },
        {
          match: { userMessage: "id" },
          response: { content: "", toolCalls: [{ ...weather, id: "call_x", arguments: "{}" }] },
        },
        { match: { userMessage: "hello" }, response: { content: "Hi" } },
        { match: { userMessage: "limit" }, response: { error: { message: "Slow down" }, status: 429 } },
        { match: { userMessage: "fail" }, response: { error: { message: "Broken" } } },
        { match: { inputText: "x" }, response: { embedding: [1] } },
      ],
    }),
    "sample",
  );
  const tool = (id: string, text: string) => [
    { id, type: "function", function: { name: "weather", arguments: text } },
  ];
  const answered = interactions.map(({ request, response }) => [
    JSON.parse(Buffer.from(request.body ?? []).toString()),
    response.status,
    JSON.parse(Buffer.concat(response.chunks).toString()),
  ]);
  const asked = (content: string) => ({ messages: [{ role: "user", content }] });
  const answer = (content: string | null, more: object = {}, finish = "stop") => ({
    choices: [{ index: 0, message: { role: "assistant", content, ...more }, finish_reason: finish }],
  });
  expect(answered).toMatchObject([
    [
      { model: "gpt-5", ...asked("weather") },
      200,
      answer(null, { tool_calls: tool("call_1_1", '{"city":"Oslo"}') }, "tool_calls"),
    ],
    [asked("id"), 200, answer("", { tool_calls: tool("call_x", "{}") }, "tool_calls")],
    [asked("hello"), 200, answer("Hi")],
    [asked("limit"), 429, { error: { message: "Slow down" } }],
    [asked("fail"), 500, { error: { message: "Broken" } }],
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
