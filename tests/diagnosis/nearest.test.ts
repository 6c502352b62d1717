import { expect, test } from "vitest";
import type { Interaction, RecordedRequest } from "../../src/cassette/model.ts";
import { differences } from "../../src/diagnosis/differences.ts";
import { nearest } from "../../src/diagnosis/nearest.ts";
import { normalizeRequest } from "../../src/matching/normalize.ts";
import { RecordingIndex } from "../../src/matching/recording-index.ts";
import { compileRules } from "../../src/matching/rules.ts";
import { recording, request } from "../matching/support.ts";
import { startCpuTimer } from "../support/cpu-timer.ts";

const url = "https://api.example.com/v1/run";
const plain = (body: unknown, over: Partial<RecordedRequest> = {}) => request(body, { url, ...over });

const diff = (live: RecordedRequest, recorded: RecordedRequest, match = {}) => {
  const rules = compileRules({ match });
  return differences(normalizeRequest(live, rules), normalizeRequest(recorded, rules)).map(
    ({ path, kind, live, recorded }) => (kind === "changed" ? [path, live, recorded] : [path, kind]),
  );
};

test("equal requests have no differences", () => {
  expect(diff(plain({ a: 1, b: [1, 2] }), plain('{ "b": [1.0, 2], "a": 1 }'))).toEqual([]);
});

test("each field that differs is named by its path, with both values", () => {
  const live = {
    model: "b",
    messages: [{ role: "user", content: "hi" }],
    stream: true,
    "odd key": 1,
    n: null,
  };
  const recorded = { model: "a", messages: [{ role: "user", content: "ho" }], "odd key": 2, top_p: 1, n: 0 };
  expect(diff(plain(live), plain(recorded))).toEqual([
    ["body.model", "b", "a"],
    ["body.messages[0].content", "hi", "ho"],
    ["body.stream", "added"],
    ['body["odd key"]', 1, 2],
    ["body.n", null, 0],
    ["body.top_p", "removed"],
  ]);
});

test("method, URL, query and headers are named too", () => {
  expect(
    diff(
      plain({}, { method: "PUT", url: "https://other.example.com/v2?alt=sse&a=1", headers: [["x-a", "1"]] }),
      plain({}, { url: `${url}?alt=json`, headers: [["x-a", "2"]] }),
      { headers: ["x-a"] },
    ),
  ).toEqual([
    ["method", "PUT", "POST"],
    ["url", "https://other.example.com/v2", url],
    ["query.alt", "sse", "json"],
    ["query.a", "added"],
    ["headers.x-a", "1", "2"],
  ]);
});

test("one element more is one difference, wherever it stands", () => {
  const list = (...texts: string[]) =>
    plain({ messages: texts.map((content) => ({ role: "user", content })) });
  expect(diff(list("a", "b", "c"), list("a", "c"))).toEqual([["body.messages[1]", "added"]]);
  expect(diff(list("a", "c"), list("a", "b", "c"))).toEqual([["body.messages[1]", "removed"]]);
  expect(diff(list("a", "b"), list("a"))).toEqual([["body.messages[1]", "added"]]);
  expect(diff(list("a", "X", "c"), list("a", "b", "c"))).toEqual([["body.messages[1].content", "X", "b"]]);
});

test("a body of another kind differs as a whole", () => {
  const text = { headers: [["content-type", "text/plain"]] as const };
  expect(diff(plain({ a: 1 }), plain("hello", text))).toEqual([["body", { a: 1 }, "hello"]]);
  expect(diff(plain({ a: 1 }), plain(undefined))).toEqual([["body", "added"]]);
  expect(diff(plain(undefined), plain({ a: 1 }))).toEqual([["body", "removed"]]);
  expect(diff(plain("a", text), plain("b", text))).toEqual([["body", "a", "b"]]);
});

