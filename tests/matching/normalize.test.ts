import * as zlib from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RecordedRequest } from "../../src/cassette/model.ts";
import type { ComparedRequest } from "../../src/matching/match-options.ts";
import { normalizeRequest } from "../../src/matching/normalize.ts";
import { compileRules } from "../../src/matching/rules.ts";
import { stableText } from "../../src/matching/stable-text.ts";
import { hold } from "../support/hold.ts";
import { bytes, CHAT, equal, request } from "./support.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A host that no profile knows, so that nothing varies. */
const url = "https://api.example.com/v1/run";
const plain = (body: unknown): RecordedRequest => request(body, { url });

/** Writes a value with its keys in another order and white space between everything. */
function rewrite(value: Json, turn: () => number): string {
  const space = () => ["", " ", "\n", "\t ", "\r\n"][turn() % 5] as string;
  if (Array.isArray(value)) {
    return `[${space()}${value.map((each: Json) => rewrite(each, turn)).join(`${space()},${space()}`)}${space()}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    const from = entries.length === 0 ? 0 : turn() % entries.length;
    const turned = [...entries.slice(from), ...entries.slice(0, from)];
    if (turn() % 2 === 0) turned.reverse();
    const fields = turned.map(
      ([key, each]) => `${JSON.stringify(key)}${space()}:${space()}${rewrite(each, turn)}`,
    );
    return `{${space()}${fields.join(`${space()},${space()}`)}${space()}}`;
  }
  return JSON.stringify(value);
}

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const turns = fc.infiniteStream(fc.nat(999)).map((stream) => () => stream.next().value as number);

test("the order of keys and white space between them never matter", () => {
  hold(
    fc.property(json, turns, (value, turn) => {
      expect(equal(plain([value]), plain(rewrite([value], turn)))).toBe(true);
    }),
    300,
  );
});

/** Every way in which one value of a JSON document can be another. */
function* changes(value: Json): Generator<Json> {
  if (Array.isArray(value)) {
    yield [...value, null];
    for (const [index, each] of value.entries()) {
      yield value.toSpliced(index, 1);
      for (const other of changes(each)) yield value.with(index, other);
    }
    if (value.length > 1 && JSON.stringify(value[0]) !== JSON.stringify(value[1])) {
      yield [value[1], value[0], ...value.slice(2)];
    }
    yield Object.fromEntries(value.entries());
  } else if (typeof value === "object" && value !== null) {
    yield { ...value, "a new field": null };
    for (const [key, each] of Object.entries(value)) {
      const { [key]: _, ...others } = value as { readonly [key: string]: Json };
      yield others;
      if (key !== "__proto__") yield { ...others, [`${key}+`]: each };
      for (const other of changes(each)) yield own(value as { readonly [key: string]: Json }, key, other);
    }
    yield Object.values(value);
  } else {
    yield typeof value === "string" ? `${value} ` : `${value}`;
    if (typeof value === "number") yield value === 0 ? 1 : -value;
    if (typeof value === "boolean") yield !value;
    if (value !== null) yield null;
    yield [value];
  }
}

/** Spreading would set the prototype in place of a field called __proto__. */
function own(value: { readonly [key: string]: Json }, key: string, other: Json): Json {
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, name === key ? other : each]));
}

test("any change of a value in a JSON body matters", () => {
  hold(
    fc.property(json, (value) => {
      const original = plain([value]);
      for (const other of changes([value])) {
        if (JSON.stringify(other) === JSON.stringify([value])) continue;
        expect(equal(original, plain(other)), JSON.stringify(other)).toBe(false);
      }
    }),
    150,
  );
});

test("the order of the query never matters, but that of one name's values does", () => {
  const name = fc.constantFrom("a", "b", "c", "alt", "ä b", "__proto__", "");
  hold(
    fc.property(fc.array(fc.tuple(name, fc.string())), fc.nat(9), (pairs, turn) => {
      const other = [
        ...new Map(pairs.map((pair) => [pair[0], pairs.filter(([each]) => each === pair[0])])).values(),
      ];
      const turned = [
        ...other.slice(turn % Math.max(1, other.length)),
        ...other.slice(0, turn % Math.max(1, other.length)),
      ];
      const at = (query: readonly (readonly [string, string])[]) =>
        request({}, { url: `${url}?${new URLSearchParams(query.map(([key, value]) => [key, value]))}` });
      expect(equal(at(pairs), at(turned.flat()))).toBe(true);
      for (const [index, [key, value]] of pairs.entries()) {
        expect(equal(at(pairs), at(pairs.with(index, [key, `${value}x`])))).toBe(false);
        expect(equal(at(pairs), at(pairs.toSpliced(index, 1)))).toBe(false);
      }
    }),
  );
  expect(equal(request({}, { url: `${url}?a=1&a=2` }), request({}, { url: `${url}?a=2&a=1` }))).toBe(false);
});

test.each([
  ["method", { method: "PUT" }],
  ["scheme", { url: "http://api.example.com/v1/run" }],
  ["host", { url: "https://api2.example.com/v1/run" }],
  ["port", { url: "https://api.example.com:8443/v1/run" }],
  ["path", { url: "https://api.example.com/v1/run/" }],
  ["letter case of the path", { url: "https://api.example.com/V1/run" }],
])("another %s matters", (_what, over) => {
  expect(equal(plain({}), request({}, { url, ...over }))).toBe(false);
});

test.each([
  ["a port that is the scheme's own", { url: "https://api.example.com:443/v1/run" }],
  ["the letter case of the host", { url: "https://API.example.com/v1/run" }],
  ["a fragment", { url: `${url}#top` }],
  ["an empty query", { url: `${url}?` }],
  ["how a query is encoded", { url }],
  ["the letter case of the method", { method: "post" }],
])("%s does not matter", (_what, over) => {
  expect(equal(plain({}), request({}, { url, ...over }))).toBe(true);
});

