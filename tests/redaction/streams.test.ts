import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { expect, test } from "vitest";
import { CANARIES, CANARY_ENV, PRIVATE_KEY } from "./secrets.ts";
import {
  ANTHROPIC_KEY,
  cutAt,
  GOOGLE_KEY,
  OPENAI_KEY,
  redactorOf,
  requestOf,
  responseOf,
  sse,
  textOf,
} from "./support.ts";
import { STREAM_PLACES } from "./traffic.ts";

const redact = (chunks: readonly (string | Uint8Array)[], headers?: [string, string][], rest = {}) =>
  redactorOf().redactResponse(responseOf(chunks, headers, rest));
const _events = (name: string, ...pieces: readonly string[]): (string | Uint8Array)[] => [
  ...(STREAM_PLACES.find((place) => place.name === name)?.events(pieces) ?? []),
];

test("times, the ending and the number of chunks stay as they were", () => {
  const timing = { headers: 1, chunks: [2, 3.5, 7] };
  const redacted = redact(cutAt(Buffer.from(sse({ delta: OPENAI_KEY })), 40, 41), undefined, {
    timing,
    end: "aborted",
  });
  expect(redacted).toMatchObject({ timing, end: "aborted" });
  expect(redacted.chunks).toHaveLength(3);
  expect(textOf(redacted)).toBe(sse({ delta: "<redacted:openai-key>" }));
});

test("a boundary outside the replaced text keeps its place", () => {
  const text = `${sse({ delta: "one ä" })}${sse({ delta: OPENAI_KEY })}${sse({ delta: " two" })}`;
  const bytes = Buffer.from(text);
  const last = bytes.length - 5;
  const redacted = redact(cutAt(bytes, 9, 30, last));
  expect(redacted.chunks.map((chunk) => chunk.length)).toEqual([9, 21, expect.any(Number), 5]);
});

test("a stated length goes with the body", () => {
  const body = JSON.stringify({ key: OPENAI_KEY });
  const redacted = redact([body], [["Content-Length", String(body.length)]]);
  expect(redacted.headers).toEqual([["Content-Length", String(Buffer.concat(redacted.chunks).length)]]);
});

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
] as const)("a body in %s is kept as it is without a secret, and decoded with one", (coding, encode) => {
  const headers: [string, string][] = [["Content-Encoding", coding]];
  const clean = responseOf([encode(sse({ delta: "hello" }))], headers);
  expect(redactorOf().redactResponse(clean)).toBe(clean);

  const encoded = encode(`${sse({ delta: "so" })}${sse({ delta: OPENAI_KEY })}`);
  const redacted = redact(cutAt(encoded, 20, 40), headers);
  expect(redacted.decoded).toBe(true);
  expect(redacted.chunks).toHaveLength(3);
  expect(textOf(redacted)).toBe(`${sse({ delta: "so" })}${sse({ delta: "<redacted:openai-key>" })}`);
});

test("a compressed body that was cut is searched as far as it goes", () => {
  const encoded = gzipSync(sse({ delta: OPENAI_KEY }) + sse({ delta: "x".repeat(500) }), { level: 0 });
  const redacted = redact([encoded.subarray(0, 400)], [["content-encoding", "gzip"]], { end: "aborted" });
  expect(textOf(redacted)).toContain("<redacted:openai-key>");
  expect(textOf(redacted)).not.toContain(OPENAI_KEY.slice(0, 20));
});

test("a body that only claims to be compressed is searched unchanged", () => {
  expect(textOf(redact([`key ${OPENAI_KEY}`], [["content-encoding", "gzip"]]))).toBe(
    "key <redacted:openai-key>",
  );
});

test("a compressed request with a secret is kept decoded, without its coding", () => {
  const body = gzipSync(JSON.stringify({ input: OPENAI_KEY }));
  const { headers, body: redacted } = redactorOf().redactRequest(
    requestOf({
      headers: [
        ["content-encoding", "gzip"],
        ["content-type", "application/json"],
      ],
      body,
    }),
  );
  expect(headers).toEqual([["content-type", "application/json"]]);
  expect(Buffer.from(redacted ?? []).toString()).toBe('{"input":"<redacted:openai-key>"}');
  expect(() => gunzipSync(redacted ?? new Uint8Array())).toThrow();
});

test.each([0.3, 0.5, 0.9])("of a key that the end of a stream cuts off (%d) nothing is left", (share) => {
  const env = { APP_TOKEN: "0paque-Value-of-the-app-77" };
  for (const secret of [OPENAI_KEY, ANTHROPIC_KEY, env.APP_TOKEN]) {
    const part = secret.slice(0, Math.max(Math.floor(secret.length * share), 16));
    const [half, rest] = [part.slice(0, 7), part.slice(7)];
    for (const chunks of [
      [sse({ delta: "is " }, { delta: half }, { delta: rest })],
      [sse({ delta: `is ${part}` })],
      [JSON.stringify({ choices: [{ message: { content: `is ${part}` }, finish_reason: "length" }] })],
      [`data: {"delta":"is ${part}`],
      [`it is ${part}`],
    ]) {
      const redacted = redactorOf({}, env).redactResponse(responseOf(chunks, [], { end: "truncated" }));
      expect(textOf(redacted)).not.toContain(rest);
      expect(textOf(redacted)).toContain("<redacted:");
    }
  }
});

test("no part of any key is left if the first event is the last", () => {
  for (const { name, secret } of CANARIES) {
    const part = secret.slice(0, Math.max(secret.length >> 1, 24));
    const response = responseOf([sse({ delta: `is ${part}` })], [], { end: "reset" });
    const text = textOf(redactorOf({}, CANARY_ENV).redactResponse(response));
    expect(text, name).toContain("<redacted:");
    expect(text.includes(JSON.stringify(part.slice(8)).slice(1, -1)), name).toBe(false);
  }
});

