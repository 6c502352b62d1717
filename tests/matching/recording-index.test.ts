import { expect, test, vi } from "vitest";
import type { Interaction, RecordedRequest } from "../../src/cassette/model.ts";
import type { ComparedRequest } from "../../src/matching/match-options.ts";
import { RecordingIndex } from "../../src/matching/recording-index.ts";
import { compileRules, type RuleParts } from "../../src/matching/rules.ts";
import { recognize } from "../../src/providers/registry.ts";
import { CHAT, recording, request } from "./support.ts";

const ask = (text: string, over = {}) =>
  request({ model: "gpt-5", messages: [{ role: "user", content: text }] }, over);

test("every recording of an equal request is found, in the order of the tape", () => {
  const tape = ["a", "b", "a", "a"].map((text) => recording(ask(text)));
  const index = new RecordingIndex(tape, compileRules());
  expect(index.find(ask("a")).recordings).toEqual([tape[0], tape[2], tape[3]]);
  expect(index.find(ask("b")).recordings).toEqual([tape[1]]);
  expect(index.find(ask("c")).recordings).toEqual([]);
});

test("the same list is given each time, so that a queue can remember its place in it", () => {
  const index = new RecordingIndex([recording(ask("a")), recording(ask("a"))], compileRules());
  expect(index.find(ask("a")).recordings).toBe(index.find(ask("a")).recordings);
});

test("recordings of the same method, origin and path are found whatever they say", () => {
  const other = { url: "https://api.openai.com/v1/embeddings" };
  const tape = [
    recording(ask("a")),
    recording(ask("b", other)),
    recording(ask("c")),
    recording(ask("d", { method: "PUT" })),
  ];
  const index = new RecordingIndex(tape, compileRules());
  expect(index.find(ask("x")).sameEndpoint).toEqual([tape[0], tape[2]]);
  expect(index.find(ask("x", other)).sameEndpoint).toEqual([tape[1]]);
  expect(index.find(ask("x", { url: "https://api.openai.com/v1/files" })).sameEndpoint).toEqual([]);
});

test("tests that share a tape and rules share an index, whatever object the rules are", () => {
  const tape = [recording(ask("a"))];
  const over = (match: object, entries: readonly Interaction[] = tape) =>
    RecordingIndex.over(entries, compileRules({ match }));
  const by = () => true;
  expect(over({ ignore: ["a"] })).toBe(over({ ignore: ["a"] }));
  expect(over({ by })).toBe(over({ by }));
  expect(over({ ignore: ["a"] })).not.toBe(over({ ignore: ["b"] }));
  expect(over({ ignore: ["a"] })).not.toBe(over({ headers: ["a"] }));
  expect(over({ by })).not.toBe(over({ by: () => true }));
  expect(over({})).not.toBe(over({}, [...tape]));
});

test("a tape is read at the first question, and once", () => {
  const asked = vi.fn(recognize);
  const tape = Array.from({ length: 50 }, (_, n) => recording(ask(String(n))));
  const index = new RecordingIndex(tape, compileRules({ recognize: asked }));
  expect(asked).not.toHaveBeenCalled();
  index.find(ask("1"));
  const before = asked.mock.calls.length;
  index.find(ask("2"));
  expect(asked).toHaveBeenCalledTimes(before + 1);
});

test("a request matcher of the user's own replaces the comparison, among recordings of the same endpoint", () => {
  const tape = [
    recording(ask("one long question")),
    recording(ask("two")),
    recording(ask("three"), 0),
    recording(ask("two", { url: "https://api.openai.com/v1/responses" })),
  ];
  const text = ({ body }: ComparedRequest) =>
    (body as { messages: { content: string }[] }).messages[0]!.content;
  const seen: string[] = [];
  const by = (live: ComparedRequest, recorded: ComparedRequest) => {
    seen.push(text(recorded));
    return text(recorded).startsWith(text(live));
  };
  const index = new RecordingIndex(tape, compileRules({ match: { by } }));
  expect(index.find(ask("t")).recordings).toEqual([tape[1], tape[2]]);
  expect(seen).toEqual(["one long question", "two", "three"]);
});

test("a request matcher is given requests as normalize made them", () => {
  const normalize = (sent: ComparedRequest) => ({ ...sent, body: "same" });
  const by = (live: ComparedRequest, recorded: ComparedRequest) =>
    live.body === "same" && recorded.body === "same";
  const tape = [recording(ask("a"))];
  const index = new RecordingIndex(tape, compileRules({ match: { by, normalize } }));
  expect(index.find(ask("b")).recordings).toEqual(tape);
});

