import { describe, expect, test } from "vitest";
import type { StreamChunk } from "../../src/cassette/chunk.ts";
import { decodeStream } from "../../src/providers/decode-stream.ts";
import type { StreamTrace } from "../../src/streams/stream-trace.ts";
import type { TraceEvent } from "../../src/streams/trace-event.ts";
import { type Expected, loadCorpus } from "./load-corpus.ts";

const corpus = loadCorpus();

describe.skipIf(corpus === undefined)("every captured stream of the corpus (CASSETTE_CORPUS)", () => {
  test.each(corpus ?? [])("$file decodes to what is expected", ({ bytes, response, expected }) => {
    const trace = decodeStream({ ...response, chunks: [{ at: 1, bytes }] });
    expect(found(trace)).toEqual(wanted(expected));
    if (expected.sseEvents) {
      expect(trace.events.map(({ event, data }) => [event ?? "message", data])).toEqual(expected.sseEvents);
    }
  });

  // An error body of plain JSON is events of no kind only where it is declared as events.
  test.each(
    (corpus ?? []).filter(
      ({ bytes, expected }) => bytes[0] !== 0x7b || Object.keys(expected.eventTypes).length > 0,
    ),
  )("$file decodes the same without its URL and content type", ({ bytes, response, expected }) => {
    const encoding = response.headers["content-encoding"];
    const headers: Record<string, string> = encoding === undefined ? {} : { "content-encoding": encoding };
    const trace = decodeStream({ headers, chunks: [{ bytes }] });
    expect(found(trace)).toEqual(wanted(expected));
  });

  test.each(corpus ?? [])("$file decodes the same wherever it is cut", ({ bytes, response, expected }) => {
    const want = wanted(expected);
    const whole = events(decodeStream({ ...response, chunks: [{ bytes }] }));
    const wholeText = JSON.stringify(whole);
    const singly = decodeStream({
      ...response,
      chunks: [...bytes].map((byte) => ({ bytes: Uint8Array.of(byte) })),
    });
    expect(found(singly)).toEqual(want);
    expect(events(singly)).toEqual(whole);
    // Every byte of a small body, about thirty places of a large one. An encoded body is decoded again each time.
    const step = Math.max(1, Math.floor(bytes.length / (bytes.length < 2500 ? 2500 : 30)));
    for (let at = 1; at < bytes.length; at += step) {
      const trace = decodeStream({ ...response, chunks: cut(bytes, at) });
      // A deep comparison takes longer than the decoding.
      if (JSON.stringify(events(trace)) === wholeText) continue;
      expect(events(trace), `cut at ${at}`).toEqual(whole);
    }
  });

  test.each(corpus ?? [])(
    "$file has events of the types that are expected",
    ({ bytes, response, expected, file }) => {
      const { events: all } = decodeStream({ ...response, chunks: [{ bytes }] });
      for (const [name, count] of Object.entries(expected.eventTypes)) {
        // The corpus's own words for what has no name on the wire.
        if (/^(?:part:.*|line|data|GenerateContentResponse|reasoningContent\..*)$/.test(name)) continue;
        const named = all.filter((event) => namesOf(event).has(name));
        expect(named, `${name} in ${file}`).toHaveLength(count);
      }
    },
  );

  test("the corpus holds more than a hundred streams", () => {
    expect(corpus?.length).toBeGreaterThan(100);
  });
});

function namesOf({ type, event, payload }: TraceEvent): Set<unknown> {
  const { type: own, object, delta } = (payload ?? {}) as Record<string, unknown>;
  const inner = (delta as { readonly type?: unknown } | undefined)?.type;
  return new Set([type, event ?? "message", own, object, inner]);
}

function cut(bytes: Uint8Array, at: number): StreamChunk[] {
  return [{ bytes: bytes.subarray(0, at) }, { bytes: bytes.subarray(at) }];
}

function events(trace: StreamTrace): unknown {
  return trace.events.map(({ event, id, data, accumulated }) => [event, id, data, accumulated]);
}

function found(trace: StreamTrace): unknown {
  return {
    text: trace.text,
    reasoning: trace.reasoning,
    refusal: trace.refusal,
    toolCalls: trace.toolCalls.map((call) => ({
      id: call.id ?? null,
      name: call.name,
      args: json(call.arguments),
    })),
    usage: trace.usage?.raw ?? null,
    finish: trace.finishReason ?? null,
    error: trace.error?.message ?? null,
    terminator: trace.terminated === true,
  };
}

function wanted({
  text,
  reasoning,
  refusal,
  toolCalls,
  usage,
  finish,
  error,
  terminator,
}: Expected): unknown {
  return {
    text,
    reasoning,
    refusal,
    toolCalls: toolCalls.map(({ id, name, args }) => ({ id: id ?? null, name, args: json(args) })),
    usage: usage ?? null,
    finish: finish === null ? null : String(finish),
    error: message(error),
    terminator,
  };
}

/** The corpus prints arguments that came as values as another language does. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function message(error: unknown): unknown {
  if (error === null || error === undefined) return null;
  if (error === "BADCRC") return expect.stringContaining("CRC");
  if (typeof error === "string") return error;
  const { message: own, ...rest } = error as Record<string, unknown>;
  if (typeof own === "string") return own;
  return message(Object.values(rest)[0]);
}
