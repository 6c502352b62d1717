import { expect, test } from "vitest";
import { headerOf, mediaTypeOf, withoutHeaders } from "../../src/http/headers.ts";

const LINES = [
  ["Content-Type", "text/html"],
  ["Set-Cookie", "a=1"],
  ["set-cookie", "b=2"],
] as const;

test("finds a header whatever the case of its name", () => {
  expect(headerOf(LINES, "content-type")).toBe("text/html");
  expect(headerOf(LINES, "CONTENT-TYPE")).toBe("text/html");
  expect(headerOf(LINES, "accept")).toBeUndefined();
});

test("joins the values of a header that was sent several times, as Headers does", () => {
  expect(headerOf(LINES, "set-cookie")).toBe("a=1, b=2");
  expect(headerOf(LINES, "set-cookie")).toBe(
    new Headers(LINES.map(([name, value]): [string, string] => [name, value])).get("set-cookie"),
  );
});

test("leaves headers out by name", () => {
  expect(withoutHeaders(LINES, ["set-cookie"])).toEqual([["Content-Type", "text/html"]]);
});

test("takes the media type out of a content type", () => {
  expect(mediaTypeOf(" Text/Event-Stream ; charset=utf-8")).toBe("text/event-stream");
  expect(mediaTypeOf(undefined)).toBe("");
});
