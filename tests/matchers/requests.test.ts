import { describe, expect, test } from "vitest";
import type { MissFacts } from "../../src/diagnosis/miss-facts.ts";
import { LiveRequests } from "../../src/session/live-requests.ts";
import { encodeText } from "../../src/streams/text.ts";
import {
  CHAT,
  cassetteOf,
  errorOf,
  failureOf,
  interactionOf,
  JOKE,
  joke,
  MESSAGES,
  requestOf,
} from "./support.ts";

const question = { model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: "Why?" }] };
const requests = [
  requestOf({
    url: `${CHAT}?v=1`,
    headers: { "Content-Type": "application/json", "X-Run": "7" },
    body: question,
  }),
  requestOf({ url: MESSAGES, body: { model: "claude-9" } }),
  requestOf({
    url: "https://example.com/token",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "a=1&b=2&b=3",
  }),
  requestOf({ method: "GET", url: "https://example.com/models", headers: {} }),
  requestOf({ url: "https://example.com/plain", headers: {}, body: "hello world" }),
];
const cassette = cassetteOf([], { requests });
const silent = cassetteOf([]);

test("a request is found by each of its parts", () => {
  expect(cassette).toHaveRequested();
  expect(cassette).toHaveRequested({ method: "get" });
  expect(cassette).toHaveRequested({ method: /^G/ });
  expect(cassette).toHaveRequested({ url: "/v1/messages" });
  expect(cassette).toHaveRequested({ url: MESSAGES });
  expect(cassette).toHaveRequested({ url: new URL(MESSAGES) });
  expect(cassette).toHaveRequested({ url: /models$/ });
  expect(cassette).toHaveRequested({ url: expect.stringContaining("?v=") });
  expect(cassette).toHaveRequested("/v1/messages");
  expect(cassette).toHaveRequested(/models$/);
  expect(cassette).toHaveRequested({ headers: { "x-run": "7", "content-type": /json/ } });
  expect(cassette).not.toHaveRequested({ headers: { "x-run": "8" } });
  expect(cassette).not.toHaveRequested({ headers: { "x-missing": expect.any(String) } });
});

test("a JSON body is compared by value", () => {
  expect(cassette).toHaveRequested({ body: { ...question, messages: [{ content: "Why?", role: "user" }] } });
  expect(cassette).toHaveRequested({ body: expect.objectContaining({ model: "gpt-5-mini" }) });
  expect(cassette).toHaveRequested({ body: { model: expect.stringMatching(/^claude/) } });
  expect(cassette).not.toHaveRequested({ body: { model: "gpt-5-mini" } });
});

test("other bodies are compared as forms or as text", () => {
  expect(cassette).toHaveRequested({ url: "/token", body: { a: "1", b: ["2", "3"] } });
  expect(cassette).toHaveRequested({ body: "hello world" });
  expect(cassette).toHaveRequested({ body: /hello/ });
  expect(cassette).toHaveRequested({ body: /"role":"user"/ });
  expect(cassette).toHaveRequested({ body: expect.stringContaining('"stream":true') });
  expect(cassette).not.toHaveRequested({ method: "GET", body: expect.anything() });
});

test("all parts have to be those of one request", () => {
  expect(cassette).not.toHaveRequested({ url: "/v1/messages", body: question });
});

test("a missing request fails with those that were sent and a diff", () => {
  const wanted = {
    method: "POST",
    url: "/v1/messages",
    body: expect.objectContaining({ model: "claude-8" }),
  };
  const error = errorOf(() => expect(cassette).toHaveRequested(wanted));
  expect(error.message).toMatchInlineSnapshot(`
    "expected a POST request to /v1/messages with body ObjectContaining({ model: "claude-8" }), but no request matches; request 1 is closest

        0  POST https://api.openai.com/v1/chat/completions?v=1  differs in url and body
      > 1  POST https://api.anthropic.com/v1/messages           differs in body
        2  POST https://example.com/token                       differs in url and body
        3  GET https://example.com/models                       differs in method, url and body
        …"
  `);
  expect(error).toMatchObject({
    actual: { body: { model: "claude-9" } },
    expected: { body: { model: "claude-8" } },
  });
});

/** What Vitest draws a diff of. */
type Diffed = Error & { readonly actual?: unknown; readonly expected?: unknown };

