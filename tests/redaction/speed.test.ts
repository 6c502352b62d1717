import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { startCpuTimer } from "../support/cpu-timer.ts";
import { CANARIES, CANARY_ENV } from "./secrets.ts";
import { OPENAI_KEY, redactorOf, responseOf, sse } from "./support.ts";

const SIZE = 200_000;
const fill = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length));

/** Texts that take minutes if a search backtracks, or starts again at each character. */
const HOSTILE: Readonly<Record<string, string>> = {
  "beginnings of keys": fill("sk-"),
  "beginnings of keys with a break": fill(" sk-proj-"),
  "beginnings of all keys": fill(" sk-ant-api03-AIzaAKIAgsk_xai-hf_pplx-ghp_ek_eyJya29.AQ."),
  "one key without an end": `sk-proj-${fill("a1B2")}`,
  "one word without an end": fill("a"),
  "beginnings of tokens": fill("eyJhbGciOi."),
  "tokens without an end": fill("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0"),
  "beginnings of private keys": fill("-----BEGIN PRIVATE KEY-----"),
  "private keys without an end": fill(`-----BEGIN PRIVATE KEY-----\n${"A".repeat(64)}\n`),
  "bearers of bearers": fill("Bearer "),
  "session tokens in session tokens": fill("IQoJb3JpZ2lu"),
  parameters: fill("?a="),
  "secret parameters": fill("&key="),
  "secret parameters with values": fill("?key=abcdefgh1"),
  backslashes: fill("\\"),
  "escaped letters": fill("\\u0073"),
  percents: fill("%"),
  "encoded percents": fill("%25"),
  quotes: fill('"'),
  braces: fill("{"),
  brackets: fill("["),
  "braces and quotes": fill('{"'),
  "JSON in depth": fill('{"a":'),
  "lists in depth": fill('[{"a":"b",'),
  "fields by the thousand": `{${Array.from({ length: 60_000 }, (_, index) => `"k${index}":"v"`).join(",")}}`,
  "secret fields": `[${fill('{"password":"x1"},').slice(0, -1)}]`,
  "JSON in strings in JSON": nested(),
  "events of one letter": fill("data: a\n\n"),
  "events of JSON": fill('data: {"a":"b"}\n\n'),
  "fields without events": fill(":\n"),
  "line ends": fill("\r\n\r"),
  base64: randomBytes(SIZE * 0.75).toString("base64"),
  "base64 for URLs": randomBytes(SIZE * 0.75).toString("base64url"),
  "base64 of text": Buffer.from(fill("some text, ")).toString("base64"),
  "many short base64s": `[${fill('"c29tZSB0ZXh0LCBpbiBiYXNlNjQ=",').slice(0, -1)}]`,
  placeholders: fill("<redacted:openai-key>"),
  "beginnings of placeholders": fill("<redacted:"),
  ARNs: fill("arn:aws:bedrock:us-east-1:123456789012"),
  "a form": fill("a=b&"),
  "the values of the environment": fill(
    CANARIES.filter(({ variable }) => variable)
      .map(({ secret }) => secret)
      .join(" "),
  ),
  "a value in base64, over and over": Buffer.from(fill(CANARY_ENV.COHERE_API_KEY ?? "")).toString("base64"),
  "keys by the thousand": fill(`${OPENAI_KEY} `),
};

function nested(): string {
  let text = '"x"';
  for (let depth = 0; depth < 15; depth++) text = JSON.stringify({ a: text, b: ["c", depth] });
  return `{"n":${JSON.stringify(text)}}`;
}

/** Milliseconds of the processor. Each text takes less than a tenth of it. */
const LIMIT = 2000;

function costOf(run: () => void): number {
  const cpuTime = startCpuTimer();
  run();
  return cpuTime();
}

test.each(Object.keys(HOSTILE))("200 KB of %s take very little time", (name) => {
  const text = HOSTILE[name] as string;
  const redactor = redactorOf({}, CANARY_ENV);
  const redact = costOf(() => redactor.redactResponse(responseOf([text])));
  const scan = costOf(() => redactor.scan(text));
  expect({ redact: redact < LIMIT, scan: scan < LIMIT }, JSON.stringify([redact, scan])).toEqual({
    redact: true,
    scan: true,
  });
  redactor.redactText(text.slice(0, 100_000));
  redactor.redactUrl(`https://x.test/?${text.slice(0, 100_000)}`);
});

test("a stream of a megabyte is redacted in less than a second", () => {
  const redactor = redactorOf({}, CANARY_ENV);
  const event = (content: string): string =>
    sse({
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      created: 1,
      model: "gpt-5-mini",
      choices: [{ index: 0, delta: { content }, finish_reason: null }],
    });
  const chunks = Array.from({ length: 6_500 }, (_, index) =>
    event(index === 3000 ? OPENAI_KEY : ` word${index}`),
  );
  // The first one also pays for compiling the code.
  const costs = Array.from({ length: 3 }, () => costOf(() => redactor.redactResponse(responseOf(chunks))));
  expect(Math.min(...costs)).toBeLessThan(1000);
});
