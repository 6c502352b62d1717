import fc from "fast-check";
import { expect, test } from "vitest";
import { aliasIds } from "../../src/matching/alias-ids.ts";
import { omitPaths } from "../../src/matching/omit-paths.ts";
import { joinPath, parsePath, parseSteps } from "../../src/matching/path.ts";
import { covers, pathSet } from "../../src/matching/path-set.ts";
import { hold } from "../support/hold.ts";

const without = (value: unknown, ...paths: readonly string[]) =>
  JSON.parse(JSON.stringify(omitPaths(value, pathSet(paths.map(parseSteps)))));

test("a path is into the body unless it begins with another part", () => {
  const part = (path: string) => {
    const { part, steps } = parsePath(path);
    return `${part} ${steps.length}`;
  };
  expect(part("user")).toBe("body 1");
  expect(part("body.user")).toBe("body 1");
  expect(part("body")).toBe("body 0");
  expect(part("body[0].id")).toBe("body 2");
  expect(part("query.alt")).toBe("query 1");
  expect(part("query")).toBe("query 0");
  expect(part("headers.x-a")).toBe("headers 1");
  expect(part("body.query.text")).toBe("body 2");
  expect(part("query_text")).toBe("body 1");
  expect(part("headersSeen.a")).toBe("body 2");
  expect(part("**.query")).toBe("body 2");
});

test.each([
  "",
  ".",
  "a.",
  ".a",
  "a..b",
  "a[",
  "a[x]",
  "a[-1]",
  "a]",
  "a.[0]",
  "[0]a",
  "a*",
  "*a",
  "a.[*]",
  '["x',
  '["\\x"]',
  "a. b",
  "$",
  "$.a",
  "$[0].a",
  "/a/b",
  "messages.0.id",
  "0",
  "a.0",
])("%o is no path", (path) => {
  expect(() => parsePath(path)).toThrow(SyntaxError);
});

test("a message about a path points at the position that is invalid", () => {
  expect(() => parsePath("messages[x].id")).toThrow(
    '"messages[x].id" is not a valid path: syntax error at "[x].id"',
  );
});

test("a path in another syntax is an error, and not an odd field name", () => {
  expect(() => parsePath("$.messages")).toThrow(
    '"$.messages" is not a valid path: start with a field, without $',
  );
  expect(() => parsePath("/messages/0")).toThrow("separate steps with dots, as in messages[*].id");
  expect(() => parsePath("messages.0.id")).toThrow(
    'write [0] for an element, or ["0"] for a field of that name',
  );
  expect(
    parsePath('["$"]["0"]["/a"].$b.c/d.v1["a.0.b"]').steps.map((step) => "name" in step && step.name),
  ).toEqual(["$", "0", "/a", "$b", "c/d", "v1", "a.0.b"]);
});

test("fields, elements and any of them are left out", () => {
  const value = {
    a: 1,
    list: [
      { id: 1, x: 1 },
      { id: 2, x: 2 },
    ],
    deep: { one: { id: 3 }, two: { id: 4, y: 5 } },
  };
  expect(without(value, "a")).toEqual({ list: value.list, deep: value.deep });
  expect(without(value, "list[*].id").list).toEqual([{ x: 1 }, { x: 2 }]);
  expect(without(value, "list[1].id").list).toEqual([{ id: 1, x: 1 }, { x: 2 }]);
  expect(without(value, "deep.*.id").deep).toEqual({ one: {}, two: { y: 5 } });
  expect(without(value, "list[0]").list).toEqual([{ id: 2, x: 2 }]);
  expect(without(value, "list[*]").list).toEqual([]);
  expect(without(value, "*")).toEqual({});
});

test("a name between brackets may hold anything", () => {
  expect(without({ "a.b": 1, c: { "[0]": 2, 'q"': 3 } }, '["a.b"]', 'c["[0]"]', 'c["q\\""]')).toEqual({
    c: {},
  });
});

test("any depth reaches through fields and elements, none included", () => {
  const value = { id: 1, a: [{ id: 2, b: { id: 3, keep: 4 } }], keep: 5 };
  expect(without(value, "**.id")).toEqual({ a: [{ b: { keep: 4 } }], keep: 5 });
  expect(without(value, "a.**.id")).toEqual({ id: 1, a: [{ b: { keep: 4 } }], keep: 5 });
  expect(without(value, "**.b.keep")).toEqual({ id: 1, a: [{ id: 2, b: { id: 3 } }], keep: 5 });
  expect(without(value, "a.**")).toEqual({ id: 1, keep: 5 });
});

