import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { RecordedRequest, RecordedResponse } from "../../src/cassette/model.ts";
import { encodeEventStreamMessage } from "../../src/streams/event-stream-message.ts";
import { startCpuTimer } from "../support/cpu-timer.ts";
import { OPENAI_KEY, redactorOf, refusal, requestOf, responseOf, sse } from "./support.ts";
import { STREAM_PLACES } from "./traffic.ts";

const SECRET = "opaque-Value-0815-of-an-app";
const ENV = { APP_SECRET: SECRET };

const answer = (body: string | Uint8Array, type = "application/json"): { response: RecordedResponse } => ({
  response: responseOf([body], [["content-type", type]]),
});
const typesOf = (part: { request?: RecordedRequest; response?: RecordedResponse }): readonly string[] =>
  refusal(redactorOf({}, ENV), part).map(({ type }) => type);

const wrapped = (bytes: Uint8Array, feed: string): string =>
  (
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,76}/g) ?? []
  ).join(feed);
const text = (secret: string): Buffer =>
  Buffer.from(`the key is ${secret}, and so on and on ${"more ".repeat(30)}`);
const utf16be = (plain: string): Buffer => Buffer.from(plain, "utf16le").swap16();

/** Ways to write a secret that nobody reads without a tool. */
const ENCODINGS: Readonly<Record<string, (secret: string) => string>> = {
  base64: (secret) => text(secret).toString("base64"),
  "base64 for URLs": (secret) => text(secret).toString("base64url"),
  "base64 in lines of 76": (secret) => wrapped(text(secret), "\r\n"),
  "base64 in base64": (secret) => Buffer.from(text(secret).toString("base64")).toString("base64"),
  "base64 of data": (secret) =>
    Buffer.concat([Buffer.from([0xff, 0, 0xfe]), text(secret)]).toString("base64"),
  "gzip in base64": (secret) => gzipSync(text(secret)).toString("base64"),
  "deflate in base64": (secret) => deflateSync(text(secret)).toString("base64"),
  "raw deflate in base64": (secret) => deflateRawSync(text(secret)).toString("base64"),
  "brotli in base64": (secret) => brotliCompressSync(text(secret)).toString("base64"),
  "gzip in base64 in lines": (secret) =>
    wrapped(gzipSync(Buffer.concat([text(secret), Buffer.from(OPENAI_KEY)])), "\n"),
  "UTF-16LE in base64": (secret) => Buffer.from(`key ${secret}`, "utf16le").toString("base64"),
  "UTF-16BE in base64": (secret) => utf16be(`key ${secret}`).toString("base64"),
  hexadecimal: (secret) => text(secret).toString("hex"),
  "HTML entities": (secret) => Array.from(secret, (char) => `&#${char.charCodeAt(0)};`).join(""),
  "HTML entities in hexadecimal": (secret) =>
    Array.from(secret, (char) => `&#x${char.charCodeAt(0).toString(16)};`).join(""),
  "a list of bytes": (secret) => `[${[...Buffer.from(secret)].join(", ")}]`,
  "frames of AWS in base64": (secret) =>
    Buffer.from(
      encodeEventStreamMessage({ ":event-type": "x" }, Buffer.from(JSON.stringify({ secret }))),
    ).toString("base64"),
};

test.each(Object.keys(ENCODINGS))("a secret in %s is refused, in a request and in an answer", (name) => {
  const encode = ENCODINGS[name] as (secret: string) => string;
  for (const [secret, type] of [
    [SECRET, "app-secret"],
    [OPENAI_KEY, "openai-key"],
  ] as const) {
    expect(typesOf({ request: requestOf({ body: { note: encode(secret) } }) }), secret).toContain(type);
    expect(typesOf(answer(JSON.stringify({ note: encode(secret) }))), secret).toContain(type);
    expect(typesOf(answer(`see: ${encode(secret)} there`, "text/plain")), secret).toContain(type);
    expect(typesOf(answer(sse({ delta: encode(secret) }), "text/event-stream")), secret).toContain(type);
  }
});

test.each([
  ["UTF-16LE", (plain: string) => Buffer.from(plain, "utf16le")],
  ["UTF-16LE with a mark", (plain: string) => Buffer.from(`\uFEFF${plain}`, "utf16le")],
  ["UTF-16BE", utf16be],
] as const)("a body in %s is refused", (_, encode) => {
  const body = encode(JSON.stringify({ a: "für", b: OPENAI_KEY, c: SECRET }));
  expect(typesOf(answer(body, "application/json; charset=utf-16"))).toEqual(
    expect.arrayContaining(["openai-key", "app-secret"]),
  );
});

test("an exact value is found in base64 wherever it begins, be it in text or in data", () => {
  for (const before of ["", "a", "ab", "abc"]) {
    const basic = Buffer.from(`${before}:${SECRET}`).toString("base64");
    expect(typesOf(answer(JSON.stringify({ error: `Authorization was ${basic}` }))), before).toEqual([
      "app-secret",
    ]);
    expect(typesOf(answer(JSON.stringify({ error: `x-${basic}` }))), before).toEqual(["app-secret"]);
  }
});

test("bytes of log probabilities are refused that come to a secret token by token", () => {
  const pieces = SECRET.match(/.{1,4}/g) ?? [];
  const event = (token: string): unknown => ({
    choices: [{ delta: {}, logprobs: { content: [{ token: "x", bytes: [...Buffer.from(token)] }] } }],
  });
  expect(
    typesOf(answer(sse(event("is "), ...pieces.map(event), event(" ok")), "text/event-stream")),
  ).toContain("app-secret");
});

test("a message in the header of a frame and the payload of a frame that was cut are refused", () => {
  const frame = encodeEventStreamMessage(
    { ":message-type": "error", ":error-message": `no access for ${OPENAI_KEY}, sorry` },
    Buffer.from("{}"),
  );
  expect(typesOf(answer(frame, "application/vnd.amazon.eventstream"))).toEqual(["openai-key"]);
  const place = STREAM_PLACES.find(({ name }) => name === "Bedrock converse, text");
  const bytes = Buffer.concat(
    (place?.events([SECRET.slice(0, 9), SECRET.slice(9)]) ?? []).map((event) => event as Uint8Array),
  );
  const cut = bytes.subarray(0, bytes.indexOf(SECRET.slice(9)) + SECRET.length);
  expect(typesOf(answer(cut, "application/vnd.amazon.eventstream"))).toEqual(["app-secret"]);
});

test("a refusal names the place, the kind and every encoding, and never the secret", () => {
  const body = { input: [{ file: gzipSync(text(OPENAI_KEY)).toString("base64") }] };
  const findings = refusal(redactorOf(), { request: requestOf({ body }) });
  expect(findings).toEqual([
    {
      type: "openai-key",
      line: expect.any(Number),
      column: expect.any(Number),
      path: "interactions[0].request.body.input[0].file",
      encoding: ["base64", "compression"],
    },
  ]);
});

test("binary answers of 45 MB are searched in a few seconds", async () => {
  const { randomBytes } = await import("node:crypto");
  const redactor = redactorOf({}, ENV);
  const cpuTime = startCpuTimer();
  for (let megabytes = 0; megabytes < 45; megabytes += 15) {
    const response = responseOf([randomBytes(15 * 1024 * 1024)], [["content-type", "image/png"]]);
    expect(redactor.redactResponse(response)).toBe(response);
    expect(refusal(redactor, { response })).toEqual([]);
  }
  expect(cpuTime()).toBeLessThan(15_000);
  if (process.env.SPEED) console.log("45 MB", Math.round(cpuTime()));
});