test("a request matcher that throws is an error that says so", () => {
  const cause = new TypeError("mine");
  const by = () => {
    throw cause;
  };
  const index = new RecordingIndex([recording(ask("a"))], compileRules({ match: { by } }));
  expect(() => index.find(ask("a"))).toThrow(expect.objectContaining({ code: "CASSETTE_MATCH_BY", cause }));
});

test("a request matcher that answers with a promise is an error, and no yes", () => {
  const by = (async () => false) as never;
  const index = new RecordingIndex([recording(ask("a"))], compileRules({ match: { by } }));
  expect(() => index.find(ask("a"))).toThrow(/match\.by returned a promise\. Return true or false\./);
});

test("a message about a request matcher has no secret in it", () => {
  const by = () => {
    throw new Error("mine");
  };
  const prepare = (sent: RecordedRequest) => ({ ...sent, url: sent.url.replace("hidden", "x") });
  const rules = compileRules({ match: { by }, prepare });
  const sent = request({}, { url: "https://api.test/?key=hidden" });
  const index = new RecordingIndex([recording(sent)], rules);
  expect(() => index.find(sent)).toThrow(
    "Failed to compare POST https://api.test/?key=x: match.by threw an error.",
  );
});

test("all recordings of the same request as one are known", () => {
  const tape = ["a", "b", "a"].map((text) => recording(ask(text)));
  const index = new RecordingIndex(tape, compileRules());
  expect(index.equals(tape[2]!)).toEqual([tape[0], tape[2]]);
  expect(index.equals(recording(ask("a")))).toEqual([]);
});

test("recordings are normalized only if their endpoint is requested, and redacted again only if no recording is equal", () => {
  const prepare = vi.fn((sent: RecordedRequest) => ({ ...sent, url: sent.url.replace(/old\d/, "new") }));
  const other = { url: "https://api.openai.com/v1/embeddings" };
  const old = (id: number) => ask("c", { url: `https://api.example.com/old${id}` });
  const tape = [recording(ask("a")), recording(ask("b", other)), recording(old(1))];
  const readBody = vi.fn();
  const { body } = tape[1]!.request;
  Object.defineProperty(tape[1]!.request, "body", {
    get: () => {
      readBody();
      return body;
    },
  });
  const index = new RecordingIndex(tape, compileRules({ prepare, rewrites: false }));
  expect(index.find(ask("a")).recordings).toEqual([tape[0]]);
  expect(prepare).not.toHaveBeenCalled();
  expect(readBody).not.toHaveBeenCalled();
  // What today's rules would redact is found all the same.
  expect(index.find(old(2)).recordings).toEqual([tape[2]]);
  expect(prepare).toHaveBeenCalledTimes(4);
  index.find(old(2));
  expect(prepare).toHaveBeenCalledTimes(5);
});

test("placeholders are equal whatever their names and numbers, and known by their paths", () => {
  const index = new RecordingIndex(
    [recording(ask("a <redacted:openai-key> b <redacted:token-2>"))],
    compileRules(),
  );
  const live = ask("a <redacted> b <redacted:my-key:3>");
  expect(index.find(live).recordings).toEqual(index.interactions);
  expect([...index.secretsOf(index.interactions[0]!)]).toEqual([
    ["body.messages[0].content", "<redacted:openai-key>"],
    ["body.messages[0].content#2", "<redacted:token-2>"],
  ]);
  expect([...index.liveSecrets(live)]).toEqual([["body.messages[0].content#2", "<redacted:my-key:3>"]]);
});

test("a placeholder in a path is one, escaped or not", () => {
  const at = (token: string) => ask("a", { url: `https://api.example.com/bot${token}/send` });
  const index = new RecordingIndex([recording(at("<redacted:bot-token>"))], compileRules());
  expect(index.find(at("%3Credacted%3Ax-2%3E")).recordings).toHaveLength(1);
  expect(index.find(at("%3Credacted:x-2%3E")).recordings).toHaveLength(1);
  expect(index.find(at("other")).recordings).toHaveLength(0);
});

