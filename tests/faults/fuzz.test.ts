import fc from "fast-check";
import { expect, test } from "vitest";
import type { HeaderLines, Tape } from "../../src/cassette/model.ts";
import { parseTape, renderTape, TapeError } from "../../src/format/index.ts";
import { decodeStream } from "../../src/providers/decode-stream.ts";
import { profiles } from "../../src/providers/registry.ts";
import { createRedactor } from "../../src/redaction/redactor.ts";
import type { StreamTrace } from "../../src/streams/stream-trace.ts";
import { interaction, tape } from "../format/tape-samples.ts";
import { CANARIES, CANARY_ENV } from "../redaction/secrets.ts";
import { requestOf, responseOf } from "../redaction/support.ts";
import { STREAM_PLACES } from "../redaction/traffic.ts";
import { startCpuTimer } from "../support/cpu-timer.ts";
import { hold } from "../support/hold.ts";

const RUNS = 250;

/** So many milliseconds of the processor may one case take: the machine may do other things too. */
const PATIENCE = 2000;

/** Pieces that mean something to YAML, to a tape, or to one of the framings. */
const TOKENS = [
  ..."\n|\r\n| |  |\t|- |: |, |{|}|[|]|\"|'|#| #|&a|*a|!!str |---\n|...\n|%YAML|<<: |? |>|'|\\|\0|\ufeff|\u2028|\ud800".split(
    "|",
  ),
  ...["|\n", "|+\n", ">-\n", "~", "null", "-1", "1e309", ".inf", "0x10", "99999999999999999999", "true"],
  ..."cassette: 1\n|interactions:\n|  - request:\n|    response:\n|      body: |      cuts: [1, 2]\n|      timing: { chunks: [1] }\n|      encoding: base64\n|      eol: crlf\n|__proto__: |constructor: ".split(
    "|",
  ),
  ...'data: |event: |id: |\n\n|[DONE]|"delta"|"content":|{"type":|"choices":[|"index":|\\ud800|\\u0000|\x1f\x8b|\xff\xff\xff\xff'.split(
    "|",
  ),
];

interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  remove: fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(80) }),
  insert: fc.oneof(fc.constantFrom(...TOKENS, ""), fc.string({ unit: "binary", maxLength: 4 })),
});
const mutations = fc.array(mutation, { minLength: 1, maxLength: 6 });

function mutated(text: string, changes: readonly Mutation[]): string {
  return changes.reduce((current, { at, remove, insert }) => {
    const place = at % (current.length + 1);
    return current.slice(0, place) + insert + current.slice(place + remove);
  }, text);
}

const places = STREAM_PLACES.map(({ contentType, events }) => ({
  contentType,
  chunks: events(["so ", "it", " is"]).map((event) => Buffer.from(event as string)),
}));

const timing = { headers: 1, chunks: [2, 3] };
const TAPES: readonly string[] = [
  renderTape(tape(interaction(["data: one\n\n", "data: two\n\n"], { timing }))),
  renderTape(
    tape(
      interaction([Uint8Array.of(0xff, 0xfe), "x\r\n"], { end: "reset", error: { code: "E", message: "m" } }),
    ),
  ),
  renderTape(
    tape(
      interaction(['{"a":{"b":[1,"two",null]}}'], { headers: [["content-type", "application/json"]] }),
      interaction([]),
    ),
  ),
  ...places.map(({ contentType, chunks }) =>
    renderTape(tape(interaction(chunks, { headers: [["content-type", contentType]] }))),
  ),
];

/** What `run` gives; fails where it takes too long. */
function timed<T>(run: () => T): T {
  const cpuTime = startCpuTimer();
  const result = run();
  expect(cpuTime()).toBeLessThan(PATIENCE);
  return result;
}

test("any text is read as a tape or refused with a TapeError, and a tape that is read is written back unchanged", () => {
  let read = 0;
  let refused = 0;
  const property = fc.property(fc.constantFrom(...TAPES), mutations, (text, changes) => {
    const given = mutated(text, changes);
    let found: Tape;
    try {
      found = timed(() => parseTape(given, { file: "fuzz.yaml" }));
    } catch (error) {
      expect(error).toBeInstanceOf(TapeError);
      expect((error as TapeError).message).toMatch(/^Failed to read fuzz\.yaml/);
      refused += 1;
      return;
    }
    read += 1;
    expect(renderTape(found)).toBe(given);
    // Rendered again, with nothing known of the text.
    const again = renderTape(structuredClone(found));
    expect(parseTape(again, { file: "again.yaml" }).interactions).toEqual(found.interactions);
  });
  hold(property, RUNS);
  // Neither all are broken nor none.
  expect(read / (read + refused)).toBeGreaterThan(0.05);
  expect(refused / (read + refused)).toBeGreaterThan(0.05);
  expect({}).not.toHaveProperty("polluted");
});