test("a space in a query is the same however it is written", () => {
  expect(equal(request({}, { url: `${url}?q=a+b` }), request({}, { url: `${url}?q=a%20b` }))).toBe(true);
});

test("escapes in a path are the same however they are written", () => {
  const at = (path: string) => request({}, { url: `https://api.test/${path}` });
  expect(equal(at("caf%c3%a9"), at("caf%C3%A9"))).toBe(true);
  expect(equal(at("%61%2Db%7e"), at("a-b~"))).toBe(true);
  expect(equal(at("a%2Fb"), at("a/b"))).toBe(false);
  expect(equal(at("a%3Ab"), at("a:b"))).toBe(false);
  expect(equal(at("%2541"), at("%41"))).toBe(false);
});

test("headers do not matter unless they are asked for", () => {
  const sent = (value: string) => plain_({ "X-Tenant": value });
  const plain_ = (headers: Record<string, string>) => request({}, { url, headers: Object.entries(headers) });
  expect(equal(sent("a"), sent("b"))).toBe(true);
  expect(equal(sent("a"), sent("b"), { match: { headers: ["x-tenant"] } })).toBe(false);
  expect(equal(sent("a"), sent("b"), { match: { headers: ["X-*"] } })).toBe(false);
  expect(equal(sent("a"), plain_({}), { match: { headers: ["x-tenant"] } })).toBe(false);
  expect(equal(sent("a"), plain_({ "x-tenant": "a" }), { match: { headers: ["x-tenant"] } })).toBe(true);
});

test("headers that a provider varies are compared only if they are named in full", () => {
  const sent = (id: string) =>
    request(
      {},
      {
        headers: [
          ["content-type", "application/json"],
          ["X-Stainless-Retry-Count", id],
        ],
      },
    );
  expect(equal(sent("0"), sent("1"), { match: { headers: ["x-*"] } })).toBe(true);
  expect(equal(sent("0"), sent("1"), { match: { headers: ["x-stainless-retry-count"] } })).toBe(false);
});

test.each([
  ["1.0", "1", true],
  ["1e2", "100", true],
  ["-0", "0", true],
  ["0.1", "0.10", true],
  ["1", '"1"', false],
  ["0.1", "0.10000000000000000001", false],
  ["12345678901234567890", "12345678901234567891", false],
  ["12345678901234567890", "12345678901234567890.0", true],
  ["1234567890.12345678901", "1234567890.12345678902", false],
  ["1e400", "1e401", false],
  ["1e400", "10e399", true],
  ["1e-400", "0", false],
  ["9007199254740993", "9007199254740992", false],
  ["null", "0", false],
])("the number %s and %s are one: %s", (a, b, one) => {
  expect(equal(plain(`{"n":${a}}`), plain(`{"n":${b}}`))).toBe(one);
});