test("the diff shows the closest of the requests that differ in the fewest fields", () => {
  const asked = (content: string, more: object = {}) =>
    requestOf({ url: CHAT, body: { ...question, messages: [{ role: "user", content }], ...more } });
  const several = cassetteOf([], {
    requests: [
      asked("Tell me a story."),
      asked("Why not?", { seed: 7 }),
      asked("Tell me more.", { n: 2, seed: 7 }),
    ],
  });
  const wanted = expect.objectContaining({
    seed: expect.any(Number),
    model: expect.stringContaining("mini"),
    messages: [{ role: "user", content: "Why?" }],
  });
  const error: Diffed = errorOf(() => expect(several).toHaveRequested({ body: wanted }));
  expect(error.message.split(", but ")[1]).toMatchInlineSnapshot(`
    "no request matches; request 1 is closest

        0  POST https://api.openai.com/v1/chat/completions  differs in body
      > 1  POST https://api.openai.com/v1/chat/completions  differs in body
        2  POST https://api.openai.com/v1/chat/completions  differs in body"
  `);
  // What is as expected is the same on both sides, and what nobody asked for on neither.
  const body = (content: string) => ({
    seed: 7,
    model: "gpt-5-mini",
    messages: [{ role: "user", content }],
  });
  expect(error.actual).toEqual({ body: body("Why not?") });
  expect(error.expected).toEqual({ body: body("Why?") });
  const exact: Diffed = errorOf(() =>
    expect(several).toHaveRequested({ url: CHAT, body: { ...question, n: 1 } }),
  );
  expect(exact.actual).toEqual({
    body: { ...question, messages: [{ role: "user", content: "Tell me a story." }] },
  });
  expect(exact.expected).toEqual({ body: { ...question, n: 1 } });
});

test("a diff holds no asymmetric matcher, which Vitest could not print", () => {
  const body = expect.objectContaining({ model: "claude-9" });
  const one = cassetteOf([], { requests: requests.slice(1, 2) });
  const matching: Diffed = errorOf(() => expect(one).toHaveRequested({ method: "GET", body }));
  expect([matching.actual, matching.expected]).toEqual([{ method: "POST" }, { method: "GET" }]);

  const differing: Diffed = errorOf(() =>
    expect(one).toHaveRequested({
      headers: { "content-type": /json/, "x-run": expect.any(String) },
      body: expect.objectContaining({ model: expect.any(Number), tools: [expect.not.stringContaining("a")] }),
    }),
  );
  expect(differing.actual).toEqual({
    headers: { "content-type": "application/json" },
    body: { model: "claude-9" },
  });
  expect(differing.expected).toEqual({
    headers: { "content-type": "application/json", "x-run": "Any<String>" },
    body: { model: "Any<Number>", tools: ['StringNotContaining("a")'] },
  });
});

test("a cassette without requests fails", () => {
  expect(silent).not.toHaveRequested();
  expect(failureOf(() => expect(silent).toHaveRequested({ headers: { a: "b" } }))).toMatchInlineSnapshot(
    `"expected a request with headers { a: "b" }, but none was sent"`,
  );
});

test("bypassed requests are listed if the cassette got none", () => {
  const url = "http://127.0.0.1:4710/api/chat";
  const local = cassetteOf([], { bypassed: [{ url, count: 2, reason: "loopback" }] });
  expect(failureOf(() => expect(local).toHaveRequested("/api/chat"))).toMatchInlineSnapshot(`
    "expected a request to /api/chat, but the cassette took none:
        2 requests to http://127.0.0.1:4710/api/chat were not recorded: unrecognized loopback traffic. Name it in \`include\`."
  `);
  expect(failureOf(() => expect(local).toHaveRequestedTimes(2))).toMatchInlineSnapshot(`
    "expected 2 requests, but the cassette took none:
        2 requests to http://127.0.0.1:4710/api/chat were not recorded: unrecognized loopback traffic. Name it in \`include\`."
  `);
});

describe("a secret, and a header that cassettes do not keep", () => {
  const live = new LiveRequests((request) => ({
    ...request,
    headers: request.headers.filter(([name]) => name !== "Authorization"),
    body: encodeText('{"model":"gpt-5-mini","key":"<redacted:api-key>"}'),
  }));
  live.add(
    requestOf({
      headers: { Authorization: "Bearer sk-1", "Content-Type": "application/json" },
      body: { model: "gpt-5-mini", key: "sk-1" },
    }),
  );
  const sent = cassetteOf([], { requests: live.list });

  test.for([
    { headers: { authorization: /Bearer/ } },
    { headers: { authorization: expect.any(String) } },
    { body: { model: "gpt-5-mini", key: "sk-1" } },
    { body: expect.objectContaining({ key: "sk-1" }) },
    { body: /sk-1/ },
  ])("cannot be checked: %o", (expected) => {
    for (const ask of [
      () => expect(sent).toHaveRequested(expected),
      () => expect(sent).not.toHaveRequested(expected),
      () => expect(sent).toHaveRequestedTimes(1, expected),
      () => expect(sent).toHaveRequestedTimes(0, expected),
      () => expect(sent).not.toHaveRequestedTimes(1, expected),
    ]) {
      expect(ask).toThrow("this cannot be checked: whether request 0 matches depends on a secret");
    }
  });

  test("are named", () => {
    expect(
      failureOf(() => expect(sent).not.toHaveRequested({ headers: { authorization: /Bearer/ } })),
    ).toMatchInlineSnapshot(
      `"expected no request with headers { authorization: /Bearer/ }, but this cannot be checked: whether request 0 matches depends on a secret, or on a header that cassettes do not keep, in its headers. To keep a header, with a placeholder for a secret, name it in \`match.headers\`"`,
    );
  });

  test("do not matter if something else tells", () => {
    expect(sent).toHaveRequested({ body: expect.objectContaining({ model: "gpt-5-mini" }) });
    expect(sent).not.toHaveRequested({ body: expect.objectContaining({ model: "gpt-5" }) });
    expect(sent).not.toHaveRequested({ headers: { "x-run": "7" } });
    expect(sent).toHaveRequestedTimes({ max: 1 }, { headers: { authorization: /Bearer/ } });
  });
});

