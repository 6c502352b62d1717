import { expect, test } from "vitest";
import type { Interaction, RecordedRequest } from "../../src/cassette/model.ts";
import { Playhead } from "../../src/cassette/playhead.ts";
import { explainMiss, explainSubstitution, summariseMiss } from "../../src/diagnosis/explain.ts";
import { describeMiss, type MissContext } from "../../src/diagnosis/miss.ts";
import { CassetteMissError } from "../../src/diagnosis/miss-error.ts";
import { CassetteUnplayedError } from "../../src/diagnosis/unplayed-error.ts";
import type { MatchOptions } from "../../src/matching/match-options.ts";
import { RecordingIndex } from "../../src/matching/recording-index.ts";
import { compileRules } from "../../src/matching/rules.ts";
import { recording, request } from "./support.ts";

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
  const playhead = new Playhead(tape);
  for (const position of played) playhead.play(tape[position]!);
  return describeMiss(live, index.find(live), index, {
    reason: "different",
    cassette: "cassettes/tests/chat/tells-a-joke.yaml",
    mode: "strict",
    recordingOff: "RECORD is not set",
    recordCommand: "RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'",
    redact: (text) => text,
    played: (each) => playhead.played(each),
    ...over,
  });
}

const told = (...given: Parameters<typeof miss>) => `\n${explainMiss(miss(...given).facts)}\n`;

