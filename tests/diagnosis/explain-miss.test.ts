import { expect, test } from "vitest";
import type { Interaction, RecordedRequest } from "../../src/cassette/model.ts";
import { describeMiss, type MissContext } from "../../src/diagnosis/describe-miss.ts";
import { explainMiss, explainSubstitution, summarizeMiss } from "../../src/diagnosis/explain-miss.ts";
import { CassetteMissError } from "../../src/diagnosis/miss-error.ts";
import { CassetteUnplayedError } from "../../src/diagnosis/unplayed-error.ts";
import type { MatchOptions } from "../../src/matching/match-options.ts";
import { RecordingIndex } from "../../src/matching/recording-index.ts";
import { compileRules } from "../../src/matching/rules.ts";
import { recording, request } from "../matching/support.ts";

const SYSTEM =
  "You are a senior engineer who reviews code.\nBe brief, be kind, and always give an example.\nNever invent an API. ".repeat(
    4,
  );

const ask = (content: string, over: object = {}, to: Partial<RecordedRequest> = {}) =>
  request(
    {
      model: "gpt-5-mini",
      messages: [
        { role: "system", content: SYSTEM },
        { role: "user", content },
      ],
      stream: true,
      ...over,
    },
    to,
  );

interface Case extends Partial<Omit<MissContext, "played" | "expectedNext">> {
  readonly played?: readonly number[];
  readonly match?: MatchOptions;
  readonly expectedNext?: Interaction;
}

function miss(live: RecordedRequest, tape: readonly Interaction[], { played = [], match, ...over }: Case) {
  const index = new RecordingIndex(tape, compileRules({ match }));
  return describeMiss(live, index.find(live), index, {
    reason: "different",
    cassette: "cassettes/tests/chat/tells-a-joke.yaml",
    mode: "strict",
    recordingOff: "RECORD is not set",
    recordCommand: "RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'",
    redact: (text) => text,
    played: (each) => played.filter((position) => tape[position] === each).length,
    ...over,
  });
}

const explained = (...given: Parameters<typeof miss>) => `\n${explainMiss(miss(...given).facts)}\n`;