test("a single other request fails", () => {
  const one = cassetteOf([], { requests: requests.slice(1, 2) });
  expect(failureOf(() => expect(one).toHaveRequested(new URL(CHAT)))).toMatchInlineSnapshot(`
    "expected a request to https://api.openai.com/v1/chat/completions, but no request matches; request 0 is closest

      > 0  POST https://api.anthropic.com/v1/messages  differs in url"
  `);
});

test("a negated request is marked", () => {
  expect(
    failureOf(() => expect(cassette).not.toHaveRequested({ url: "example.com", method: "POST" })),
  ).toMatchInlineSnapshot(`
    "expected no POST request to example.com, but 2 such requests were sent

        0  POST https://api.openai.com/v1/chat/completions?v=1  differs in url
        1  POST https://api.anthropic.com/v1/messages           differs in url
      > 2  POST https://example.com/token
        3  GET https://example.com/models                       differs in method
      > 4  POST https://example.com/plain"
  `);
  expect(failureOf(() => expect(cassette).not.toHaveRequested()).split("\n")[0]).toMatchInlineSnapshot(
    `"expected no request, but 5 such requests were sent"`,
  );
});

test("requests are counted, all or such", () => {
  expect(cassette).toHaveRequestedTimes(5);
  expect(cassette).toHaveRequestedTimes({ min: 1, max: 5 });
  expect(cassette).toHaveRequestedTimes(3, { url: "https://example.com" });
  expect(cassette).toHaveRequestedTimes(0, "/v1/embeddings");
  expect(cassette).not.toHaveRequestedTimes(4);
  expect(silent).toHaveRequestedTimes(0);
});

test("a wrong number of requests fails with them", () => {
  expect(failureOf(() => expect(cassette).toHaveRequestedTimes(2))).toMatchInlineSnapshot(`
    "expected 2 requests, but there are 5 requests

      > 0  POST https://api.openai.com/v1/chat/completions?v=1
      > 1  POST https://api.anthropic.com/v1/messages
      > 2  POST https://example.com/token
      > 3  GET https://example.com/models
      > 4  POST https://example.com/plain"
  `);
  expect(failureOf(() => expect(cassette).toHaveRequestedTimes(1, "example.com"))).toMatchInlineSnapshot(`
    "expected 1 request to example.com, but there are 3 requests

        0  POST https://api.openai.com/v1/chat/completions?v=1  differs in url
        1  POST https://api.anthropic.com/v1/messages           differs in url
      > 2  POST https://example.com/token
      > 3  GET https://example.com/models
      > 4  POST https://example.com/plain"
  `);
  expect(
    failureOf(() => expect(cassette).not.toHaveRequestedTimes({ min: 2 })).split("\n")[0],
  ).toMatchInlineSnapshot(`"expected not at least 2 requests, but there are 5 requests"`);
  expect(failureOf(() => expect(silent).toHaveRequestedTimes(1))).toMatchInlineSnapshot(
    `
    "expected 1 request, but there are 0 requests

        no requests"
  `,
  );
});

test("recordings that were not played are listed", () => {
  const interactions = [interactionOf(JOKE), interactionOf(JOKE, MESSAGES)];
  expect(cassetteOf(interactions)).toBeFullyPlayed();
  const half = cassetteOf(interactions, { unplayed: interactions.slice(1) });
  expect(half).not.toBeFullyPlayed();
  expect(failureOf(() => expect(half).toBeFullyPlayed())).toMatchInlineSnapshot(`
    "expected every recording to be played, but 1 of 2 recordings were not

        1  POST https://api.openai.com/v1/chat/completions
      > 2  POST https://api.anthropic.com/v1/messages"
  `);
  expect(failureOf(() => expect(cassetteOf(interactions)).not.toBeFullyPlayed())).toMatchInlineSnapshot(
    `
    "expected some recordings not to be played, but 0 of 2 recordings were not

        1  POST https://api.openai.com/v1/chat/completions
        2  POST https://api.anthropic.com/v1/messages"
  `,
  );
  expect(failureOf(() => expect(silent).not.toBeFullyPlayed())).toMatchInlineSnapshot(
    `"expected some recordings not to be played, but 0 of 0 recordings were not"`,
  );
});