test("a private key goes as a whole, in a string, in a file and in pieces", () => {
  const service = { type: "service_account", note: PRIVATE_KEY, private_key_id: "1f" };
  expect(JSON.parse(textOf(redact([JSON.stringify(service)])))).toEqual({
    ...service,
    note: "<redacted:private-key>\n",
  });
  expect(textOf(redact([`a\n${PRIVATE_KEY}b`]))).toBe("a\n<redacted:private-key>\nb");
  const pieces = PRIVATE_KEY.match(/[\s\S]{1,7}/g)?.map((delta) => ({ delta })) ?? [];
  const redacted = textOf(redact([sse(...pieces)]));
  const joined = redacted
    .match(/"delta":"(.*?)"/g)
    ?.map((field) => JSON.parse(`{${field}}`).delta)
    .join("");
  expect(joined).toBe("<redacted:private-key>\n");
});

test("invalid UTF-8 around a secret keeps its bytes", () => {
  const body = Buffer.concat([
    Buffer.from([0xc3, 0x28]),
    Buffer.from(` ${OPENAI_KEY} `),
    Buffer.from([0xff]),
  ]);
  const redacted = Buffer.concat(redact([body]).chunks);
  expect(redacted.toString("latin1")).toBe("\xc3\x28 <redacted:openai-key> \xff");
});

test("an array in pieces, comments, line ends and blanks keep their form around a secret", () => {
  const text = `[{\r\n  "text" : "${OPENAI_KEY}" ,\t"n":1.0 }\r\n,\r\n{"text":"\\u00e4"}  ]\n`;
  expect(textOf(redact([text]))).toBe(text.replace(OPENAI_KEY, "<redacted:openai-key>"));
  const stream = `\uFEFF: hi\r\nid: 1\r\ndata:{"a":"${OPENAI_KEY}"  }\r\rdata: [DONE]`;
  expect(textOf(redact([stream]))).toBe(stream.replace(OPENAI_KEY, "<redacted:openai-key>"));
});

test("data that an event has over several lines is read as one", () => {
  const redacted = textOf(redact([`data: {"a":\ndata: "x", "api_key":\ndata: "opaque-1"}\n\n`]));
  expect(redacted).toBe(`data: {"a":\ndata: "x", "api_key":\ndata: "<redacted:api-key>"}\n\n`);
});

test("of an array that was cut, the pieces are put together as those of a whole one", () => {
  const piece = (text: string): string => JSON.stringify({ parts: [{ text }] }, null, 2);
  const chunks = [
    `[${piece(`is ${OPENAI_KEY.slice(0, 40)}`)}`,
    `,\r\n${piece(`${OPENAI_KEY.slice(40)} ok`)}`,
    ',\r\n{\n  "par',
  ];
  const response = responseOf(chunks, [["content-type", "application/json"]], { end: "aborted" });
  const redacted = redactorOf().redactResponse(response);
  expect(redacted.chunks.map((chunk) => Buffer.from(chunk).toString())).toEqual([
    `[${piece("is <redacted:openai-key>")}`,
    `,\r\n${piece(" ok")}`,
    chunks[2],
  ]);
});

test("secret fields in the arguments of a tool are found though the arguments come in pieces", () => {
  const pieces = ['{"user":"ana","pass', 'word":"opa', 'que-1","n":1}'];
  const redacted = textOf(redact([sse(...pieces.map((delta) => ({ delta })))]));
  expect(redacted).toBe(
    sse({ delta: '{"user":"ana","pass' }, { delta: 'word":"<redacted:password>' }, { delta: '","n":1}' }),
  );
});

test("a known value ends where it ends, whatever the next event says", () => {
  const redactor = redactorOf({}, { OPENAI_API_KEY: OPENAI_KEY });
  const response = responseOf([sse({ delta: OPENAI_KEY }, { delta: "two" })]);
  expect(textOf(redactor.redactResponse(response))).toBe(
    sse({ delta: "<redacted:openai-key>" }, { delta: "two" }),
  );
});

test("of two messages in a request the second loses nothing to a key at the end of the first", () => {
  const messages = [{ content: `my key is ${OPENAI_KEY}` }, { content: "Thanks" }];
  const redacted = redactorOf().redactRequest(requestOf({ body: { messages } }));
  expect(JSON.parse(textOf(redacted)).messages).toEqual([
    { content: "my key is <redacted:openai-key>" },
    { content: "Thanks" },
  ]);
});

test("an answer that is repeated from its beginning with every event holds no beginning of a key", () => {
  const env = { APP_TOKEN: "0paque-Value-of-the-app-77" };
  for (const secret of [OPENAI_KEY, GOOGLE_KEY, env.APP_TOKEN]) {
    const events = Array.from({ length: secret.length }, (_, index) => ({
      choices: [
        {
          message: { content: `The key is ${secret.slice(0, index + 1)}` },
          delta: { content: secret[index] },
        },
      ],
    }));
    const redacted = textOf(redactorOf({}, env).redactResponse(responseOf([sse(...events)])));
    expect(redacted).not.toContain(secret.slice(0, 20));
    expect(new Set(redacted.match(/<redacted[^>]*>/g)).size).toBe(1);
  }
});

test("text that only begins like a key stays", () => {
  const texts = [
    "model xai-grok-2-1212",
    "sk-learn-0.24.1-compat",
    "ASIA-2024-report-1",
    "npm_lifecycle_event",
    "my ghp_ token",
  ];
  const response = responseOf([sse(...texts.map((text) => ({ delta: text })), { delta: "xai-grok-2-1212" })]);
  expect(redactorOf().redactResponse(response)).toBe(response);
});