test("the recordings with the bytes of a request are found without parsing it", () => {
  const asked = vi.fn(recognize);
  const again = '{"messages":[{"content":"a","role":"user"}],"model":"gpt-5"}';
  const tape = [recording(ask("a")), recording(request(again)), recording(ask("b")), recording(ask("a"))];
  const index = new RecordingIndex(tape, compileRules({ recognize: asked }));
  const same = index.same({ ...ask("a"), headers: [...ask("a").headers, ["user-agent", "x"]] });
  expect(same).toEqual([tape[0], tape[3]]);
  expect(index.same(ask("a"))).toBe(same);
  expect(index.same(request(again))).toEqual([tape[1]]);
  expect(index.same(request(undefined))).toEqual([]);
  expect(asked).not.toHaveBeenCalled();
});

test.for<[what: string, live: RecordedRequest, recorded: RecordedRequest, parts: RuleParts]>([
  ["another body of the same length", ask("a"), ask("b"), {}],
  // Both words have the same CRC-32.
  ["another body with the same checksum", ask("plumless"), ask("buckeroo"), {}],
  ["another method", ask("a"), ask("a", { method: "PUT" }), {}],
  ["another URL", ask("a"), ask("a", { url: `${CHAT}?a=1` }), {}],
  ["another content type", ask("a"), ask("a", { headers: [["content-type", "text/plain"]] }), {}],
  [
    "a header that is compared",
    ask("a", { headers: [["X-Tenant", "1"]] }),
    ask("a", { headers: [] }),
    { match: { headers: ["x-*"] } },
  ],
  [
    "a header that is compared, on the tape",
    ask("a", { headers: [] }),
    ask("a", { headers: [["X-Tenant", "1"]] }),
    { match: { headers: ["x-*"] } },
  ],
  [
    "encoded bytes",
    ask("a", { headers: [["Content-Encoding", "gzip"]] }),
    ask("a", { headers: [["Content-Encoding", "gzip"]] }),
    {},
  ],
  ["a placeholder", ask("<redacted:openai-key>"), ask("<redacted:openai-key>"), {}],
  ["a function that normalizes", ask("a"), ask("a"), { match: { normalize: (each) => each } }],
  ["a function that compares", ask("a"), ask("a"), { match: { by: () => true } }],
])("a request with the bytes of a recording is parsed if there is %s", ([, live, recorded, parts]) => {
  expect(new RecordingIndex([recording(recorded)], compileRules(parts)).same(live)).toEqual([]);
});

test("a request that is written in another way and has no secrets is found without being redacted", () => {
  const prepare = vi.fn((live: RecordedRequest) => live);
  const redacted = vi.fn(() => ask("a"));
  const tape = [recording(ask("a")), recording(ask("<redacted:token>")), recording(ask("a"))];
  const index = new RecordingIndex(tape, compileRules({ prepare, rewrites: false }));
  const otherwise = (text: string, over = {}) =>
    request({ messages: [{ content: text, role: "user" }], model: "gpt-5" }, over);
  const found = index.find(otherwise("a"), redacted);
  expect(found.recordings).toEqual([tape[0], tape[2]]);
  expect(found.sameEndpoint).toEqual(tape);
  expect(prepare).not.toHaveBeenCalled();
  expect(redacted).not.toHaveBeenCalled();
  expect(found.normalized()).toEqual(index.find(ask("a")).normalized());
  const others = ["b", "<redacted:token>", "<redacted>", "my token"].map((text) => otherwise(text));
  for (const other of [...others, otherwise("a", { url: `${CHAT}?key=secret` })]) {
    redacted.mockClear();
    index.find(other, redacted);
    expect(redacted).toHaveBeenCalledOnce();
  }
});

test("a request is not redacted if the tape holds none", () => {
  const redacted = vi.fn(() => ask("a"));
  const found = new RecordingIndex([], compileRules()).find(ask("a"), redacted);
  expect(found).toMatchObject({ recordings: [], sameEndpoint: [] });
  expect(redacted).not.toHaveBeenCalled();
});

test.for<[what: string, parts: RuleParts]>([
  ["rewrites", { prepare: (live) => live }],
  ["normalizes", { match: { normalize: (live) => live } }],
  ["compares", { match: { by: () => true } }],
])("a request is redacted first if the user %s it", ([, parts]) => {
  const redacted = vi.fn(() => ask("a"));
  new RecordingIndex([recording(ask("a"))], compileRules(parts)).find(ask("a"), redacted);
  expect(redacted).toHaveBeenCalledOnce();
});