test("many recordings that were not played are cut short", () => {
  const interactions = Array.from({ length: 13 }, () => interactionOf(JOKE));
  const message = failureOf(() =>
    expect(cassetteOf(interactions, { unplayed: interactions })).toBeFullyPlayed(),
  );
  expect(message.split("\n").slice(-3).join("\n")).toMatchInlineSnapshot(`
    "  > 11  POST https://api.openai.com/v1/chat/completions
      > 12  POST https://api.openai.com/v1/chat/completions
      > 13  POST https://api.openai.com/v1/chat/completions"
  `);
});

test("misses are listed", () => {
  const miss: MissFacts = {
    kind: "request",
    reason: "no-tape",
    request: { method: "POST", url: CHAT },
    cassette: "cassettes/chat/tells-a-joke.yaml",
    recordings: 0,
    mode: "strict",
    recordingOff: "RECORD is not set",
    recordCommand: "RECORD=1 npx vitest",
    nearest: undefined,
  };
  expect(cassette).toHaveNoMisses();
  const missed = cassetteOf([], { requests, misses: [miss] });
  expect(missed).not.toHaveNoMisses();
  expect(failureOf(() => expect(missed).toHaveNoMisses())).toMatchInlineSnapshot(`
    "expected no misses, but 1 of 5 requests had no recording

        POST https://api.openai.com/v1/chat/completions: there is no cassette yet"
  `);
  expect(failureOf(() => expect(cassette).not.toHaveNoMisses())).toMatchInlineSnapshot(
    `"expected a miss, but there is none among 5 requests"`,
  );
});

test("request matchers accept only a cassette", () => {
  expect(failureOf(() => expect(joke).toHaveRequested())).toMatchInlineSnapshot(
    `"expected a request, but this cannot be checked: expect() needs a Cassette, but got StreamTrace"`,
  );
  for (const ask of [
    () => expect(joke).not.toHaveRequested(),
    () => expect(joke).toHaveRequestedTimes(1),
    () => expect(joke).not.toHaveRequestedTimes(1),
    () => expect(joke).toBeFullyPlayed(),
    () => expect(joke).not.toBeFullyPlayed(),
    () => expect(joke).toHaveNoMisses(),
    () => expect(joke).not.toHaveNoMisses(),
  ]) {
    expect(ask).toThrow("needs a Cassette");
  }
});

test("an invalid request throws", () => {
  const messages = [
    failureOf(() => expect(cassette).toHaveRequested(5 as never)),
    failureOf(() => expect(cassette).toHaveRequested({ path: "/v1" } as object)),
    failureOf(() => expect(cassette).not.toHaveRequested({ method: 5 } as never)),
    failureOf(() => expect(cassette).not.toHaveRequested({ url: ["/v1"] } as never)),
    failureOf(() => expect(cassette).not.toHaveRequested({ headers: [["a", "b"]] } as never)),
    failureOf(() =>
      expect(cassette).not.toHaveRequested(expect.objectContaining({ method: "GET" }) as never),
    ),
    failureOf(() => expect(cassette).toHaveRequestedTimes("1" as never)),
    failureOf(() => expect(cassette).toHaveRequestedTimes(1, { uri: "/v1" } as object)),
  ];
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "Failed to check toHaveRequested: expected an object with method, url, headers, body, got 5.
    Failed to check toHaveRequested: unknown field \`path\`. Valid fields: method, url, headers, body.
    Failed to check toHaveRequested: expected \`method\` to be a string, a regular expression or an asymmetric matcher, got 5.
    Failed to check toHaveRequested: expected \`url\` to be a string, a regular expression or an asymmetric matcher, got ["/v1"].
    Failed to check toHaveRequested: expected header 0 to be a string, a regular expression or an asymmetric matcher, got ["a", "b"].
    Failed to check toHaveRequested: expected an object with method, url, headers, body, got ObjectContaining({ method: "GET" }).
    Failed to check toHaveRequestedTimes: expected the count or its min and max to be a non-negative number, got "1".
    Failed to check toHaveRequestedTimes: unknown field \`uri\`. Valid fields: method, url, headers, body."
  `);
});
