import { expect, test } from "vitest";
import type { RecordedRequest, RecordedResponse } from "../../src/cassette/model.ts";
import { CANARIES, CANARY_ENV } from "./secrets.ts";
import { cutAt, redactorOf, refusal, requestOf, responseOf } from "./support.ts";
import { framesOf, halvesOf, readings } from "./traces.ts";
import { STREAM_PLACES, type StreamPlace, WHOLE_PLACES } from "./traffic.ts";

const redactor = redactorOf({}, CANARY_ENV);
const redact = (response: RecordedResponse): RecordedResponse => redactor.redactResponse(response);

/** The parts of `secret` that are still in `texts`: a failure shows them. */
function leftOf(secret: string, texts: readonly string[]): readonly string[] {
  return halvesOf(secret).filter((part) => texts.some((text) => text.includes(part)));
}

function textsOf(part: RecordedRequest | RecordedResponse): readonly string[] {
  const bytes = "chunks" in part ? Buffer.concat(part.chunks) : (part.body ?? new Uint8Array());
  const heads = [
    "url" in part ? part.url : part.statusText,
    ...part.headers.map(([name, value]) => `${name}: ${value}`),
    "error" in part ? (part.error?.message ?? "") : "",
  ];
  return [...heads.flatMap((text) => readings(Buffer.from(text))), ...readings(bytes)];
}

/** The JSON values in a body: the payloads of its frames, the whole of it, or its lines. */
function jsonOf(bytes: Uint8Array): readonly unknown[] {
  const frames = framesOf(bytes);
  const text = Buffer.from(bytes).toString("utf8");
  const lines = text.split(/\r?\n/).map((line) => line.replace(/^(?:data|error): ?/, ""));
  const whole = valuesOf([text]);
  return frames === undefined ? (whole.length > 0 ? whole : valuesOf(lines)) : valuesOf(frames);
}