test("a value of another type is one difference", () => {
  expect(diff(plain({ a: "x" }), plain({ a: ["x"] }))).toEqual([["body.a", "x", ["x"]]]);
  expect(diff(plain({ a: {} }), plain({ a: [] }))).toEqual([["body.a", {}, []]]);
  expect(diff(plain('{"a":12345678901234567891}'), plain('{"a":12345678901234567890}'))).toHaveLength(1);
});

function near(live: RecordedRequest, tape: readonly Interaction[], played: readonly Interaction[] = []) {
  const index = new RecordingIndex(tape, compileRules());
  return nearest(live, index.find(live), index, (each) => played.filter((other) => other === each).length);
}

const ask = (content: string, over: object = {}) =>
  plain({ model: "m", temperature: 0, messages: [{ role: "user", content }], ...over });

test("an empty tape has no nearest recording", () => {
  expect(near(ask("a"), [])).toBeUndefined();
});

test("the recording that differs in fewer fields is nearer", () => {
  const tape = [recording(ask("other", { model: "n", temperature: 1 })), recording(ask("other"))];
  expect(near(ask("question"), tape)?.recording).toBe(tape[1]);
});

test("of two that differ in one text, the one with more of it in common is nearer", () => {
  const tape = [
    recording(ask("Write a poem about the sea")),
    recording(ask("best practices for javascript")),
  ];
  expect(near(ask("best practices for typescript"), tape)?.recording).toBe(tape[1]);
});

test("a recording of the same endpoint is nearer than one of another, however much differs", () => {
  const tape = [
    recording(
      plain({ model: "m", temperature: 0, messages: [{ role: "user", content: "a" }] }, { url: `${url}2` }),
    ),
    recording(plain({ nothing: ["alike"] })),
  ];
  expect(near(ask("a"), tape)).toMatchObject({ recording: tape[1], sameEndpoint: true });
});

test("without one of the same endpoint, one that differs only in host is nearer than one that differs in path", () => {
  const tape = [
    recording(plain({ model: "m" }, { url: "https://api.example.com/v1/walk" })),
    recording(plain({ model: "m" }, { url: "https://gateway.example.com/v1/run" })),
  ];
  const found = near(plain({ model: "m" }), tape);
  expect(found).toMatchObject({ recording: tape[1], sameEndpoint: false });
  expect(found?.differences.map(({ path }) => path)).toEqual(["url"]);
});

test("of equally near ones, an unplayed one comes first, then the first on the tape", () => {
  const tape = [recording(ask("x1")), recording(ask("x2")), recording(ask("x3"))];
  expect(near(ask("x4"), tape)?.recording).toBe(tape[0]);
  expect(near(ask("x4"), tape, [tape[0]!])?.recording).toBe(tape[1]);
  expect(near(ask("x4"), tape, tape)?.recording).toBe(tape[0]);
});

test("if every recording of the request was played, the last one is the nearest and has no differences", () => {
  const tape = [recording(ask("a")), recording(ask("a")), recording(ask("b"))];
  expect(near(ask("a"), tape, [tape[0]!, tape[1]!])).toEqual({
    recording: tape[1],
    sameEndpoint: true,
    differences: [],
    otherSecret: false,
  });
});

test("on a long tape the nearest is found among all, in little time", () => {
  const prompt = "You are a careful assistant who answers briefly. ".repeat(60);
  const tape = Array.from({ length: 10_000 }, (_, n) =>
    recording(ask(`${prompt}Question number ${10_000 + n}?`)),
  );
  const index = new RecordingIndex(tape, compileRules());
  const live = ask(`${prompt}Question number 17321??`);
  const found = index.find(live);
  const cpuTime = startCpuTimer();
  const closest = nearest(live, found, index, () => 0);
  const took = cpuTime();
  expect(closest?.recording).toBe(tape[7321]);
  expect(closest?.differences.map(({ path }) => path)).toEqual(["body.messages[0].content"]);
  expect(took).toBeLessThan(5000);
});