test("with no tape yet it says how to record one", () => {
  expect(explained(ask("Tell me a joke."), [], { reason: "no-tape" })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: there is no cassette yet.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (no such file)
      mode      strict (not recording: RECORD is not set)
      request   gpt-5-mini, "Tell me a joke."

    Record it:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("if recording is refused, the message says to record elsewhere", () => {
  const ci = { recordingOff: "CI is set", recordingRefused: true } as const;
  expect(explained(ask("Hi"), [], { reason: "no-tape", ...ci })).toContain(
    "Record it on your own machine and commit it:\n  RECORD=1 npx vitest",
  );
  expect(explained(ask("Hi"), [recording(ask("Hello"))], ci)).toContain(
    "is intended, re-record the cassette on your own machine and commit it:\n  RECORD=1",
  );
});

test("an empty tape is said to be empty", () => {
  expect(explained(ask("Tell me a joke."), [], { reason: "not-recorded" })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: the cassette is empty.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (0 recordings)
      mode      strict (not recording: RECORD is not set)
      request   gpt-5-mini, "Tell me a joke."

    If the code should send this request, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a request to an unrecorded endpoint is compared with the nearest recording", () => {
  const tape = [recording(ask("Tell me a joke.")), recording(ask("Tell me another."))];
  const live = ask("Tell me a joke.", {}, { url: "https://gateway.example.com/v1/chat/completions" });
  expect(explained(live, tape, { reason: "not-recorded" })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://gateway.example.com/v1/chat/completions: the cassette has no recording of this method, origin and path.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (2 recordings)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, POST https://api.openai.com/v1/chat/completions, not played yet

      differs   (recorded → live)
        url  "https://api.openai.com/v1/chat/completions" → "https://gateway.example.com/v1/chat/completions"

    If the code should send this request, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a drifted prompt is cut around the words that differ", () => {
  const tape = [
    recording(ask("Hello")),
    recording(
      ask(
        "Explain, with one example for each and in the order of their weight, the best practices for javascript in a large code base.",
      ),
    ),
  ];
  const live = ask(
    "Explain, with one example for each and in the order of their weight, the best practices for typescript in a large code base.",
  );
  expect(explained(live, tape, { played: [0] })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (2 recordings)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 2, not played yet

      differs   (recorded → live)
        body.messages[1].content  "… best practices for javascript in a large code base." → "… best practices for typescript in a large code base."

    If the change to body.messages[1].content is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("several fields that differ are each shown with both values", () => {
  const tape = [
    recording(
      ask("Tell me a joke.", {
        temperature: 1,
        tools: [{ type: "function", function: { name: "search", parameters: {} } }],
      }),
    ),
  ];
  expect(
    explained(ask("Tell me a joke.", { model: "gpt-5", temperature: 0.2, top_p: 1 }), tape, {}),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.model        "gpt-5-mini" → "gpt-5"
        body.temperature  1 → 0.2
        body.top_p        not recorded → 1
        body.tools        [{"function":{"name":"search","parameters":{}},"type":"function"… → not sent

    If the change to body.model and 3 more is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("more fields than can be read are named", () => {
  const settings = (value: number) =>
    Object.fromEntries(Array.from("abcdefghijklmno", (name) => [name, value]));
  expect(explained(ask("Hi", settings(1)), [recording(ask("Hi", settings(2)))], {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.a  2 → 1
        body.b  2 → 1
        body.c  2 → 1
        body.d  2 → 1
        body.e  2 → 1
        body.f  2 → 1
        body.g  2 → 1
        body.h  2 → 1
        and 7 more: body.i, body.j, body.k, body.l, body.m and 2 more

    If the change to body.a and 14 more is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a date in a prompt is recognized, and the message says how to make it deterministic", () => {
  const tape = [
    recording(
      ask("Today is Friday, November 20, 2026. Tell me a joke that fits the day, and one that does not."),
    ),
  ];
  const live = ask(
    "Today is Monday, November 23, 2026. Tell me a joke that fits the day, and one that does not.",
  );
  expect(explained(live, tape, {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.messages[1].content  "Today is Friday, November 20, 2026. Tell me a joke that fits the…" → "Today is Monday, November 23, 2026. Tell me a joke that fits the…"

    body.messages[1].content differs only in what looks like a date, which changes on every run. Make it deterministic with freeze: { time: true } and re-record the cassette, or replace it with match.normalize.
    "
  `);
});

test("an id that is all of a field is left out in every element", () => {
  const run = (id: string) => request({ steps: [{ id, do: "x" }] }, { url: "https://api.example.com/run" });
  expect(
    explained(
      run("0f8fad5b-d9cb-469f-a165-70867728950e"),
      [recording(run("7c9e6679-7425-40de-944b-e07fc1f90ae7"))],
      {},
    ),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/run: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.steps[0].id  "7c9e6679-7425-40de-944b-e07fc1f90ae7" → "0f8fad5b-d9cb-469f-a165-70867728950e"

    body.steps[0].id differs only in what looks like a UUID, which changes on every run. Make it deterministic with freeze: { uuid: true } and re-record the cassette, or ignore it with match: { ignore: ['steps[*].id'] }.
    "
  `);
});

test("a temporary path can only be left out, and another change beside it is separate", () => {
  const run = (cwd: string, task: string) => request({ cwd, task }, { url: "https://api.example.com/run" });
  expect(
    explained(run("/tmp/agent-1f/x", "lint"), [recording(run("/tmp/agent-9c/x", "test"))], {}),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/run: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.cwd   "/tmp/agent-9c/x" → "/tmp/agent-1f/x"
        body.task  "test" → "lint"

    body.cwd differs only in what looks like a temporary path, which changes on every run. Ignore it with match: { ignore: ['cwd'] }.

    If the change to body.task is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'

    If body.task changes on every run, ignore it with match: { ignore: ['task'] }.
    "
  `);
});

test("a field of the body that is called as another part is left out by its whole path", () => {
  const search = (headers: string) => request({ headers }, { url: "https://api.example.com/rerank" });
  expect(explained(search("typescript"), [recording(search("javascript"))], {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/rerank: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.headers  "javascript" → "typescript"

    If the change to body.headers is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'

    If body.headers changes on every run, ignore it with match: { ignore: ['body.headers'] }.
    "
  `);
});

test.for<[path: string, body: (text: string) => object]>([
  ["body.messages[0].content", (content) => ({ messages: [{ role: "user", content }] })],
  ["body.messages[0].content[0].text", (text) => ({ messages: [{ content: [{ type: "text", text }] }] })],
  ["body.contents[0].parts[0].text", (text) => ({ contents: [{ parts: [{ text }] }] })],
  ["body.input", (input) => ({ input })],
  ["body.input[0]", (input) => ({ input: [input] })],
  ["body.system", (system) => ({ system })],
  ["body.instructions", (instructions) => ({ instructions })],
  ["body.systemInstruction.parts[0].text", (text) => ({ systemInstruction: { parts: [{ text }] } })],
  ["body.prompt", (prompt) => ({ prompt })],
  ["body.query", (query) => ({ query })],
  ["body.params.arguments.city", (city) => ({ jsonrpc: "2.0", params: { name: "f", arguments: { city } } })],
])("a cassette that answers any prompt is never suggested: %s", ([path, body]) => {
  const told = (live: string, recorded: string) =>
    explained(request(body(live)), [recording(request(body(recorded)))], {});
  const other = told("Lyon", "Paris");
  expect(other).toContain(`If the change to ${path} is intended`);
  expect(other).not.toMatch(/ignore|normalize/);
  const dated = told("on 2026-11-20", "on 2026-11-21");
  expect(dated).toContain(
    "Make it deterministic with freeze: { time: true } and re-record the cassette, or replace it with match.normalize.",
  );
  expect(dated).not.toContain("ignore");
  const numbered = told("item-5", "item-12");
  expect(numbered).toContain(`If a number in ${path} changes on every run, replace it with match.normalize.`);
  expect(numbered).not.toContain("ignore");
});

test("an added message, or a body that is nothing but text, is not ignored either", () => {
  const added = request({ messages: [{ content: "a" }, { content: "b" }] });
  expect(explained(added, [recording(request({ messages: [{ content: "a" }] }))], {})).not.toContain(
    "ignore",
  );
  const text = (body: string) => request(body, { headers: [["content-type", "text/plain"]] });
  expect(explained(text("a"), [recording(text("b"))], {})).not.toContain("ignore");
});

test("an id in a message may be ignored", () => {
  const asked = (name_id: string) => request({ messages: [{ content: "a", name_id }] });
  expect(explained(asked("a"), [recording(asked("b"))], {})).toContain("ignore: ['messages[0].name_id']");
});

test("a query parameter that differs is left out by its path", () => {
  const at = (alt: string) => request({}, { url: `https://api.example.com/run?alt=${alt}` });
  expect(explained(at("sse"), [recording(at("json"))], {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/run?alt=sse: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        query.alt  "json" → "sse"

    If the change to query.alt is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'

    If query.alt changes on every run, ignore it with match: { ignore: ['query.alt'] }.
    "
  `);
});

test.each([
  ["12345678901234567890", "12345678901234567890"],
  ["-0.01234567890123456789", "-0.01234567890123456789"],
  ["12.34567890123456789100", "12.34567890123456789100"],
  ["1e400", "1e400"],
])("a number that is no double, %s, is shown as %s", (number, shown) => {
  const text = explained(request(`{"n":7}`), [recording(request(`{"n":${number}}`))], {});
  expect(text).toContain(`body.n  ${shown} → 7\n`);
});

test("bytes that differ are shown by length and hash", () => {
  const send = (...bytes: number[]) =>
    request(Uint8Array.of(255, ...bytes), { url: "https://api.example.com/audio", headers: [] });
  expect(explained(send(1), [recording(send(1, 2))], {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/audio: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body  3 bytes, SHA-256 ca66882b2aac… → 2 bytes, SHA-256 437cb43a3022…

    If the change to body is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a request that was played already can be repeated", () => {
  const tape = [recording(ask("Tell me a joke."))];
  expect(explained(ask("Tell me a joke."), tape, { reason: "used-up", played: [0] })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: it was recorded once, and that recording has already been played.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      request   gpt-5-mini, "Tell me a joke."
      nearest   recording 1, already played

    If the recording may answer it again, set repeat: 'last'.

    If the code should send it this often, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a request that was recorded several times and used up says how often", () => {
  const tape = [recording(ask("a")), recording(ask("b")), recording(ask("a"))];
  expect(explained(ask("a"), tape, { reason: "used-up", played: [0, 2] })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: it was recorded 2 times, and all of these recordings have already been played.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (3 recordings)
      mode      strict (not recording: RECORD is not set)
      request   gpt-5-mini, "a"
      nearest   recording 3, already played, recorded 2 times

    If the last recording may answer it again, set repeat: 'last'.

    If the code should send it this often, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a request that is out of order is compared with the expected one", () => {
  const tape = [
    recording(ask("a")),
    recording(ask("b", {}, { url: "https://api.openai.com/v1/responses" })),
    recording(ask("c")),
  ];
  expect(
    explained(ask("c"), tape, { reason: "out-of-order", played: [0], expectedNext: tape[1]! }),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: it was sent out of order.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (3 recordings)
      mode      strict (not recording: RECORD is not set)
      request   gpt-5-mini, "c"
      expected  recording 2, POST https://api.openai.com/v1/responses · gpt-5-mini, "b"
      nearest   recording 3, not played yet

    If the order of requests does not matter, remove order: 'recorded'.

    If the new order is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("another cassette that has the request is named", () => {
  expect(
    explained(ask("a"), [recording(ask("b"))], { foundIn: ["cassettes/tests/chat/tells-another-joke.yaml"] }),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.messages[1].content  "b" → "a"

    cassettes/tests/chat/tells-another-joke.yaml has a recording of this request. Was the test renamed, or does it use the wrong cassette?

    If the change to body.messages[1].content is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("the error of several misses tells the first in full and the rest in a line each", () => {
  const tape = [recording(ask("a")), recording(ask("b"))];
  const error = new CassetteMissError([
    miss(ask("A"), tape, {}).facts,
    miss(ask("B", { seed: 1, n: 2, user: "u", top_p: 1 }), tape, {}).facts,
    miss(ask("a"), tape, { reason: "used-up", played: [0] }).facts,
    miss(ask("c", {}, { url: "https://api.openai.com/v1/responses" }), tape, { reason: "not-recorded" })
      .facts,
  ]);
  expect(`\n${error.message}\n`).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (2 recordings)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.messages[1].content  "a" → "A"

    If the change to body.messages[1].content is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'

    3 more requests of this test had no recording to play:
      POST https://api.openai.com/v1/chat/completions: no recording matches it (recording 1 differs in body.messages[1].content, body.seed, body.n and 2 more)
      POST https://api.openai.com/v1/chat/completions: it was recorded once, and that recording has already been played
      POST https://api.openai.com/v1/responses: the cassette has no recording of this method, origin and path
    "
  `);
});

test("further misses that say the same are one line, and no more than twenty are listed", () => {
  const tape = [recording(ask("a"))];
  const asked = (content: string) => miss(ask(content, { n: content }), tape, {}).facts;
  const loop = new CassetteMissError([asked("A"), asked("B"), asked("C")]);
  expect(loop.message.split("\n\n").at(-1)).toMatchInlineSnapshot(`
    "2 more requests of this test had no recording to play:
      POST https://api.openai.com/v1/chat/completions: no recording matches it (recording 1 differs in body.messages[1].content and body.n) (2 times)"
  `);
  const to = (n: number) =>
    miss(ask("a", {}, { url: `https://api.openai.com/v1/${n}` }), tape, { reason: "not-recorded" });
  const many = new CassetteMissError([asked("A"), ...Array.from({ length: 23 }, (_, n) => to(n).facts)]);
  const lines = many.message.split("\n\n").at(-1)?.split("\n") ?? [];
  expect(lines[0]).toBe("23 more requests of this test had no recording to play:");
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe("  and 3 more");
  expect(many.misses).toHaveLength(24);
});

test("match.by is named if it alone rejects a recording", () => {
  const by = () => false;
  const given = [ask("a"), [recording(ask("a"))], { match: { by } }] as const;
  expect(explained(...given)).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: match.by rejected every recording.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      request   gpt-5-mini, "a"
      nearest   recording 1, not played yet

    Without match.by, the request is equal to recording 1. If match.by should accept it, fix or remove match.by.

    If it should not, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
  expect(summarizeMiss(miss(...given).facts)).toBe(
    "POST https://api.openai.com/v1/chat/completions: match.by rejected every recording",
  );
});

test("the error holds the facts, and the fields that differ for a diff", () => {
  const tape = [recording(ask("Tell me a joke.", { temperature: 1, tools: [{ name: "x" }] }))];
  const error = new CassetteMissError([miss(ask("Tell me a story.", { seed: 7 }), tape, {}).facts]);
  expect(error).toMatchObject({
    name: "CassetteMissError",
    code: "CASSETTE_MISS",
    reason: "different",
    cassette: "cassettes/tests/chat/tells-a-joke.yaml",
    mode: "strict",
    request: { method: "POST", url: "https://api.openai.com/v1/chat/completions" },
    nearest: { position: 1, played: 0, timesRecorded: 1, sameEndpoint: true },
  });
  expect(error.misses).toHaveLength(1);
  expect(error.actual).toEqual({ "body.messages[1].content": "Tell me a story.", "body.seed": 7 });
  expect(error.expected).toEqual({
    "body.messages[1].content": "Tell me a joke.",
    "body.temperature": 1,
    "body.tools": [{ name: "x" }],
  });
});

test("a long prompt is cut to the lines around the first that differs", () => {
  const lines = (changed: string) =>
    [...Array.from("abcdefgh"), changed, ...Array.from("ijklmnop")].map((each) =>
      `${each}: `.padEnd(60, "-"),
    );
  const sent = (word: string) => request({ prompt: lines(word).join("\n").repeat(8) });
  const error = new CassetteMissError([miss(sent("new"), [recording(sent("old"))], {}).facts]);
  const { "body.prompt": prompt } = error.actual as { "body.prompt": string };
  expect(prompt.split("\n").slice(0, 5)).toMatchInlineSnapshot(`
    [
      "…----------------",
      "f: ---------------------------------------------------------",
      "g: ---------------------------------------------------------",
      "h: ---------------------------------------------------------",
      "new: -------------------------------------------------------",
    ]
  `);
  expect(prompt).toHaveLength(2002);
  expect(error.message).toMatchInlineSnapshot(`
    "Failed to play POST https://api.openai.com/v1/chat/completions: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.prompt  "…-------------------\\nold: ---------------------------------------…" → "…-------------------\\nnew: ---------------------------------------…"

    If the change to body.prompt is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'"
  `);
});

test("actual and expected stay small for a request of any size", () => {
  const image = "A".repeat(1_000_000);
  const deep = (levels: number): unknown => (levels === 0 ? image : [deep(levels - 1), deep(levels - 1)]);
  const live = request({
    image,
    many: Array.from({ length: 10_000 }, (_, n) => ({ n })),
    deep: deep(5),
    n: 1,
  });
  const error = new CassetteMissError([miss(live, [recording(request({ n: "12345" }))], {}).facts]);
  expect(JSON.stringify([error.actual, error.expected]).length).toBeLessThan(300_000);
  expect(error.message.length).toBeLessThan(1500);
});

test("JSON that is nested very deep is compared as text, and its miss is explained", () => {
  const deep = (inner: string) =>
    request(`{"messages":${"[".repeat(100_000)}${inner}${"]".repeat(100_000)}}`, {
      url: "https://api.example.com/run",
    });
  const error = new CassetteMissError([miss(deep("1"), [recording(deep("2"))], {}).facts]);
  expect(error.message).toContain('body  "…[[[[[[[[[[[[[[[[[[[[2]]]');
  expect(JSON.stringify(error.actual).length).toBeLessThan(2100);
});

test("exact numbers and bytes are text in a diff", () => {
  const sent = (body: string) => request(body, { url: "https://api.example.com/run" });
  const error = new CassetteMissError([
    miss(sent('{"n":12345678901234567891}'), [recording(sent('{"n":12345678901234567890}'))], {}).facts,
  ]);
  expect([error.actual, error.expected]).toEqual([
    { "body.n": "12345678901234567891" },
    { "body.n": "12345678901234567890" },
  ]);
});

test("a request with another secret than before says so, and shows no placeholders", () => {
  const tape = [recording(request({ token: "<redacted:token>" }))];
  const index = new RecordingIndex(tape, compileRules());
  const live = request({ token: "t0ps3cret" });
  const found = index.find(request({ token: "<redacted:token-2>" }));
  const otherSecret = { recording: tape[0]!, paths: ["body.token"] };
  const { facts } = describeMiss(live, { ...found, recordings: [], otherSecret }, index, {
    reason: "different",
    cassette: "cassettes/joke.yaml",
    mode: "strict",
    recordingOff: "RECORD is not set",
    recordCommand: "RECORD=1 npx vitest run a.test.ts",
    redact: (text) => text,
    played: () => 0,
  });
  const error = new CassetteMissError([facts]);
  expect([error.actual, error.expected]).toEqual([undefined, undefined]);
  expect(`\n${error.message}\n`).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: it has another secret than the recording.

      cassette  cassettes/joke.yaml (1 recording)
      mode      strict (not recording: RECORD is not set)
      nearest   recording 1, not played yet

    A cassette has placeholders for secrets, and knows which of them are the same. At body.token, this request has another secret than earlier requests with the same placeholder.

    If it should use another one here, re-record the cassette:
      RECORD=1 npx vitest run a.test.ts
    "
  `);
});

test("there is no diff if nothing is recorded, or nothing differs", () => {
  const tape = [recording(ask("a"))];
  for (const facts of [
    miss(ask("a"), [], { reason: "no-tape" }).facts,
    miss(ask("a"), tape, { reason: "used-up", played: [0] }).facts,
  ]) {
    const error = new CassetteMissError([facts]);
    expect([error.actual, error.expected]).toEqual([undefined, undefined]);
  }
});

test("a reporter gets no second copy of the facts", () => {
  const error = new CassetteMissError([miss(ask("a"), [recording(ask("b"))], {}).facts]);
  expect(Object.keys(error.toJSON())).toEqual([
    "name",
    "code",
    "message",
    "stack",
    "actual",
    "expected",
    "diff",
  ]);
});

test("nothing that redact removes is in the error", () => {
  const secret = "sk-live-0123456789abcdef";
  const redact = (text: string) => text.replaceAll(secret, "<secret>");
  const padding = "word ".repeat(40);
  const sent = (text: string) =>
    request(
      {
        text,
        same: secret,
        [secret]: text.length,
        either: [secret, { [secret]: text }],
        [text.slice(-4)]: { [secret]: 1 },
      },
      { url: `https://api.example.com/run?token=${secret}` },
    );
  const live = sent(`${padding}${secret}${padding}live`);
  const { facts } = miss(live, [recording(sent(`${padding}${secret}x${padding}recorded`))], {
    redact,
    recordCommand: `RECORD=1 npx vitest run -t '${secret}'`,
  });
  const error = new CassetteMissError([facts]);
  const printed = JSON.stringify([error.message, error.actual, error.expected, error.misses, error.toJSON()]);
  expect(printed).toContain("<secret>");
  for (let length = 8; length <= secret.length; length++)
    expect(printed).not.toContain(secret.slice(-length));
  expect(printed).not.toContain(secret.slice(0, 10));
});

test("in warn mode the same explanation is a warning", () => {
  const { facts, substitute } = miss(ask("A"), [recording(ask("B"))], { mode: "warn" });
  expect(`\n${explainSubstitution(facts, new Set()).text}\n`).toMatchInlineSnapshot(`
    "
    Played recording 1 for POST https://api.openai.com/v1/chat/completions: no recording matches it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      warn (not recording: RECORD is not set)
      nearest   recording 1, not played yet

      differs   (recorded → live)
        body.messages[1].content  "B" → "A"

    If the change to body.messages[1].content is intended, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
  expect(substitute).toBeDefined();
});

test("a difference that was printed is not printed again, a new one beside it is", () => {
  const tape = [recording(ask("Hello", { seed: 1 }))];
  const first = explainSubstitution(miss(ask("Hello", { seed: 2 }), tape, {}).facts, new Set());
  const printed = new Set(first.keys);
  expect(first.text).toContain("body.seed");
  const again = explainSubstitution(miss(ask("Hello", { seed: 2 }), tape, { played: [0] }).facts, printed);
  expect(again.text).toBeUndefined();
  const more = explainSubstitution(miss(ask("Hello", { seed: 2, n: 3 }), tape, {}).facts, printed);
  expect(more.text).toContain("body.n");
  expect(more.text).not.toContain("body.seed");
  expect(more.keys).toHaveLength(2);
  const other = explainSubstitution(miss(ask("Hello", { seed: 3 }), tape, {}).facts, printed);
  expect(other.text).toContain("body.seed");
});

test("a repeat in warn mode is warned of once", () => {
  const tape = [recording(ask("a"))];
  const { facts } = miss(ask("a"), tape, { reason: "used-up", played: [0], mode: "warn" });
  const first = explainSubstitution(facts, new Set());
  expect(`\n${first.text}\n`).toMatchInlineSnapshot(`
    "
    Played recording 1 for POST https://api.openai.com/v1/chat/completions: it was recorded once, and that recording has already been played.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      warn (not recording: RECORD is not set)
      request   gpt-5-mini, "a"
      nearest   recording 1, already played

    If the recording may answer it again, set repeat: 'last'.

    If the code should send it this often, re-record the cassette:
      RECORD=1 npx vitest run tests/chat.test.ts -t 'tells a joke'
    "
  `);
  expect(explainSubstitution(facts, new Set(first.keys)).text).toBeUndefined();
});

test("only a recording of the same endpoint is played in a request's place", () => {
  const elsewhere = recording(ask("a", {}, { url: "https://api.openai.com/v1/responses" }));
  expect(miss(ask("a"), [elsewhere], { reason: "not-recorded" }).substitute).toBeUndefined();
});

const unplayed = (positions: readonly number[], recordings: number, more: object = {}) =>
  new CassetteUnplayedError(
    {
      cassette: "cassettes/tests/chat/tells-a-joke.yaml",
      recordings,
      unplayed: positions.map((position) => ({
        position,
        method: "POST",
        url: "https://api.openai.com/v1/responses?k=secret",
        ...(position === 2 ? { about: 'gpt-5, "A secret."' } : {}),
      })),
      recordCommand: "RECORD=update npx vitest run tests/chat.test.ts -t 'tells a joke'",
      ...more,
    },
    (text) => text.replaceAll("secret", "<removed>"),
  );

test("if the command keeps matching recordings, the message does not mention re-recording", () => {
  const given = { recordCommand: "RECORD=update npx vitest run a.test.ts b.test.ts" };
  const message = explained(ask("Hi"), [recording(ask("Hello"))], given);
  expect(message).toContain("is intended, update the cassette:\n  RECORD=update npx vitest run");
  expect(message).not.toContain("re-record");
});

test("unplayed recordings are listed by place and request line", () => {
  const error = unplayed([2, 11], 12);
  expect(error).toMatchObject({ name: "CassetteUnplayedError", code: "CASSETTE_UNPLAYED" });
  expect(`\n${error.message}\n`).toMatchInlineSnapshot(`
    "
    Failed to play all of cassettes/tests/chat/tells-a-joke.yaml: 2 of 12 recordings were not played.

       2  POST https://api.openai.com/v1/responses?k=<removed> · gpt-5, "A <removed>."
      11  POST https://api.openai.com/v1/responses?k=<removed>

    If the code should no longer ask for them, update the cassette:
      RECORD=update npx vitest run tests/chat.test.ts -t 'tells a joke'

    If unplayed recordings do not matter, set unplayed: 'ignore'.
    "
  `);
  expect(JSON.stringify([error.unplayed, error.toJSON()])).not.toContain("secret");
});

test("RECORD=new says that it leaves recordings unplayed", () => {
  expect(unplayed([1], 2, { adds: true }).message).toContain(
    "RECORD=new only adds: recordings that the code no longer asks for stay. To drop them, update the cassette:\n" +
      "  RECORD=update npx vitest run tests/chat.test.ts -t 'tells a joke'",
  );
});

test("unplayed recordings are counted in words that fit", () => {
  const first = (positions: readonly number[], recordings: number) =>
    unplayed(positions, recordings).message.split("\n")[0];
  expect(first([1], 1)).toMatchInlineSnapshot(
    `"Failed to play all of cassettes/tests/chat/tells-a-joke.yaml: 1 of 1 recording was not played."`,
  );
  expect(first([1, 2], 2)).toMatchInlineSnapshot(
    `"Failed to play all of cassettes/tests/chat/tells-a-joke.yaml: 2 of 2 recordings were not played."`,
  );
  expect(first([2], 2)).toMatchInlineSnapshot(
    `"Failed to play all of cassettes/tests/chat/tells-a-joke.yaml: 1 of 2 recordings was not played."`,
  );
  expect(
    unplayed(
      Array.from({ length: 30 }, (_, n) => n + 1),
      40,
    ).message,
  ).toContain("  and 10 more");
});