function valuesOf(texts: readonly string[]): readonly unknown[] {
  return texts.flatMap((text) => {
    // A failed `JSON.parse` takes long.
    if (!/^\s*[[{]/.test(text)) return [];
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** What was JSON still is. */
function expectValid(after: RecordedResponse, before: RecordedResponse): void {
  const values = jsonOf(Buffer.concat(before.chunks));
  expect(jsonOf(Buffer.concat(after.chunks))).toHaveLength(values.length);
}

function bytesOf(events: readonly (string | Uint8Array)[]): Uint8Array[] {
  return events.map((event) => (typeof event === "string" ? Buffer.from(event) : event));
}

/** Each secret in the place of its number and in those that are `step` places on. */
function pairs<T>(places: readonly T[], step: number): readonly (readonly [(typeof CANARIES)[number], T])[] {
  return CANARIES.map((canary, index) => [canary, places[(index + step) % places.length] as T] as const);
}

test("there are forty different secrets", () => {
  expect(CANARIES).toHaveLength(40);
  expect(new Set(CANARIES.map(({ secret }) => secret)).size).toBe(40);
});

test("none of forty secrets is left in any plain place of a request or a response", () => {
  for (const { request, response, name } of WHOLE_PLACES.filter(({ isEncoded }) => !isEncoded)) {
    for (const { secret, name: kind } of CANARIES) {
      const where = `${kind} in ${name}`;
      if (request) {
        const redacted = redactor.redactRequest(request(secret));
        expect(leftOf(secret, textsOf(redacted)), where).toEqual([]);
        if (redacted.body?.[0] === 0x7b) JSON.parse(Buffer.from(redacted.body).toString());
      }
      if (response) {
        const before = response(secret);
        const redacted = redact(before);
        expect(leftOf(secret, textsOf(redacted)), where).toEqual([]);
        expectValid(redacted, before);
      }
    }
  }
});

test("a tape with any of forty secrets in an encoded place is refused", () => {
  for (const { request, response, name } of WHOLE_PLACES.filter(({ isEncoded }) => isEncoded)) {
    for (const { secret, name: kind } of CANARIES) {
      const texts = [
        request && redactor.redactRequest(request(secret)),
        response && redact(response(secret)),
      ];
      // Some encoded places are also a known shape by chance: Basic, and a user with a password.
      if (texts.every((part) => part === undefined || leftOf(secret, textsOf(part)).length === 0)) continue;
      const findings = refusal(redactor, {
        request: request?.(secret) ?? requestOf({}),
        response: response?.(secret) ?? responseOf([]),
      });
      expect(findings.length, `${kind} in ${name}`).toBeGreaterThan(0);
    }
  }
});

const PLAIN_STREAMS = STREAM_PLACES.filter(({ isEncoded }) => !isEncoded);
const ENCODED_STREAMS = STREAM_PLACES.filter(({ isEncoded }) => isEncoded);

test("none of forty secrets is left in any plain stream that has it in one event", () => {
  for (const place of PLAIN_STREAMS) {
    for (const { secret, name } of CANARIES) {
      const chunks = bytesOf(place.events([`so ${secret} it is`]));
      const before = responseOf(chunks, [["content-type", place.contentType]]);
      const redacted = redact(before);
      expect(leftOf(secret, textsOf(redacted)), `${name} in ${place.name}`).toEqual([]);
      expect(redacted.chunks).toHaveLength(chunks.length);
      expectValid(redacted, before);
    }
  }
});

test.each(["in one event", "in two", "letter by letter"])(
  "a tape with a secret in AWS frames is refused: %s",
  (way) => {
    for (const [{ secret, name }, place] of ENCODED_STREAMS.flatMap((_, step) =>
      // Letter by letter is slow: each secret is in one place, and in each place are several.
      way === "letter by letter" && step > 0 ? [] : pairs(ENCODED_STREAMS, step),
    )) {
      const half = secret.length >> 1;
      const pieces =
        way === "in one event"
          ? [secret]
          : way === "in two"
            ? [secret.slice(0, half), secret.slice(half)]
            : Array.from(secret);
      const before = responseOf(bytesOf(place.events(pieces)), [["content-type", place.contentType]]);
      expect(redact(before)).toBe(before);
      expect(refusal(redactor, { response: before }).length, `${name} in ${place.name}`).toBeGreaterThan(0);
    }
  },
);

function checkEventCuts(place: StreamPlace, secret: string, name: string, first: number): void {
  for (let at = first; at < secret.length; at += 2) {
    const chunks = bytesOf(place.events(["so ", secret.slice(0, at), secret.slice(at), " it is"]));
    const before = responseOf(chunks, [["content-type", place.contentType]]);
    const redacted = redact(before);
    const texts = textsOf(redacted);
    expect(leftOf(secret, texts), `${name} in ${place.name}, after ${at} characters`).toEqual([]);
    expect(redacted.chunks).toHaveLength(chunks.length);
    expectValid(redacted, before);
    const around = place.isMixed ? ["<redacted:"] : ["so <redacted:", "> it is"];
    const lost = around.filter((part) => !texts.some((text) => text.includes(part)));
    expect(lost, `text around ${name} in ${place.name}`).toEqual([]);
  }
}

// Each secret is cut everywhere: in one place after an odd number of characters, in another after an even one.
test.each([
  [1, 0],
  [2, 13],
])("no secret split between two events is left, cut after every second character from %i", (first, step) => {
  for (const [{ secret, name }, place] of pairs(PLAIN_STREAMS, step)) {
    checkEventCuts(place, secret, name, first);
  }
});

test("no secret is left that starts in the start of a block and continues in its deltas", () => {
  const place = STREAM_PLACES.find(({ name }) => name === "Anthropic, text that begins with its block");
  for (const { secret, name } of CANARIES) {
    for (let at = 1; at < secret.length; at++) {
      const chunks = bytesOf(place?.events([secret.slice(0, at), secret.slice(at)]) ?? []);
      const redacted = redact(responseOf(chunks));
      expect(
        leftOf(secret, readings(Buffer.concat(redacted.chunks))),
        `${name} after ${at} characters`,
      ).toEqual([]);
    }
  }
});

test("no secret is left that arrives letter by letter", () => {
  for (const [{ secret, name }, place] of pairs(PLAIN_STREAMS, 5)) {
    const chunks = bytesOf(place.events(Array.from(secret)));
    const before = responseOf(chunks, [["content-type", place.contentType]]);
    const redacted = redact(before);
    expect(leftOf(secret, textsOf(redacted)), `${name} in ${place.name}`).toEqual([]);
    expect(redacted.chunks).toHaveLength(chunks.length);
    expectValid(redacted, before);
  }
});

test.each([
  [1, 2],
  [2, 21],
])("no secret split between two chunks is left, cut after every second byte from %i", (first, step) => {
  for (const [{ secret, name }, place] of pairs(PLAIN_STREAMS, step)) {
    const bytes = Buffer.concat(bytesOf(place.events([`so ${secret} it is`])));
    const whole = Buffer.concat(redact(responseOf([bytes], [["content-type", place.contentType]])).chunks);
    const wrong: number[] = [];
    for (let at = first; at < bytes.length; at += 2) {
      const { chunks } = redact(responseOf(cutAt(bytes, at), [["content-type", place.contentType]]));
      const isSame = chunks.length === 2 && Buffer.concat(chunks).equals(whole);
      if (!isSame || chunks.some(({ length }) => length === 0)) wrong.push(at);
    }
    expect(wrong, `wrong cuts of ${name} in ${place.name}`).toEqual([]);
    expect(leftOf(secret, readings(whole)), `${name} in ${place.name}`).toEqual([]);
  }
});

test("no secret is left in a stream that arrives byte by byte", () => {
  for (const [{ secret, name }, place] of pairs(PLAIN_STREAMS, 8)) {
    const bytes = Buffer.concat(bytesOf(place.events([`so ${secret} it is`])));
    const chunks = Array.from(bytes, (byte) => Uint8Array.of(byte));
    const before = responseOf(chunks, [["content-type", place.contentType]]);
    const redacted = redact(before);
    expect(redacted.chunks).toHaveLength(chunks.length);
    expect(leftOf(secret, textsOf(redacted)), `${name} in ${place.name}`).toEqual([]);
    expectValid(redacted, before);
  }
});
