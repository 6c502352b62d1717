import { expect, test } from "vitest";
import type { HeaderLines } from "../../src/cassette/model.ts";
import { type PathStep, parseSteps } from "../../src/matching/path.ts";
import { profiles, recognize } from "../../src/providers/registry.ts";
import { equal, JSON_TYPE, request } from "./support.ts";

/** A URL of each provider, at which it is recognized. */
const URLS: Readonly<Record<string, string>> = {
  openai: "https://api.openai.com/v1/responses",
  anthropic: "https://api.anthropic.com/v1/messages",
  "gcp.gemini": "https://generativelanguage.googleapis.com/v1beta/models/gemini-3:generateContent",
  "gcp.vertex_ai":
    "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/g:generateContent",
  "aws.bedrock": "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude/converse",
  ollama: "http://localhost:11434/api/chat",
  mcp: "https://example.com/mcp",
};

/** A value in which the path leads to `leaf`. */
function valueAt(path: string, leaf: unknown): unknown {
  return parseSteps(path).reduceRight<unknown>((inner, step) => around(step, inner), leaf);
}

function around(step: PathStep, inner: unknown): unknown {
  switch (step.kind) {
    case "field":
      return { [step.name]: inner };
    case "element":
    case "any-element":
      return [inner];
    case "any-field":
      return { some: inner };
    case "any-depth":
      return { deeply: [{ nested: inner }] };
  }
}

const known = profiles.filter(({ name }) => URLS[name] !== undefined);

test("there is a URL of every provider that this test is about", () => {
  expect(known.map(({ name }) => name).sort()).toEqual(Object.keys(URLS).sort());
  for (const profile of known) {
    const url = URLS[profile.name] as string;
    expect(recognize(url, { method: "POST", headers: JSON_TYPE })?.profile.name).toBe(profile.name);
  }
});

test.each(
  known.flatMap((profile) => (profile.varies.body ?? []).map((path) => [profile.name, path] as const)),
)("%s: %s does not matter, present or not", (name, path) => {
  const url = URLS[name] as string;
  const sent = (leaf: unknown) => request({ kept: 1, ...(valueAt(path, leaf) as object) }, { url });
  const isList = path.startsWith("[");
  const of = (leaf: unknown) => (isList ? request(valueAt(path, leaf), { url }) : sent(leaf));
  expect(equal(of("one"), of("other"))).toBe(true);
  expect(equal(of("one"), of("other"), { recognize: () => undefined })).toBe(false);
});

test.each(
  known.flatMap((profile) => (profile.varies.ids ?? []).map((path) => [profile.name, path] as const)),
)("%s: the id at %s may be another", (name, path) => {
  const of = (id: string) => request(valueAt(path, id), { url: URLS[name] as string });
  expect(equal(of("id_1"), of("id_2"))).toBe(true);
  expect(equal(of("id_1"), of("id_2"), { recognize: () => undefined })).toBe(false);
});

test.each(
  known.flatMap((profile) => (profile.varies.query ?? []).map((query) => [profile.name, query] as const)),
)("%s: the query parameter %s does not matter", (name, query) => {
  const of = (value: string) => request({}, { url: `${URLS[name]}?${query}=${value}&kept=1` });
  expect(equal(of("1"), of("2"))).toBe(true);
  expect(equal(of("1"), request({}, { url: `${URLS[name]}?${query}=1&kept=2` }))).toBe(false);
});

test.each(
  known.flatMap((profile) => (profile.varies.headers ?? []).map((header) => [profile.name, header] as const)),
)("%s: the header %s does not matter if all headers are compared", (name, header) => {
  const of = (value: string): ReturnType<typeof request> => {
    const headers: HeaderLines = [...JSON_TYPE, [header.replace("*", "anything"), value]];
    return request({}, { url: URLS[name] as string, headers });
  };
  expect(equal(of("1"), of("2"), { match: { headers: ["*"] } })).toBe(true);
  expect(equal(of("1"), of("2"), { match: { headers: ["*"] }, recognize: () => undefined })).toBe(false);
});

test("ids of tool calls may be others, but a result must still belong to the same call", () => {
  const turn = (first: string, second: string, results: readonly string[]) =>
    request(
      {
        messages: [
          { role: "user", content: "weather in Paris and Rome?" },
          {
            role: "assistant",
            tool_calls: [
              { id: first, type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } },
              { id: second, type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
            ],
          },
          ...results.map((id, index) => ({ role: "tool", tool_call_id: id, content: `${index} degrees` })),
        ],
      },
      { url: "https://api.openai.com/v1/chat/completions" },
    );
  const recorded = turn("call_a", "call_b", ["call_a", "call_b"]);
  expect(equal(recorded, turn("call_x", "call_y", ["call_x", "call_y"]))).toBe(true);
  expect(equal(recorded, turn("call_x", "call_y", ["call_y", "call_x"]))).toBe(false);
  expect(equal(recorded, turn("call_x", "call_x", ["call_x", "call_x"]))).toBe(false);
});

test("a model id in a Bedrock path is the same with its colon encoded or not", () => {
  const at = (model: string) =>
    request({}, { url: `https://bedrock-runtime.us-east-1.amazonaws.com/model/${model}/converse` });
  expect(equal(at("anthropic.claude-v1:0"), at("anthropic.claude-v1%3A0"))).toBe(true);
  expect(equal(at("anthropic.claude-v1:0"), at("anthropic.claude-v1:1"))).toBe(false);
});

test("a field that varies at one provider matters at another", () => {
  const of = (user: string, url: string) => request({ metadata: { user_id: user } }, { url });
  expect(equal(of("1", URLS.anthropic as string), of("2", URLS.anthropic as string))).toBe(true);
  expect(equal(of("1", "https://example.com/x"), of("2", "https://example.com/x"))).toBe(false);
});

test("ignored paths add to the fields that the provider varies", () => {
  const of = (user: string, seed: number) => request({ metadata: { user_id: user }, seed });
  expect(equal(of("1", 1), of("2", 2), { match: { ignore: ["seed"] } })).toBe(true);
  expect(equal(of("1", 1), of("2", 2))).toBe(false);
});
