import { expect, test } from "vitest";
import { isPlainName, isWrittenPlainly } from "../../src/redaction/plain-name.ts";
import { redactorOf } from "./support.ts";

const letters = (length: number): string => "aZ7kQ2mW9xR4tB6n".repeat(20).slice(0, length);
const hex = (length: number): string => "a1b2c3d4e5f60789".repeat(20).slice(0, length);

test.each([
  "tells a joke",
  "streams › tells a joke about gpt-4o-mini, 3 times",
  "agents/weather/calls two tools",
  "it doesn't retry (429)",
  "useCassette() rejects an unknown option",
  "größe und ランド",
])("%s is plain", (name) => {
  expect(isPlainName(name, "/usr/bin\nproduction\n")).toBe(true);
  expect(redactorOf({}, {}).redactName(name)).toBe(name);
});

/** Each is changed by the rules of redaction, so it must not pass for plain. */
test.each([
  `sk-proj-${letters(40)}`,
  `AIza${letters(35)}`,
  `xoxb-${"1".repeat(12)}-${letters(24)}`,
  `ghp_${letters(36)}`,
  `eyJ${letters(20)}.${letters(20)}.${letters(20)}`,
  `Bearer ${letters(30)}`,
  `Basic ${Buffer.from("ana:open-sesame-1").toString("base64")}`,
  `redis://:${letters(16)}@cache.test`,
  `hvs.${letters(95)}`,
  `sk-lf-${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
  `lsv2_pt_${hex(32)}_${hex(10)}`,
  `https://a.test/?key=${letters(20)}`,
  "<redacted:openai-key>",
])("a name with a secret is not plain: %s", (secret) => {
  const name = `asks with ${secret}`;
  const redactor = redactorOf({}, {});
  // A placeholder is no secret, but its number has to be taken off.
  if (!secret.startsWith("<")) expect(redactor.redactName(name)).not.toBe(name);
  expect(isPlainName(name, "")).toBe(false);
});

test("a name that shares as much with the environment as a secret has is not plain", () => {
  const environment = "production\nopen sesame please\n";
  expect(isPlainName("says open sesame to the door", environment)).toBe(false);
  expect(isPlainName("asks the door", environment)).toBe(true);
});

test("a value that holds its secrets in another form is not written plainly", () => {
  const encoded = ['{"key":"a\\nb"}', "Basic YW5hOm9wZW4tc2VzYW1l", "postgres://ana:p%40ss@db.test"];
  expect(encoded.map(isWrittenPlainly)).toEqual([false, false, false]);
  expect(['{"key":"abc"}', "/usr/bin:/bin", "postgres://ana:pass@db.test", ""].map(isWrittenPlainly)).toEqual(
    [true, true, true, true],
  );
});