const urls = fc.constantFrom(
  undefined,
  ...[
    "https://api.openai.com/v1/chat/completions",
    "https://api.openai.com/v1/responses",
    "https://api.anthropic.com/v1/messages",
    "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent",
    "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke-with-response-stream",
    "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream",
    "https://api.cohere.com/v2/chat",
    "http://localhost:11434/api/chat",
  ],
);
const lies = fc.constantFrom<HeaderLines[number] | undefined>(
  undefined,
  ...(["gzip", "br", "deflate", "zstd", "identity, gzip", "x"] as const).map(
    (value) => ["content-encoding", value] as const,
  ),
  ["content-type", "application/vnd.amazon.eventstream"],
  ["content-type", "application/x-ndjson"],
  ["x-vercel-ai-ui-message-stream", "v1"],
);
/** Bytes of some provider's stream, damaged, in any cut. */
const stream = fc
  .record({
    place: fc.constantFrom(...places),
    changes: mutations,
    cuts: fc.array(fc.nat(), { maxLength: 6 }),
  })
  .map(({ place: { contentType, chunks }, changes, cuts }) => {
    const bytes = Buffer.from(mutated(Buffer.concat(chunks).toString("latin1"), changes), "latin1");
    const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    return {
      contentType,
      bytes,
      chunks: ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)),
    };
  });

test("damaged streams come back from a tape as they were", () => {
  const property = fc.property(stream, ({ contentType, chunks, bytes }) => {
    const filled = chunks.filter(({ length }) => length > 0).map((chunk) => Uint8Array.from(chunk));
    const request = Uint8Array.from(bytes);
    const recorded = tape(interaction(filled, { headers: [["content-type", contentType]] }, request));
    const text = timed(() => renderTape(recorded));
    expect(timed(() => parseTape(text, { file: "fuzz.yaml" }))).toEqual(recorded);
  });
  hold(property, RUNS);
});

/** Every field that there is: each is computed when it is asked for. */
function readAll(trace: StreamTrace): unknown {
  const { provider, api, model, framing, events, comments, retry, text, reasoning, refusal, toolCalls } =
    trace;
  const { finishReason, usage, error, terminated, end, whole, rest, fault, timing, summary } = trace;
  const { headers, firstChunk, firstToken, firstText, gaps, longestGap, duration, tokensPerSecond } = timing;
  const times = [
    headers,
    firstChunk,
    firstToken,
    firstText,
    gaps,
    longestGap,
    duration,
    tokensPerSecond,
    timing.p(95),
  ];
  return [
    provider,
    api,
    model,
    framing,
    events,
    comments,
    retry,
    text,
    reasoning,
    refusal,
    toolCalls,
    finishReason,
    usage,
    error,
    terminated,
    end,
    whole,
    rest,
    fault,
    times,
    summary,
  ];
}

test("no bytes, under whatever header, make a trace throw or hang", () => {
  const property = fc.property(
    stream,
    urls,
    lies,
    fc.nat(599),
    ({ contentType, chunks }, url, lie, status) => {
      const headers: HeaderLines = [...(lie === undefined ? [] : [lie]), ["content-type", contentType]];
      const given = chunks.map((bytes, index) => ({ at: index, bytes }));
      const trace = timed(() => {
        const decoded = decodeStream({ url, status, headers, chunks: given });
        readAll(decoded);
        return decoded;
      });
      expect(trace.text).toBeTypeOf("string");
      expect(trace.events.length).toBeLessThanOrEqual(10_000);
    },
  );
  hold(property, RUNS);
});

test("no bytes make redaction throw or hang, lose a chunk, or find ever more", () => {
  const redactor = createRedactor({}, { env: CANARY_ENV, profiles });
  const secrets = fc.constantFrom(...CANARIES.map(({ secret }) => secret), "");
  const property = fc.property(
    stream,
    secrets,
    fc.nat(),
    lies,
    ({ contentType, bytes, chunks }, secret, at, lie) => {
      const place = at % (bytes.length + 1);
      const body = [...chunks, bytes.subarray(0, place), Buffer.from(secret), bytes.subarray(place)];
      const headers: HeaderLines = [
        ["content-type", contentType],
        ...(lie?.[0] === "content-encoding" ? [lie] : []),
      ];
      const request = requestOf({
        headers,
        body: Buffer.concat(body),
        url: `https://x.test/?q=${encodeURIComponent(bytes.toString("latin1"))}`,
      });
      const [once, sent] = timed(() => [
        redactor.redactResponse(responseOf(body, headers)),
        redactor.redactRequest(request),
      ]);
      expect(once.chunks).toHaveLength(body.length);
      expect(() => new URL(sent.url)).not.toThrow();
      // Where a secret with a quote in it broke some JSON, that is JSON again without it, with names that tell more.
      let last = once;
      for (let pass = 0; pass < 3; pass++) last = timed(() => redactor.redactResponse(last));
      const settled = timed(() => redactor.redactResponse(last));
      expect(Buffer.concat(settled.chunks).equals(Buffer.concat(last.chunks))).toBe(true);
      if (!secret.includes('"')) {
        expect(Buffer.concat(last.chunks).equals(Buffer.concat(once.chunks))).toBe(true);
      }
      timed(() => redactor.scan(Buffer.concat(body).toString("latin1")));
    },
  );
  hold(property, RUNS);
});