test("with no tape yet it says how to record one", () => {
  expect(told(ask("Tell me a joke."), [], { reason: "no-tape" })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: there is no cassette yet.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (no such file)
      mode      strict, recording is off: RECORD is not set
      request   gpt-5-mini, "Tell me a joke."

    Record it:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("where recording is refused it says where to record", () => {
  const ci = { recordingOff: "CI is set", recordingRefused: true } as const;
  expect(told(ask("Hi"), [], { reason: "no-tape", ...ci })).toContain(
    "Record it on your own machine, and commit the cassette:\n  RECORD=1 npx vitest",
  );
  expect(told(ask("Hi"), [recording(ask("Hello"))], ci)).toContain(
    "is meant, record anew on your own machine, and commit the cassette:\n  RECORD=1",
  );
});

test("an empty tape is said to be empty", () => {
  expect(told(ask("Tell me a joke."), [], { reason: "not-recorded" })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: the cassette is empty.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (0 recordings)
      mode      strict, recording is off: RECORD is not set
      request   gpt-5-mini, "Tell me a joke."

    If the code is meant to send this request, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a request to an endpoint that was never recorded is held against what is nearest", () => {
  const tape = [recording(ask("Tell me a joke.")), recording(ask("Tell me another."))];
  const live = ask("Tell me a joke.", {}, { url: "https://gateway.example.com/v1/chat/completions" });
  expect(told(live, tape, { reason: "not-recorded" })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://gateway.example.com/v1/chat/completions: the cassette has no recording of this method, origin and path.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (2 recordings)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, POST https://api.openai.com/v1/chat/completions, not played yet

      url
        live      "https://gateway.example.com/v1/chat/completions"
        recorded  "https://api.openai.com/v1/chat/completions"

    If the code is meant to send this request, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
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
  expect(told(live, tape, { played: [0] })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (2 recordings)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 2, not played yet

      body.messages[1].content
        live      …weight, the best practices for «typescript» in a large code base.
        recorded  …weight, the best practices for «javascript» in a large code base.

    If the change of body.messages[1].content is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
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
    told(ask("Tell me a joke.", { model: "gpt-5", temperature: 0.2, top_p: 1 }), tape, {}),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body.model
        live      "gpt-5"
        recorded  "gpt-5-mini"
      body.temperature
        live      0.2
        recorded  1
      body.top_p
        live      1
        recorded  not there
      body.tools
        live      not there
        recorded  [{"function":{"name":"search","parameters":{}},"type":"function"}]

    If the change of body.model and 3 more is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("more fields than can be read are named", () => {
  const settings = (value: number) =>
    Object.fromEntries(Array.from("abcdefghijklmno", (name) => [name, value]));
  expect(told(ask("Hi", settings(1)), [recording(ask("Hi", settings(2)))], {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body.a
        live      1
        recorded  2
      body.b
        live      1
        recorded  2
      body.c
        live      1
        recorded  2
      body.d
        live      1
        recorded  2
      body.e
        live      1
        recorded  2
      body.f
        live      1
        recorded  2
      and 9 more: body.g, body.h, body.i, body.j, body.k, …

    If the change of body.a and 14 more is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a date in a prompt is known to vary, and what settles it is named", () => {
  const tape = [
    recording(
      ask("Today is Friday, November 20, 2026. Tell me a joke that fits the day, and one that does not."),
    ),
  ];
  const live = ask(
    "Today is Monday, November 23, 2026. Tell me a joke that fits the day, and one that does not.",
  );
  expect(told(live, tape, {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body.messages[1].content
        live      Today is «Monday,» November «23,» 2026. Tell me a joke that fits…
        recorded  Today is «Friday,» November «20,» 2026. Tell me a joke that fits…

    body.messages[1].content differs only in what looks like a date, which varies by nature. Have it the same in every run with freeze: { time: true }, and record anew, or leave the whole of it out with match: { ignore: ['messages[1].content'] }.
    "
  `);
});

test("an id that is all of a field is left out in every element", () => {
  const run = (id: string) => request({ steps: [{ id, do: "x" }] }, { url: "https://api.example.com/run" });
  expect(
    told(
      run("0f8fad5b-d9cb-469f-a165-70867728950e"),
      [recording(run("7c9e6679-7425-40de-944b-e07fc1f90ae7"))],
      {},
    ),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/run: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body.steps[0].id
        live      "0f8fad5b-d9cb-469f-a165-70867728950e"
        recorded  "7c9e6679-7425-40de-944b-e07fc1f90ae7"

    body.steps[0].id differs only in what looks like a UUID, which varies by nature. Have it the same in every run with freeze: { uuid: true }, and record anew, or leave it out with match: { ignore: ['steps[*].id'] }.
    "
  `);
});

test("a temporary path can only be left out, and another change beside it is told apart", () => {
  const run = (cwd: string, task: string) => request({ cwd, task }, { url: "https://api.example.com/run" });
  expect(
    told(run("/tmp/agent-1f/x", "lint"), [recording(run("/tmp/agent-9c/x", "test"))], {}),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/run: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body.cwd
        live      "/tmp/agent-1f/x"
        recorded  "/tmp/agent-9c/x"
      body.task
        live      "lint"
        recorded  "test"

    body.cwd differs only in what looks like a temporary path, which varies by nature. Leave it out with match: { ignore: ['cwd'] }.

    If the change of body.task is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'

    If body.task changes from run to run, leave it out with match: { ignore: ['task'] }.
    "
  `);
});

test("a field of the body that is called as another part is left out by its whole path", () => {
  const search = (query: string) => request({ query }, { url: "https://api.example.com/rerank" });
  expect(told(search("typescript"), [recording(search("javascript"))], {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/rerank: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body.query
        live      "typescript"
        recorded  "javascript"

    If the change of body.query is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'

    If body.query changes from run to run, leave it out with match: { ignore: ['body.query'] }.
    "
  `);
});

test("a query parameter that differs is left out by its path", () => {
  const at = (alt: string) => request({}, { url: `https://api.example.com/run?alt=${alt}` });
  expect(told(at("sse"), [recording(at("json"))], {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/run?alt=sse: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      query.alt
        live      "sse"
        recorded  "json"

    If the change of query.alt is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'

    If query.alt changes from run to run, leave it out with match: { ignore: ['query.alt'] }.
    "
  `);
});

test.each([
  ["12345678901234567890", "12345678901234567890"],
  ["-0.01234567890123456789", "-0.01234567890123456789"],
  ["12.34567890123456789100", "12.345678901234567891"],
  ["1e400", "1e400"],
])("a number that is no double, %s, is shown as %s", (number, shown) => {
  const text = told(request(`{"n":7}`), [recording(request(`{"n":${number}}`))], {});
  expect(text).toContain(`    recorded  ${shown}\n`);
});

test("bytes that differ are told by length and digest", () => {
  const send = (...bytes: number[]) =>
    request(Uint8Array.of(255, ...bytes), { url: "https://api.example.com/audio", headers: [] });
  expect(told(send(1), [recording(send(1, 2))], {})).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.example.com/audio: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body
        live      2 bytes, SHA-256 437cb43a3022…
        recorded  3 bytes, SHA-256 ca66882b2aac…

    If the change of body is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a request that was played already can be repeated", () => {
  const tape = [recording(ask("Tell me a joke."))];
  expect(told(ask("Tell me a joke."), tape, { reason: "used-up", played: [0] })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: it was recorded once, and that recording was played already.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      request   gpt-5-mini, "Tell me a joke."
      nearest   recording 1, played already

    If the recording may answer it again, set repeat: 'last'.

    If the code is meant to send it this often, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("a request that was recorded several times and used up says how often", () => {
  const tape = [recording(ask("a")), recording(ask("b")), recording(ask("a"))];
  expect(told(ask("a"), tape, { reason: "used-up", played: [0, 2] })).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: it was recorded 2 times, and all of them were played already.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (3 recordings)
      mode      strict, recording is off: RECORD is not set
      request   gpt-5-mini, "a"
      nearest   recording 3, played already, recorded 2 times

    If the last recording may answer it again, set repeat: 'last'.

    If the code is meant to send it this often, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("out of its turn, a request is held against the one whose turn it is", () => {
  const tape = [
    recording(ask("a")),
    recording(ask("b", {}, { url: "https://api.openai.com/v1/responses" })),
    recording(ask("c")),
  ];
  expect(
    told(ask("c"), tape, { reason: "out-of-order", played: [0], expectedNext: tape[1]! }),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: it is not its turn.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (3 recordings)
      mode      strict, recording is off: RECORD is not set
      request   gpt-5-mini, "c"
      expected  recording 2, POST https://api.openai.com/v1/responses · gpt-5-mini, "b"
      nearest   recording 3, not played yet

    If the order of requests does not matter here, leave out order: 'recorded'.

    If the new order is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
});

test("another cassette that has the request is named", () => {
  expect(
    told(ask("a"), [recording(ask("b"))], { foundIn: ["cassettes/tests/chat/tells-another-joke.yaml"] }),
  ).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body.messages[1].content
        live      "a"
        recorded  "b"

    cassettes/tests/chat/tells-another-joke.yaml has a recording of this very request: it may be that this test is meant to play that cassette, or was renamed.

    If the change of body.messages[1].content is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'

    If body.messages[1].content changes from run to run, leave it out with match: { ignore: ['messages[1].content'] }.
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
    Failed to play POST https://api.openai.com/v1/chat/completions: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (2 recordings)
      mode      strict, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body.messages[1].content
        live      "A"
        recorded  "a"

    If the change of body.messages[1].content is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'

    If body.messages[1].content changes from run to run, leave it out with match: { ignore: ['messages[1].content'] }.

    3 more requests of this test had no recording to play:
      POST https://api.openai.com/v1/chat/completions: no recording is equal to it (recording 1 differs in body.messages[1].content, body.seed, body.n and 2 more)
      POST https://api.openai.com/v1/chat/completions: it was recorded once, and that recording was played already
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
      POST https://api.openai.com/v1/chat/completions: no recording is equal to it (recording 1 differs in body.messages[1].content, body.n) (2 times)"
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

test("where match.by alone tells two requests apart it is named", () => {
  const by = () => false;
  const given = [ask("a"), [recording(ask("a"))], { match: { by } }] as const;
  expect(told(...given)).toMatchInlineSnapshot(`
    "
    Failed to play POST https://api.openai.com/v1/chat/completions: match.by took no recording for it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      strict, recording is off: RECORD is not set
      request   gpt-5-mini, "a"
      nearest   recording 1, not played yet

    By itself the request is equal to recording 1: if match.by is not meant to tell them apart, mend it or leave it out.

    If it is, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
  expect(summariseMiss(miss(...given).facts)).toBe(
    "POST https://api.openai.com/v1/chat/completions: match.by took no recording for it",
  );
});

test("the error holds the facts, and both requests for a diff", () => {
  const tape = [recording(ask("Tell me a joke.", { temperature: 1 }))];
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
  expect(`\n${error.actual}\n`).toMatchInlineSnapshot(`
    "
    {
      "method": "POST",
      "url": "https://api.openai.com/v1/chat/completions",
      "body": {
        "messages": [
          {… 2 equal fields, 486 characters},
          {
            "content": "Tell me a story.",
            "role": "user",
          },
        ],
        "model": "gpt-5-mini",
        "seed": 7,
        "stream": true,
      },
    }
    "
  `);
  expect(`\n${error.expected}\n`).toMatchInlineSnapshot(`
    "
    {
      "method": "POST",
      "url": "https://api.openai.com/v1/chat/completions",
      "body": {
        "messages": [
          {… 2 equal fields, 486 characters},
          {
            "content": "Tell me a joke.",
            "role": "user",
          },
        ],
        "model": "gpt-5-mini",
        "stream": true,
        "temperature": 1,
      },
    }
    "
  `);
});

test("a prompt of many lines is shown by line around what differs, a long line is cut", () => {
  const lines = (changed: string) =>
    [...Array.from("abcdefgh"), changed, ...Array.from("ijklmnop")].map((each) =>
      `${each}: `.padEnd(20, "-"),
    );
  const long = (word: string) =>
    `${"The same words again and again. ".repeat(20)}${word} ${"And once more. ".repeat(20)}`;
  const live = request({ prompt: lines("new").join("\n"), hint: long("left") });
  const { diff } = miss(
    live,
    [recording(request({ prompt: lines("old").join("\n"), hint: long("right") }))],
    {},
  ).facts;
  expect(`\n${diff?.live}\n`).toMatchInlineSnapshot(`
    "
    {
      "method": "POST",
      "url": "https://api.openai.com/v1/chat/completions",
      "body": {
        "hint": "…words again and again. The same words again and again. left And once more. And once more. And once more. And once…",
        "prompt": """
          … 5 equal lines
          f: -----------------
          g: -----------------
          h: -----------------
          new: ---------------
          i: -----------------
          j: -----------------
          k: -----------------
          … 5 equal lines
        """,
      },
    }
    "
  `);
  const [a, b] = [diff?.live.split("\n") ?? [], diff?.recorded.split("\n") ?? []];
  expect(
    a.flatMap((line, index) => (line === b[index] ? "" : [line.trim(), b[index]?.trim()])).filter(Boolean),
  ).toMatchInlineSnapshot(`
    [
      ""hint": "…words again and again. The same words again and again. left And once more. And once more. And once more. And once…",",
      ""hint": "…words again and again. The same words again and again. right And once more. And once more. And once more. And once…",",
      "new: ---------------",
      "old: ---------------",
    ]
  `);
});

test("there is nothing to diff where nothing is recorded, or nothing differs", () => {
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
    recordCommand: `RECORD=1 npx vitest -t '${secret}'`,
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
    Played recording 1 for POST https://api.openai.com/v1/chat/completions: no recording is equal to it.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      warn, recording is off: RECORD is not set
      nearest   recording 1, not played yet

      body.messages[1].content
        live      "A"
        recorded  "B"

    If the change of body.messages[1].content is meant, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'

    If body.messages[1].content changes from run to run, leave it out with match: { ignore: ['messages[1].content'] }.
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
    Played recording 1 for POST https://api.openai.com/v1/chat/completions: it was recorded once, and that recording was played already.

      cassette  cassettes/tests/chat/tells-a-joke.yaml (1 recording)
      mode      warn, recording is off: RECORD is not set
      request   gpt-5-mini, "a"
      nearest   recording 1, played already

    If the recording may answer it again, set repeat: 'last'.

    If the code is meant to send it this often, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'
    "
  `);
  expect(explainSubstitution(facts, new Set(first.keys)).text).toBeUndefined();
});

test("only a recording of the same endpoint is played in a request's place", () => {
  const elsewhere = recording(ask("a", {}, { url: "https://api.openai.com/v1/responses" }));
  expect(miss(ask("a"), [elsewhere], { reason: "not-recorded" }).substitute).toBeUndefined();
});

const unplayed = (positions: readonly number[], recordings: number) =>
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
      recordCommand: "RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'",
    },
    (text) => text.replaceAll("secret", "<removed>"),
  );

test("unplayed recordings are listed by place and request line", () => {
  const error = unplayed([2, 11], 12);
  expect(error).toMatchObject({ name: "CassetteUnplayedError", code: "CASSETTE_UNPLAYED" });
  expect(`\n${error.message}\n`).toMatchInlineSnapshot(`
    "
    Failed to play all of cassettes/tests/chat/tells-a-joke.yaml: 2 of its 12 recordings were not asked for.

       2  POST https://api.openai.com/v1/responses?k=<removed> · gpt-5, "A <removed>."
      11  POST https://api.openai.com/v1/responses?k=<removed>

    If the code is meant to send fewer requests, record anew:
      RECORD=1 npx vitest tests/chat.test.ts -t 'tells a joke'

    If what is left over does not matter, set unplayed: 'ignore'.
    "
  `);
  expect(JSON.stringify([error.unplayed, error.toJSON()])).not.toContain("secret");
});

test("unplayed recordings are counted in words that fit", () => {
  const first = (positions: readonly number[], recordings: number) =>
    unplayed(positions, recordings).message.split("\n")[0];
  expect(first([1], 1)).toMatchInlineSnapshot(
    `"Failed to play all of cassettes/tests/chat/tells-a-joke.yaml: its only recording was not asked for."`,
  );
  expect(first([1, 2], 2)).toMatchInlineSnapshot(
    `"Failed to play all of cassettes/tests/chat/tells-a-joke.yaml: none of its 2 recordings was asked for."`,
  );
  expect(first([2], 2)).toMatchInlineSnapshot(
    `"Failed to play all of cassettes/tests/chat/tells-a-joke.yaml: 1 of its 2 recordings was not asked for."`,
  );
  expect(
    unplayed(
      Array.from({ length: 30 }, (_, n) => n + 1),
      40,
    ).message,
  ).toContain("  and 10 more");
});