test.each([
  ["a quote", ['"']],
  ["a backslash", ["\\"]],
  ["few strings", ['"', "\\", 'a"\\"', "1e400", "1".repeat(30)]],
  ["many strings", Array.from({ length: 5000 }, (_, index) => `${index}"\\`)],
])("a number that no double can hold is compared by value behind %s", (_, texts) => {
  const numbered = (number: string) => plain(`{"a":${JSON.stringify(texts)},"n":${number}}`);
  expect(equal(numbered("12345678901234567890"), numbered("12345678901234567891"))).toBe(false);
  expect(equal(numbered("12345678901234567890"), numbered("12345678901234567890.0"))).toBe(true);
});

const [LONG, ALSO_LONG] = ["a".repeat(2000), "b".repeat(2000)];

test.each<[what: string, one: unknown, other: unknown]>([
  ["their last character", LONG, `${LONG.slice(0, -1)}b`],
  ["their places", [LONG, ALSO_LONG], [ALSO_LONG, LONG]],
  ["where they are cut", [`${LONG}b`, ALSO_LONG], [LONG, `b${ALSO_LONG}`]],
  ["what stands for them", ["\x002000", LONG], [LONG, "\x002000"]],
  ["a surrogate that stands alone", `${LONG}\ud800`, `${LONG}\ud801`],
  ["how a surrogate is written", `${LONG}\ud800`, `${LONG}\\ud800`],
])("long strings that differ in %s are not equal", (_, one, other) => {
  expect(equal(plain([one]), plain([other]))).toBe(false);
  expect(equal(plain([one]), plain(`[ ${JSON.stringify(one)} ]`))).toBe(true);
});

test("a secret in a long string is the same as any other", () => {
  const keyed = (placeholder: string) => plain({ text: `${LONG} ${placeholder}` });
  expect(equal(keyed("<redacted:openai-key>"), keyed("<redacted:app-token-2>"))).toBe(true);
  expect(equal(keyed("<redacted:openai-key>"), keyed("<removed>"))).toBe(false);
});

test("JSON is recognized by its content type, or by its first character if that is missing or wrong", () => {
  const as = (type: string | undefined, text: string) =>
    request(text, { url, headers: type === undefined ? [] : [["Content-Type", type]] });
  for (const type of [
    "application/json; charset=utf-8",
    "application/vnd.api+json",
    undefined,
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
  ]) {
    expect(equal(as("application/json", '{"a":1,"b":2}'), as(type, ' {"b": 2, "a": 1.0}\n')), type).toBe(
      true,
    );
  }
  expect(equal(as("application/json", '"a"'), as("application/json", ' "a" '))).toBe(true);
  expect(equal(as(undefined, "1.0"), as(undefined, "1"))).toBe(false);
});

test("text that claims to be JSON and is not is compared as text", () => {
  expect(equal(plain('{"a":'), plain('{"a":'))).toBe(true);
  expect(equal(plain('{"a":'), plain('{"a": '))).toBe(false);
});

test("a byte order mark before JSON does not matter", () => {
  expect(equal(plain('\uFEFF{"a":1}'), plain('{"a":1}'))).toBe(true);
});

test("JSON inside a text stays a text", () => {
  const call = (text: string) => request({ messages: [{ tool_calls: [{ function: { arguments: text } }] }] });
  expect(equal(call('{"a":1,"b":2}'), call('{"b":2,"a":1}'))).toBe(false);
  expect(equal(call('{"a":1}'), call('{"a": 1}'))).toBe(false);
});

test("a form is compared by field", () => {
  const form = (text: string) =>
    request(text, { url, headers: [["content-type", "application/x-www-form-urlencoded"]] });
  expect(equal(form("a=1&b=x+y"), form("b=x%20y&a=1"))).toBe(true);
  expect(equal(form("a=1&a=2"), form("a=2&a=1"))).toBe(false);
  expect(equal(form("a=1&b=2"), form("a=1&b=3"))).toBe(false);
  expect(equal(form("a=1&b="), form("a=1"))).toBe(false);
  expect(equal(form("a=1&b=2"), form("a=1&b=3"), { match: { ignore: ["b"] } })).toBe(true);
});

