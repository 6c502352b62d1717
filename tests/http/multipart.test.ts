import { expect, test } from "vitest";
import { multipartBoundary, parseMultipart } from "../../src/http/multipart.ts";

const body = (text: string): Uint8Array => Buffer.from(text, "latin1");

const FORM = [
  "--b",
  'Content-Disposition: form-data; name="model"',
  "",
  "gpt-5",
  "--b",
  'Content-Disposition: form-data; name="file"; filename="a.txt"',
  "Content-Type: text/plain",
  "X-Note: 1",
  "",
  "one",
  "two --b three",
  "--b--",
  "",
].join("\r\n");

test.each(["\r\n", "\n"])("reads the parts and their positions, with %j", (eol) => {
  const bytes = body(FORM.replaceAll("\r\n", eol));
  const parts = parseMultipart(bytes, "b") ?? [];
  expect(
    parts.map(({ name, filename, type, headers, bytes: content }) => ({
      name,
      filename,
      type,
      headers: { ...headers },
      content: Buffer.from(content).toString(),
    })),
  ).toEqual([
    { name: "model", filename: undefined, type: undefined, headers: {}, content: "gpt-5" },
    {
      name: "file",
      filename: "a.txt",
      type: "text/plain",
      headers: { "x-note": "1" },
      content: `one${eol}two --b three`,
    },
  ]);
  for (const { start, bytes: content } of parts) {
    expect(bytes.subarray(start, start + content.length)).toEqual(content);
  }
});

test("a part without headers, an empty part, and text before the first", () => {
  const parts = parseMultipart(body("preamble\r\n--b\r\n\r\nbare\r\n--b\r\nA: 1\r\n\r\n\r\n--b--"), "b");
  expect(parts?.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["bare", ""]);
});

test("the last part of a body that was cut is kept", () => {
  const parts = parseMultipart(body('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nhal'), "b");
  expect(parts).toMatchObject([{ name: "a", bytes: Buffer.from("hal") }]);
});

test("a body of another boundary has no parts", () => {
  expect(parseMultipart(body(FORM), "c")).toBeUndefined();
  expect(parseMultipart(body("plain text"), "b")).toBeUndefined();
  expect(parseMultipart(body(""), "b")).toBeUndefined();
});

test("finds the boundary in the content type, or at the beginning of the body", () => {
  expect(multipartBoundary("multipart/form-data; boundary=abc", body(""))).toBe("abc");
  expect(multipartBoundary('multipart/form-data; charset=utf-8; boundary="a b"', body(""))).toBe("a b");
  expect(multipartBoundary(undefined, body(FORM))).toBe("b");
  expect(multipartBoundary("application/json", body("-- a comment\r\nSELECT 1"))).toBeUndefined();
});
