import { expect, test } from "vitest";
import type { RecordedRequest, RecordedResponse } from "../../src/cassette/model.ts";
import { CANARIES, CANARY_ENV } from "./secrets.ts";
import { cutAt, redactorOf, refusal, requestOf, responseOf } from "./support.ts";
import { framesOf, halvesOf, readings } from "./traces.ts";
import { STREAM_PLACES, type StreamPlace, WHOLE_PLACES } from "./traffic.ts";

const redactor = redactorOf({}, CANARY_ENV);
const redact = (response: RecordedResponse): RecordedResponse =>
  redactor.redactResponse(response, requestOf({}));

/** What is left of `secret`, said so that a failure shows it. */
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
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** Whatever was JSON still is. */
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

test("forty secrets there are, each of its own", () => {
  expect(CANARIES).toHaveLength(40);
  expect(new Set(CANARIES.map(({ secret }) => secret)).size).toBe(40);
});

test("none of forty secrets is left in any plain place of a request or an answer", () => {
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
      // By chance some of them are a shape of their own: Basic and a user with a password.
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

test("none of forty secrets is left in any plain stream that says it in one event", () => {
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
  "a tape with a secret in frames of AWS is refused, be it %s",
  (way) => {
    for (const place of ENCODED_STREAMS) {
      for (const { secret, name } of CANARIES) {
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
    }
  },
);

function checkEveryEventCut(place: StreamPlace, secret: string, name: string): void {
  for (let at = 1; at < secret.length; at++) {
    const chunks = bytesOf(place.events(["so ", secret.slice(0, at), secret.slice(at), " it is"]));
    const before = responseOf(chunks, [["content-type", place.contentType]]);
    const redacted = redact(before);
    expect(leftOf(secret, textsOf(redacted)), `${name} in ${place.name}, after ${at} characters`).toEqual([]);
    expect(redacted.chunks).toHaveLength(chunks.length);
    expectValid(redacted, before);
    const texts = textsOf(redacted);
    const around = place.isMixed ? ["<redacted:"] : ["so <redacted:", "> it is"];
    const lost = around.filter((part) => !texts.some((text) => text.includes(part)));
    expect(lost, `what is around ${name} in ${place.name}`).toEqual([]);
  }
}

test.each([0, 13])("no secret is left that two events share out, wherever it is cut (%i)", (step) => {
  for (const [{ secret, name }, place] of pairs(PLAIN_STREAMS, step)) {
    checkEveryEventCut(place, secret, name);
  }
});

test("no secret is left that begins where a block begins and goes on in its pieces", () => {
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

test("no secret is left that comes letter by letter", () => {
  for (const [{ secret, name }, place] of pairs(PLAIN_STREAMS, 5)) {
    const chunks = bytesOf(place.events(Array.from(secret)));
    const before = responseOf(chunks, [["content-type", place.contentType]]);
    const redacted = redact(before);
    expect(leftOf(secret, textsOf(redacted)), `${name} in ${place.name}`).toEqual([]);
    expect(redacted.chunks).toHaveLength(chunks.length);
    expectValid(redacted, before);
  }
});

test.each([2, 21])("no secret is left that two chunks share out, wherever they are cut (%i)", (step) => {
  for (const [{ secret, name }, place] of pairs(PLAIN_STREAMS, step)) {
    const bytes = Buffer.concat(bytesOf(place.events([`so ${secret} it is`])));
    const whole = Buffer.concat(redact(responseOf([bytes], [["content-type", place.contentType]])).chunks);
    for (let at = 1; at < bytes.length; at += Math.ceil(bytes.length / 600)) {
      const chunks = cutAt(bytes, at);
      const redacted = redact(responseOf(chunks, [["content-type", place.contentType]]));
      expect(redacted.chunks, `${name} in ${place.name}, cut at ${at}`).toHaveLength(2);
      expect(Buffer.concat(redacted.chunks).equals(whole)).toBe(true);
      expect(redacted.chunks.every(({ length }) => length > 0)).toBe(true);
    }
    expect(leftOf(secret, readings(whole)), `${name} in ${place.name}`).toEqual([]);
  }
});

test("no secret is left in a stream that comes byte by byte", () => {
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