test("a path into a list does not reach fields, nor one into fields a list", () => {
  expect(without({ a: { 0: 1 }, b: [1] }, "a[0]", 'b["0"]', "a[*]", "b.*")).toEqual({ a: { 0: 1 }, b: [1] });
});

test("a value without ignored paths is not copied", () => {
  const value = { a: [{ b: 1 }] };
  expect(omitPaths(value, pathSet([parseSteps("a[*].c"), parseSteps("**.d")]))).toBe(value);
  expect(aliasIds(value, pathSet([parseSteps("a[*].c")]))).toBe(value);
});

test("nothing is changed in place", () => {
  const value = { a: [{ id: "x", b: 1 }] };
  const before = structuredClone(value);
  omitPaths(value, pathSet([parseSteps("a[*].id")]));
  aliasIds(value, pathSet([parseSteps("a[*].id")]));
  expect(value).toEqual(before);
});

test("a field called __proto__ is a field", () => {
  const value = JSON.parse('{"__proto__": {"x": 1}, "id": 2, "a": "i"}');
  const left = omitPaths(value, pathSet([parseSteps("id")]));
  const renamed = aliasIds(value, pathSet([parseSteps("a")]));
  expect(JSON.stringify(left)).toBe('{"__proto__":{"x":1},"a":"i"}');
  expect(JSON.stringify(renamed)).toBe('{"__proto__":{"x":1},"a":"<id 1>","id":2}');
});

test("a path that was joined from any names and indexes reads back as them", () => {
  const key = fc.oneof(
    fc.nat(99),
    fc.string(),
    fc.constantFrom("a.b", "[0]", '"', "*", "**", " ", "query", "body"),
  );
  hold(
    fc.property(fc.array(key, { minLength: 1 }), (keys) => {
      const path = keys.reduce<string>((joined, each) => joinPath(joined, each), "body");
      expect(parsePath(path)).toEqual({
        part: "body",
        steps: keys.map((each) =>
          typeof each === "number" ? { kind: "element", index: each } : { kind: "field", name: each },
        ),
      });
    }),
  );
});

test("ids are renamed in order of first appearance, and one that comes again is the same again", () => {
  const paths = pathSet(["calls[*].id", "results[*].for"].map(parseSteps));
  const conversation = (first: string, second: string) => ({
    results: [{ for: second }, { for: first }],
    calls: [
      { id: first, name: "a" },
      { id: second, name: "b" },
    ],
  });
  const renamed = aliasIds(conversation("call_1", "call_2"), paths);
  expect(renamed).toEqual({
    results: [{ for: "<id 2>" }, { for: "<id 1>" }],
    calls: [
      { id: "<id 1>", name: "a" },
      { id: "<id 2>", name: "b" },
    ],
  });
  expect(aliasIds(conversation("x", "y"), paths)).toEqual(renamed);
  expect(aliasIds(conversation("x", "x"), paths)).not.toEqual(renamed);
});

test("the order of keys does not change the names of ids", () => {
  const paths = pathSet([parseSteps("**.id")]);
  const names = aliasIds({ b: { id: "1" }, a: { id: "2" } }, paths);
  expect(names).toEqual(aliasIds({ a: { id: "2" }, b: { id: "1" } }, paths));
});

test("only texts and numbers are ids, and 1 is not '1'", () => {
  const paths = pathSet([parseSteps("[*]")]);
  expect(aliasIds([null, 1, "1", true, 1], paths)).toEqual([null, "<id 1>", "<id 2>", true, "<id 1>"]);
});

test("a set of paths covers the places they lead to and all that is in them", () => {
  const paths = pathSet(["request.body.messages[*].content", "**.id", "response.headers"].map(parseSteps));
  const place = (text: string) =>
    parseSteps(text).map((step) => (step.kind === "element" ? step.index : "name" in step ? step.name : ""));
  const covered = (text: string) => covers(paths, place(text));
  expect(
    [
      "request.body.messages[3].content",
      "request.body.messages[3].content[0].text",
      "response.body.choices[0].id",
      "response.headers.etag",
      "id.x",
    ].map(covered),
  ).toEqual([true, true, true, true, true]);
  expect(
    ["request.body.messages[3].role", "request.body.messages", "request.headers.etag", "idx"].map(covered),
  ).toEqual([false, false, false, false]);
});