function multipart(
  boundary: string,
  parts: readonly (readonly [head: string, body: string | Uint8Array])[],
): Uint8Array {
  return Buffer.concat([
    ...parts.flatMap(([head, body]) => [
      Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`),
      typeof body === "string" ? Buffer.from(body) : body,
      Buffer.from("\r\n"),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

const upload = (
  boundary: string,
  parts: readonly (readonly [head: string, body: string | Uint8Array])[],
  type = `multipart/form-data; boundary=${boundary}`,
) => request(multipart(boundary, parts), { url, headers: [["content-type", type]] });

const FIELD = 'Content-Disposition: form-data; name="model"';
const FILE = 'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav';

test("a multipart body is compared by part, whatever its boundary", () => {
  const audio = Uint8Array.of(0, 255, 13, 10, 45, 45);
  const sent = upload("b1", [
    [FIELD, "whisper-1"],
    [FILE, audio],
  ]);
  expect(
    equal(
      sent,
      upload("another", [
        [FILE, audio],
        [FIELD, "whisper-1"],
      ]),
    ),
  ).toBe(true);
  expect(
    equal(
      sent,
      upload(
        "b2",
        [
          [FIELD, "whisper-1"],
          [FILE, audio],
        ],
        'multipart/form-data; boundary="b2"',
      ),
    ),
  ).toBe(true);
  expect(
    equal(
      sent,
      upload(
        "b3",
        [
          [FIELD, "whisper-1"],
          [FILE, audio],
        ],
        "application/octet-stream",
      ),
    ),
  ).toBe(true);
  expect(
    equal(
      sent,
      upload("b1", [
        [FIELD, "whisper-2"],
        [FILE, audio],
      ]),
    ),
  ).toBe(false);
  expect(
    equal(
      sent,
      upload("b1", [
        [FIELD, "whisper-1"],
        [FILE, Uint8Array.of(0, 255, 13, 10, 45, 46)],
      ]),
    ),
  ).toBe(false);
  expect(
    equal(
      sent,
      upload("b1", [
        [FIELD, "whisper-1"],
        [FILE.replace("a.wav", "b.wav"), audio],
      ]),
    ),
  ).toBe(false);
  expect(equal(sent, upload("b1", [[FIELD, "whisper-1"]]))).toBe(false);
  expect(
    equal(
      sent,
      upload("b1", [
        [FIELD, "whisper-2"],
        [FILE, audio],
      ]),
      { match: { ignore: ["model"] } },
    ),
  ).toBe(true);
  expect(
    equal(
      sent,
      upload("b1", [
        [FIELD, "whisper-1"],
        [FILE.replace("a.wav", "b.wav"), audio],
      ]),
      {
        match: { ignore: ["file.filename"] },
      },
    ),
  ).toBe(true);
});

test("a JSON part is compared by value, a text part exactly", () => {
  const part = (type: string, text: string) =>
    upload("b", [[`Content-Disposition: form-data; name="meta"${type}`, text]]);
  const TYPE = "\r\nContent-Type: application/json";
  expect(equal(part(TYPE, '{"a":1,"b":2}'), part(TYPE, '{"b":2,"a":1}'))).toBe(true);
  expect(equal(part("", '{"a":1,"b":2}'), part("", '{"b":2,"a":1}'))).toBe(false);
});

test("parts without names are compared in their order", () => {
  const related = (first: string, second: string) =>
    upload(
      "b",
      [
        ["Content-Type: text/plain", first],
        ["Content-Type: text/plain", second],
      ],
      "multipart/related; boundary=b",
    );
  expect(equal(related("1", "2"), related("1", "2"))).toBe(true);
  expect(equal(related("1", "2"), related("2", "1"))).toBe(false);
});

test("FormData as fetch sends it is compared by part", async () => {
  const send = async (model: string) => {
    const form = new FormData();
    form.set("model", model);
    form.set("file", new File([Uint8Array.of(1, 2, 255)], "a.bin"));
    const sent = new Request(url, { method: "POST", body: form });
    return request(new Uint8Array(await sent.arrayBuffer()), { url, headers: [...sent.headers] });
  };
  const [first, again, other] = [await send("a"), await send("a"), await send("b")];
  expect(Buffer.compare(first.body!, again.body!)).not.toBe(0);
  expect(equal(first, again)).toBe(true);
  expect(equal(first, other)).toBe(false);
  expect(normalizeRequest(first, compileRules()).kind).toBe("multipart");
});

test("text and other bytes are compared exactly", () => {
  const as = (body: Uint8Array | string) => request(body, { url, headers: [] });
  expect(equal(as("a b"), as("a b"))).toBe(true);
  expect(equal(as("a b"), as("a  b"))).toBe(false);
  expect(equal(as(Uint8Array.of(255, 1)), as(Uint8Array.of(255, 1)))).toBe(true);
  expect(equal(as(Uint8Array.of(255, 1)), as(Uint8Array.of(255, 2)))).toBe(false);
  expect(equal(as("\uFEFFa"), as("a"))).toBe(false);
});

test("no body and an empty one are the same, and another than any", () => {
  expect(equal(plain(undefined), plain(new Uint8Array()))).toBe(true);
  expect(equal(plain(undefined), plain("null"))).toBe(false);
});

test.each([
  ["gzip", zlib.gzipSync],
  ["br", zlib.brotliCompressSync],
  ["deflate", zlib.deflateSync],
  ["zstd", (zlib as { zstdCompressSync?: (data: Uint8Array) => Uint8Array }).zstdCompressSync],
] as const)("a body compressed with %s is compared unpacked", (encoding, compress) => {
  if (compress === undefined) return;
  const packed = (text: string) =>
    request(new Uint8Array(compress(bytes(text))), {
      url,
      headers: [
        ["content-type", "application/json"],
        ["content-encoding", encoding],
      ],
    });
  expect(equal(packed('{"a":1,"b":2}'), plain('{"b":2,"a":1}'))).toBe(true);
  expect(equal(packed('{"a":1,"b":2}'), plain('{"b":2,"a":3}'))).toBe(false);
});

test("gzip is known without its header, and a header that lies changes nothing", () => {
  const gzipped = request(new Uint8Array(zlib.gzipSync(bytes('{"a":1}'))), { url });
  expect(equal(gzipped, plain('{"a": 1}'))).toBe(true);
  const lying = request('{"a":1}', { url, headers: [["content-encoding", "br"]] });
  expect(equal(lying, plain('{"a": 1}'))).toBe(true);
});

test("JSON that is nested too deeply is compared as text", () => {
  const deep = (inner: string) => plain(`${"[".repeat(200_000)}${inner}${"]".repeat(200_000)}`);
  expect(equal(deep("1"), deep("1"))).toBe(true);
  expect(equal(deep("1"), deep("2"))).toBe(false);
  expect(normalizeRequest(deep("1"), compileRules()).kind).toBe("text");
  const objects = plain(`${'{"a":'.repeat(100_000)}12345678901234567890${"}".repeat(100_000)}`);
  expect(equal(objects, objects, { match: { normalize: (sent) => sent } })).toBe(true);
});

test("an invalid URL is compared as text", () => {
  const at = (text: string) => request({}, { url: text });
  expect(equal(at("/v1/run"), at("/v1/run"))).toBe(true);
  expect(equal(at("/v1/run"), at("/v1/walk"))).toBe(false);
});

test("paths that the user ignores do not matter, present or not", () => {
  const body = (trace: string | undefined, id: number) =>
    plain({ a: 1, trace, spans: [{ id, name: "x" }], ...(id > 1 ? { extra: true } : {}) });
  const ignore = ["trace", "spans[*].id", "extra"];
  expect(equal(body("t1", 1), body(undefined, 2), { match: { ignore } })).toBe(true);
  expect(equal(body("t1", 1), body(undefined, 2), { match: { ignore: ignore.slice(1) } })).toBe(false);
});

test("parts of the query and whole parts can be left out", () => {
  const at = (query: string, body: unknown = {}) => request(body, { url: `${url}?${query}` });
  expect(equal(at("a=1&t=1"), at("a=1&t=2"), { match: { ignore: ["query.t"] } })).toBe(true);
  expect(equal(at("a=1&t=1"), at("a=2&t=2"), { match: { ignore: ["query.t"] } })).toBe(false);
  expect(equal(at("a=1"), at("b=2"), { match: { ignore: ["query"] } })).toBe(true);
  expect(equal(at("", { a: 1 }), at("", "text"), { match: { ignore: ["body"] } })).toBe(true);
  const headers = (id: string) =>
    request(
      {},
      {
        url,
        headers: [
          ["x-a", "1"],
          ["x-id", id],
        ],
      },
    );
  const match = { headers: ["x-*"] };
  expect(equal(headers("1"), headers("2"), { match })).toBe(false);
  expect(equal(headers("1"), headers("2"), { match: { ...match, ignore: ["headers.x-id"] } })).toBe(true);
});

test("normalize brings both sides to one form and stores nothing", () => {
  const live = request({ prompt: "it is 10:31", n: 1 }, { url: "http://localhost:5531/v1/run" });
  const recorded = plain({ prompt: "it is 09:15", n: 1 });
  const before = structuredClone(recorded);
  const normalize = (sent: ComparedRequest): ComparedRequest => ({
    ...sent,
    url: sent.url.replace(/^http:\/\/localhost:\d+/, "https://api.example.com"),
    body: {
      ...(sent.body as object),
      prompt: (sent.body as { prompt: string }).prompt.replace(/\d\d:\d\d/, ""),
    },
  });
  expect(equal(live, recorded)).toBe(false);
  expect(equal(live, recorded, { match: { normalize } })).toBe(true);
  expect(recorded).toEqual(before);
});

test("normalize gets a body as a value, fields, text, bytes or nothing", () => {
  const seen: unknown[] = [];
  const rules = compileRules({
    match: {
      normalize(sent) {
        seen.push(sent.body);
        return sent;
      },
    },
  });
  const form = [["content-type", "application/x-www-form-urlencoded"]] as const;
  for (const each of [
    plain({ a: [1] }),
    request("a=1&b=2&b=3", { url, headers: form }),
    request("hello", { url, headers: [] }),
    request(Uint8Array.of(255), { url, headers: [] }),
    plain(undefined),
  ]) {
    normalizeRequest(each, rules);
  }
  expect(seen).toEqual([{ a: [1] }, { a: "1", b: ["2", "3"] }, "hello", Uint8Array.of(255), undefined]);
});

test("a normalize that throws or returns no request is an error that says so", () => {
  const cause = new Error("mine");
  const throwing = compileRules({
    match: {
      normalize() {
        throw cause;
      },
    },
  });
  expect(() => normalizeRequest(plain({}), throwing)).toThrow(
    expect.objectContaining({ code: "CASSETTE_NORMALIZE", cause }),
  );
  const forgetful = compileRules({ match: { normalize: (() => undefined) as never } });
  expect(() => normalizeRequest(plain({}), forgetful)).toThrow(/match\.normalize did not return a request/);
  const late = compileRules({ match: { normalize: (async (sent: unknown) => sent) as never } });
  expect(() => normalizeRequest(plain({}), late)).toThrow(/match\.normalize returned a promise/);
});

test.each([
  new Map([["a", 1]]),
  new Set([1]),
  new URLSearchParams("a=1"),
  [{ deep: /a/ }],
  () => 1,
  Symbol("a"),
  1n,
])("a normalize that returns %o is an error, since any other would be equal to it", (body) => {
  const rules = compileRules({ match: { normalize: (sent) => ({ ...sent, body }) } });
  expect(() => normalizeRequest(plain({}), rules)).toThrow(
    /match\.normalize returned a body that contains a \w+\. Only JSON and a Uint8Array can be compared\.$/,
  );
});

test("a normalize may return dates, empty values and bytes", () => {
  for (const body of [
    new Date(0),
    {},
    [],
    null,
    undefined,
    "",
    new Uint8Array(),
    { a: [new Uint8Array(2)] },
  ]) {
    const rules = compileRules({ match: { normalize: (sent) => ({ ...sent, body }) } });
    expect(() => normalizeRequest(plain({}), rules)).not.toThrow();
  }
});

test("a request is prepared on both sides before anything else", () => {
  const prepare = (sent: RecordedRequest): RecordedRequest => ({
    ...sent,
    url: sent.url.replace(/key=\w+/, "key=x"),
  });
  const at = (key: string) => request({}, { url: `${url}?key=${key}` });
  expect(equal(at("live"), at("recorded"))).toBe(false);
  expect(equal(at("live"), at("recorded"), { prepare })).toBe(true);
});

test("a normalized request has its method, origin, path, query, headers and body apart", () => {
  const sent = request({ a: 1 }, { url: `${CHAT}?b=2&a=1&a=0` });
  expect({ ...normalizeRequest(sent, compileRules()) }).toEqual({
    method: "POST",
    origin: "https://api.openai.com",
    path: "/v1/chat/completions",
    query: { a: ["1", "0"], b: "2" },
    headers: {},
    kind: "json",
    body: { a: 1 },
    fingerprint: expect.stringMatching(/^[\w-]{16}$/),
    secrets: new Map(),
  });
});

test("a value is written with its keys in order, whatever they are called", () => {
  const value = JSON.parse('{"b":[{"d":1,"c":null}],"__proto__":{"z":1,"y":2},"10":0,"9":0,"a":"\\n"}');
  expect(stableText(value)).toBe('{"9":0,"10":0,"__proto__":{"y":2,"z":1},"a":"\\n","b":[{"c":null,"d":1}]}');
  expect(stableText(undefined)).toBe("");
});
